"""How a field of the configuration is declared: default, explanation, range."""

from dataclasses import MISSING, field
from typing import Any

# In place of a default: a field that has to be given.
REQUIRED = MISSING


def option(
    default: Any,
    doc: str,
    *,
    choices: tuple | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    unit: str = "",
    change: bool = True,
    task: str | None = None,
    alias: str | None = None,
    moved: bool = False,
    own: bool = False,
    words: str = "",
) -> Any:
    """Declare a configuration field.

    Args:
        default: Default value; mutable defaults are copied per instance. REQUIRED for none.
        doc: What the field means, in one or two sentences.
        choices: Allowed values.
        ge: Smallest allowed value.
        gt: Value that must be exceeded.
        le: Largest allowed value.
        lt: Value that must not be reached.
        unit: Unit shown in the reference.
        change: Whether another value makes a stored run a different one (false for threads, display and limits).
        task: The only task that reads the field; others refuse it when it is changed. None: every task may.
        alias: Key that this field is another name of; see `config.schema.aliases`.
        own: Besides the choices, a file of the user and a class in it: `<file.py>` or `<file.py>:Name`.
        moved: The alias is an old place of that key, whose use is answered with a notice.
        words: What the field takes, where type and range do not say it well.
    """
    metadata = {
        "doc": doc,
        "choices": choices,
        "ge": ge,
        "gt": gt,
        "le": le,
        "lt": lt,
        "unit": unit,
        "change": change,
        "task": task,
        "alias": alias,
        "moved": moved,
        "own": own,
        "words": words,
    }
    if default is REQUIRED:
        return field(metadata=metadata)
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)
