"""An experiment in the making: chosen group options, values of keys, and what could not be said."""

from dataclasses import dataclass, field
from typing import Any

from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError


@dataclass
class Draft:
    """What a preset becomes.

    Attributes:
        groups: Option of each group, as in `model=tutorial`.
        values: Values by dotted key.
        unmapped: What of the preset has no counterpart, each with the reason.
        remarks: What was mapped, but deserves a word.
        comments: What the file keeps as a comment.
        stale: Why it cannot be run as it is, here or where it was written.
    """

    groups: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def put(self, key: str, value: Any, given: str) -> bool:
        """Set a key if this version has it and it takes the value; note the reason otherwise.

        Args:
            key: Dotted key.
            value: Its value.
            given: How the preset says it, for the note.

        Returns:
            Whether the key was set.
        """
        known = run_keys().get(key)
        if known is None:
            self.unmapped.append(f"{given}: there is no key {key} in this version")
            return False
        if known.base is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        try:
            check_value(known, value)
        except ConfigError as error:
            self.unmapped.append(f"{given}: {error.found}; expected {error.expected}")
            return False
        self.values[key] = value
        return True

    def lack(self, given: str, reason: str) -> None:
        """Note that something has no counterpart."""
        self.unmapped.append(f"{given}: {reason}")
