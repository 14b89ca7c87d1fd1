"""Run a grid out of Python, and read its index."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from myoassist.files.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def run_grid(words: list[str]) -> "pd.DataFrame":
    """Run all combinations of values and return the index; arguments and errors as for `sweep`."""
    from myoassist.config.compose.hydra_command import is_hydra_command
    from myoassist.files.signals import Stopped
    from myoassist.runs.index import note_indexes
    from myoassist.train import run_words

    if is_hydra_command(words):
        raise ConfigError(
            f"{next(word for word in words if word.startswith('-'))} in a grid",
            "key=value with several values between commas; flags are for the command",
            'sweep("exp=tutorial", "seed=0,1")',
        )
    with note_indexes() as written, _plain_output(), _kept_logging():
        try:
            run_words([*words, "--multirun"])
        except Stopped as stop:
            if stop.signal_number != signal.SIGINT or not written:
                raise
    return read_grid(written[-1])


@contextmanager
def _plain_output() -> Iterator[None]:
    """Keep runs in processes of their own from drawing a panel into what a notebook's kernel logs.

    Kernels tell what they start that it may write colours, which stands for a terminal.
    """
    colour = os.environ.pop("FORCE_COLOR", None)
    try:
        yield
    finally:
        if colour is not None:
            os.environ["FORCE_COLOR"] = colour


@contextmanager
def _kept_logging() -> Iterator[None]:
    """Put back what Hydra's command line, which has a process to itself, does to the logging of everybody."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def read_grid(file: "Path") -> "pd.DataFrame":
    """Return the index of a grid as a table, a row per run."""
    import pandas as pd

    from myoassist.config.run_names import override_key
    from myoassist.runs.index import read_index

    rows: list[dict[str, Any]] = []
    for item in read_index(file):
        varied = {override_key(text): text.partition("=")[2] for text in item.swept}
        rows.append({**varied, "status": item.status, "best": item.best, "reason": item.reason, "run": item.folder})
    return pd.DataFrame(rows)
