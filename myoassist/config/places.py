"""Find what a table of names stands for: a place in the package, loaded only when it is needed."""

import importlib
from typing import Any


def load_place(place: str) -> Any:
    """Return what lies at a place of the package.

    Args:
        place: `module:name`, of a table in the package; never a text of a user.
    """
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
