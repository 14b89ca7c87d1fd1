"""What commands print: lines that survive a reader who has gone, and warnings without lines of code."""

import os
import sys
import warnings
from typing import TextIO

_STANDARD_FORMAT = warnings.formatwarning


def say(text: str, stream: TextIO | None = None) -> None:
    """Print a line at once; when nobody reads any more, be silent from then on.

    A closed pipe (`| head`, a log viewer that ended) is no reason to end a search.

    Args:
        text: What to print.
        stream: Where to; None is standard output.
    """
    target = stream or sys.stdout
    try:
        print(text, file=target, flush=True)
    except BrokenPipeError:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, target.fileno())
        os.close(silence)


def show_plain_warnings() -> None:
    """Print warnings for the user as one line each, without file, line number and code.

    Those of other categories, which speak to developers, keep the form of Python.
    """
    warnings.formatwarning = _format_warning


def _format_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    if category is UserWarning:
        return f"note: {message}\n"
    return _STANDARD_FORMAT(message, category, filename, lineno, line)
