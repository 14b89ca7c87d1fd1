"""Measure every model: what it has, how long it takes to build, how fast it steps, whether it survives two seconds.

`python -m myoassist.model.survey` measures (minutes) and stores the figures in the package;
`python -m myoassist.model.survey docs/devices.md` writes the stored ones into the page.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import mujoco

from myoassist.config.reference import run_generator
from myoassist.config.schemas import MUSCULATURES, EnvConfig, ModelConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import ModelError
from myoassist.model.build import build_walker
from myoassist.model.devices import DEVICES
from myoassist.model.world_frame import moving_mass

DATA = Path(__file__).parents[1] / "data" / "model_survey.json"
_DURATION = 2.0  # s
_REPETITIONS = 2


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


def measure_model(musculature: int, device: str | None) -> tuple[Survey, float]:
    """Build a model, simulate two seconds under zero control, and return what was measured and steps per CPU second."""
    started = time.perf_counter()
    model = build_walker(ModelConfig(musculature=musculature, device=device), EnvConfig()).model
    build = time.perf_counter() - started
    data, best = mujoco.MjData(model), 0.0
    for _ in range(_REPETITIONS):
        warning, rate = step_freely(model, data)
        best = max(best, rate)
    muscles = int((model.actuator_dyntype == mujoco.mjtDyn.mjDYN_MUSCLE).sum())
    free = model.nv - int((model.eq_type == mujoco.mjtEq.mjEQ_JOINT).sum())
    mass = round(moving_mass(model), 2)
    found = Survey(musculature, device or "none", muscles, free, model.nu, mass, round(build, 2), 0.0, warning)
    return found, best


def step_freely(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[str, float]:
    """Simulate two seconds from walk_left under zero control; return the warnings raised and steps per CPU second."""
    mujoco.mj_resetDataKeyframe(model, data, model.key("walk_left").id)
    started = time.thread_time()
    mujoco.mj_step(model, data, nstep=round(_DURATION / model.opt.timestep))
    rate = round(_DURATION / model.opt.timestep) / max(time.thread_time() - started, 1e-9)
    raised = [mujoco.mjtWarning(i).name.removeprefix("mjWARN_").lower() for i, w in enumerate(data.warning) if w.number]
    return ", ".join(raised), rate


def measure_all() -> list[Survey]:
    """Measure the three musculatures without and with every device of the model library."""
    rows, reference = [], 0.0
    for musculature in MUSCULATURES:
        for device in (None, *(item.short for item in DEVICES)):
            found, rate = measure_model(musculature, device)
            reference = reference or rate
            rows.append(Survey(**(asdict(found) | {"speed": round(rate / reference, 2)})))
            print(rows[-1], file=sys.stderr)
    return rows


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
            "reinstall, or make it with python -m myoassist.model.survey",
        ) from error


def format_survey(rows: tuple[Survey, ...]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| muscles | device | muscles left | degrees of freedom | actuators | mass, kg | build, s | speed | 2 s free |"
    ]
    lines.append("|" + "---|" * 9)
    for row in rows:
        cells = (row.musculature, row.device, row.muscles, row.degrees_of_freedom, row.actuators, f"{row.mass_kg:.2f}")
        lines.append(
            "| "
            + " | ".join(map(str, (*cells, f"{row.build_s:.1f}", f"{row.speed:.2f}", row.warning or "no warning")))
            + " |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure everything and store it; with pages as arguments write the stored table into them instead."""
    if sys.argv[1:]:
        return run_generator("survey", lambda: format_survey(load_survey()), sys.argv[1:])
    rows = measure_all()
    write_text_atomic(DATA, "[\n" + ",\n".join(json.dumps(asdict(row)) for row in rows) + "\n]\n")
    print(format_survey(tuple(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
