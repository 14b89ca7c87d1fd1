"""Values as JSON has them."""

import math
from collections.abc import Mapping
from typing import Any


def to_json(value: Any) -> Any:
    """Return a value as JSON has it: NumPy through its own conversion, NaN and infinity as null.

    Mappings and lists are converted inside too; what JSON has no form of becomes its text.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
