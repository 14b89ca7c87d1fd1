"""What was measured of every model: what it has, how long it takes to build, how fast it steps."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from myoassist.files.errors import ModelError

DATA = Path(__file__).parents[1] / "data" / "model_survey.json"


@dataclass(frozen=True)
class Survey:
    """What was measured of one model.

    Attributes:
        musculature: Number of muscles of the intact legs.
        device: Short name, or none.
        muscles: Muscles left.
        degrees_of_freedom: Independent coordinates: velocities less couplings.
        actuators: All actuators.
        mass_kg: Mass of human and device.
        build_s: Time to compose and compile.
        speed: Steps per second over those of the 22-muscle model without a device, in the same two seconds.
        warning: MuJoCo's warnings within two seconds from walk_left under zero control; empty if there is none.
    """

    musculature: int
    device: str
    muscles: int
    degrees_of_freedom: int
    actuators: int
    mass_kg: float
    build_s: float
    speed: float
    warning: str


@cache
def load_survey() -> tuple[Survey, ...]:
    """Return the stored figures.

    Raises:
        ModelError: if the file of the package is missing or damaged.
    """
    try:
        return tuple(Survey(**row) for row in json.loads(DATA.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{DATA.name} cannot be read: {error}",
            "the file that comes with the package",
            "reinstall, or make it with python scripts/dev/measure_models.py",
        ) from error
