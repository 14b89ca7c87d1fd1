"""What a run changes in the file of an own reference gait, and what of it nobody has to judge any more."""

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from myoassist.config.schema.keys import format_value, is_number
from myoassist.config.schema.run import REFERENCE_ANGLES, CostConfig
from myoassist.files.errors import ConfigError
from myoassist.gait.strides import STRIDE_POINTS

# The file of a gait: its key, which every message names.
FILE_KEY = "cost.reference"


@dataclass(frozen=True)
class ReferenceEdits:
    """Changes of a reference file, angles by the names of `REFERENCE_ANGLES`.

    Attributes:
        shift: Place of the left heel strike in the file, % of the cycle; None is 0 and lets it be judged.
        signs: Angle -> 1 or -1; an angle that is named is not judged.
        offsets: Angle -> what is added after its sign, deg; the same.
        judged: Whether the order of the cycle, signs and offsets are judged at all.
    """

    shift: float | None = None
    signs: Mapping[str, float] = field(default_factory=dict)
    offsets: Mapping[str, float] = field(default_factory=dict)
    judged: bool = True

    def apply_to_values(self, name: str, values: np.ndarray) -> np.ndarray:
        """Return the values of an angle (rad) or another quantity with its sign and offset."""
        return self.signs.get(name, 1.0) * values + math.radians(self.offsets.get(name, 0.0))

    def apply_to_cycle(self, curve: np.ndarray) -> np.ndarray:
        """Return a periodic curve, shape (100,), from the left heel strike on."""
        if not self.shift:
            return curve
        phase = np.arange(STRIDE_POINTS)
        return np.interp(phase + self.shift, phase, curve, period=STRIDE_POINTS)

    def describe(self) -> str:
        """Return the overrides that ask for these changes, ready to be pasted into a shell."""
        words = [] if self.shift is None else [f"{FILE_KEY}_shift={format_value(float(self.shift))}"]
        for key, values in (("signs", self.signs), ("offsets", self.offsets)):
            if values:
                words.append(f"{FILE_KEY}_{key}={format_value({name: float(value) for name, value in values.items()})}")
        return shlex.join(words)


def edits_of(config: CostConfig) -> ReferenceEdits:
    """Return the changes that a configuration asks for.

    Raises:
        ConfigError: for a name that is no angle, a sign other than 1 and -1, an offset beyond half a turn, or changes
            of a file that is not given.
    """
    given = {"shift": config.reference_shift, "signs": config.reference_signs, "offsets": config.reference_offsets}
    used = {name: value for name, value in given.items() if value is not None and value != {}}
    if used and config.reference is None:
        name, value = next(iter(used.items()))
        raise ConfigError(
            f"{FILE_KEY}_{name}={format_value(value)} without {FILE_KEY}",
            "a file of an own reference gait, which it changes",
            f"leave {FILE_KEY}_{name} out (or give {FILE_KEY}=<file>)",
        )
    for key, entries, expected, good in (
        ("signs", config.reference_signs, "1 or -1", lambda value: abs(value) == 1.0),
        ("offsets", config.reference_offsets, "a number of degrees from -180 to 180", lambda value: abs(value) <= 180),
    ):
        for name, value in entries.items():
            shown = f"{FILE_KEY}_{key}.{name}={format_value(value)}"
            if name not in REFERENCE_ANGLES:
                raise ConfigError(
                    f"{shown}: there is no angle {name}",
                    f"one of {', '.join(REFERENCE_ANGLES)}",
                    f"leave {name} out of {FILE_KEY}_{key}",
                )
            if not is_number(value) or not good(value):
                raise ConfigError(f"{shown} is not allowed", expected, f"leave {name} out of {FILE_KEY}_{key}")
    return ReferenceEdits(config.reference_shift, dict(config.reference_signs), dict(config.reference_offsets))
