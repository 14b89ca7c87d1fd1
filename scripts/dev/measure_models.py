"""Measure every model: what it has, how long it takes to build, how fast it steps, whether it survives two seconds.

`python scripts/dev/measure_models.py` measures (minutes) and stores the figures in the package;
`python scripts/dev/doc_tables.py docs/devices.md` writes the stored ones into the page.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict

import mujoco

from myoassist.config.schema.run import MUSCULATURES, EnvConfig, ModelConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.model.build import build_walker
from myoassist.model.devices.table import DEVICES
from myoassist.model.survey import DATA, Survey
from myoassist.model.world_frame import moving_mass

_DURATION = 2.0  # s
_REPETITIONS = 2


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
    """Measure everything and store it."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    rows = measure_all()
    write_text_atomic(DATA, "[\n" + ",\n".join(json.dumps(asdict(row)) for row in rows) + "\n]\n")
    print(format_survey(tuple(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
