"""The text of a *_Cost.txt file, and reading it back."""

import re

import numpy as np

from myoassist.cost.result import CostResult
from myoassist.files.errors import UserError

NO_SOLUTION = "Model not surviving to end of episode. No solution"
SEPARATOR = " : "
MEAN = "Mean"
_CONDITION = re.compile(r"Condition ([1-9]\d*)")
_CONDITION_PREFIX = re.compile(r"^c[1-9]\d*_")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf)", re.IGNORECASE)

Term = float | str | np.ndarray | None


class CostFileError(UserError):
    """Refuse a text that is not a cost file."""


def format_terms(result: CostResult) -> str:
    """Return the lines of a cost file, `key : value` each, newline at the end.

    Vectors are printed with four digits, other numbers in full. A walk that could not be judged gets one sentence, its
    stage and its total. With several conditions there is a block for each, headed `Condition k : speed=..., slope=...`,
    and one headed `Mean : <weights>` with their means and the values of the whole.
    """
    if not result.terms:
        return f"{NO_SOLUTION}\nStage{SEPARATOR}{result.stage}\nTotal_Cost{SEPARATOR}{result.total!r}\n"
    lines = []
    keys = list(result.terms)
    for place, key in enumerate(keys):
        lines.append(f"{_CONDITION_PREFIX.sub('', key)}{SEPARATOR}{_format_value(result.terms[key])}\n")
        if _CONDITION.fullmatch(key) and keys[place + 1].endswith("_Stage"):
            lines.append(f"{NO_SOLUTION}\n")
    return "".join(lines)


def parse_terms(text: str, source: str = "cost file") -> dict[str, Term]:
    """Read the text of a cost file, ours or one of the public MyoAssist implementation.

    Args:
        text: Content of the file.
        source: Name of the file, for the error.

    Returns:
        Values by key in file order: numbers, vectors, None, and the text of `Stage`, `Condition k` and `Mean`. Keys of
        the block of condition k begin with `c<k>_`. The sentence of a walk that could not be judged gives no entry.

    Raises:
        CostFileError: if a line is not `key : value`.
    """
    parsed: dict[str, Term] = {}
    prefix = ""
    lines = [line.strip() for line in _join_vectors(text).splitlines()]
    for number, line in enumerate(lines, start=1):
        if not line or line == NO_SOLUTION:
            continue
        key, separator, value = line.partition(SEPARATOR)
        try:
            if not separator:
                raise ValueError(line)
            condition = _CONDITION.fullmatch(key)
            if condition or key == MEAN:
                prefix = f"c{condition[1]}_" if condition else ""
                parsed[key] = value
                continue
            parsed[prefix + key] = value if key == "Stage" else _parse_value(value)
        except ValueError:
            raise CostFileError(
                f"{source}, line {number}: {line[:80]}",
                "`key : value` with a number, a vector in brackets or None",
                "give a *_Cost.txt file as the optimizer writes it",
            ) from None
    return parsed


def _format_value(value: Term) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=4, suppress_small=True)
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return str(value)


def _parse_value(text: str) -> float | np.ndarray | None:
    text = text.strip()
    if text == "None":
        return None
    if text.startswith("[") and text.endswith("]"):
        return np.array([_parse_number(word) for word in text[1:-1].replace(",", " ").split()])
    return _parse_number(text)


def _parse_number(text: str) -> float:
    # float() would also take digits with underscores and non-ASCII digits.
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _join_vectors(text: str) -> str:
    """Put a vector that NumPy broke over several lines back on one."""
    return re.sub(r"\[[^\[\]]*\]", lambda match: " ".join(match.group().split()), text)
