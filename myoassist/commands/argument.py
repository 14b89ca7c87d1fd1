"""How an argument of a command is declared: an `option()` of its dataclass that knows how it is typed."""

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from myoassist.config.schema.keys import Key, schema_keys
from myoassist.config.schema.option import option

# How the value of an argument is given.
KEY = "key"
FLAG = "flag"
KEY_OR_WORD = "key or word"
WORDS = "words"
# Not declared one by one: overrides of the configuration, and everything as it was typed.
CHANGES = "changes"
TYPED = "typed"


def argument(
    default: Any,
    doc: str,
    *,
    given: str = KEY,
    name: str = "",
    shown: str = "",
    also: Mapping[str, str] | None = None,
    ending: str = "",
    needed: bool = False,
    **limits: Any,
) -> Any:
    """Declare an argument of a command: an `option()` of its dataclass that knows how it is typed.

    Args:
        default: Value where it is not given.
        doc: What it means, as help and page say it.
        given: `name=value` (KEY), `--name value`, or `--name` alone for a truth value (FLAG), a word or `name=value`
            (KEY_OR_WORD), any number of words (WORDS), overrides (CHANGES), everything as it was typed (TYPED).
        name: Its name on the command line, where the field cannot have it.
        shown: What stands for its value in help; its choices where not given.
        also: Further values with a meaning of their own -> that meaning.
        ending: How the name of its file ends.
        needed: Whether the command does nothing without it.
        **limits: Choices, range and unit as in `config.schema.option.option`.
    """
    made = option(default, doc, **limits)
    own = {"given": given, "name": name, "shown": shown, "also": dict(also or {}), "ending": ending, "needed": needed}
    metadata = {**made.metadata, **own}
    if made.default_factory is not dataclasses.MISSING:
        return field(default_factory=made.default_factory, metadata=metadata)
    return field(default=made.default, metadata=metadata)


@dataclass(frozen=True)
class Argument:
    """One argument of a command.

    Attributes:
        field: Name of its field.
        key: Its name as it is typed (flags with their dashes), type, default, explanation and range.
    """

    field: str
    key: Key

    @property
    def given(self) -> str:
        """How its value is given."""
        return self.key.metadata["given"]

    @property
    def takes_words(self) -> bool:
        """Whether a word without an equals sign is its value."""
        return self.given in (KEY_OR_WORD, WORDS)

    @property
    def has_name(self) -> bool:
        """Whether it is given by its name."""
        return self.given in (KEY, FLAG, KEY_OR_WORD)

    @property
    def shown(self) -> str:
        """What stands for its value in help."""
        choices = self.key.metadata["choices"] or (("true",) if self.key.base is bool else ())
        return self.key.metadata["shown"] or "|".join(choices) or "VALUE"


@functools.cache
def arguments_of(request: type) -> tuple[Argument, ...]:
    """Return the arguments that the fields of a dataclass declare, in their order."""
    found = []
    for place, key in schema_keys(request).items():
        name = key.metadata["name"] or place
        spelled = f"--{name}" if key.metadata["given"] == FLAG else name
        # None means that it is not given; nobody types it.
        found.append(Argument(place, dataclasses.replace(key, name=spelled, kind=key.base)))
    return tuple(found)
