"""Write the programmed exo torque over stance for a hardware controller."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from myoassist import __version__
from myoassist.analysis.walk.evaluation import Evaluation, driven_joint
from myoassist.analysis.walk.leg_cycles import PERCENT, find_leg_cycles, find_stances
from myoassist.control.device.splines import TorqueCurve
from myoassist.control.device.timing import INITIAL_STANCE, MIN_STANCE, STANCE_LOAD
from myoassist.control.table import table_of
from myoassist.files.atomic import write_text_atomic
from myoassist.model.devices.table import choose_clock
from myoassist.rollout.log import SIDES

PROFILE = "exo_torque_profile.csv"
DESCRIPTION = "exo_torque_profile.json"
COLUMNS = {
    "stance_percent": ("%", "time since foot contact over the mean stance time"),
    "torque_N_m": ("N·m", "torque of one leg's device: plantarflexion, or flexion of the hip"),
    "torque_N_m_per_kg": ("N·m/kg", "the same over the body mass"),
}


def sample_profile(evaluation: Evaluation) -> np.ndarray:
    """Return the torque that is commanded at 0, 1, ..., 100 percent of stance, N·m, shape (101,).

    It is cut to what the controller and the actuator of the model give.

    Args:
        evaluation: A walk with a usable profile.
    """
    return np.clip(_curve(evaluation)(PERCENT), 0.0, torque_limit(evaluation))


def _curve(evaluation: Evaluation) -> TorqueCurve:
    if evaluation.curve is None:
        raise ValueError("only a walk with a usable profile can be exported")
    return evaluation.curve


def torque_limit(evaluation: Evaluation) -> float:
    """Return the largest torque of controller and actuator, N·m."""
    model, layout = evaluation.walker.model, evaluation.walker.layout
    limits = [evaluation.config.exo.max_torque]
    for actuator, gain in zip(layout.exo, layout.exo_gain, strict=True):
        if actuator >= 0 and model.actuator_ctrllimited[actuator]:
            limits.append(float(-gain * model.actuator_ctrlrange[actuator, 0]))
    return min(limits)


def body_mass(evaluation: Evaluation) -> tuple[float, str]:
    """Return the mass that torques are divided by, kg, and what it counts.

    It is that of the person without the device; an own model file does not say what belongs to which.
    """
    model = evaluation.config.model
    if model.path is not None:
        return evaluation.walker.mass, "everything in the model file, worn devices included"
    if model.device is None:
        return evaluation.walker.mass, "the person"
    return evaluation.log.person_mass, "the person without the device"


def write_profile(folder: Path, evaluation: Evaluation, run: str, source: str) -> list[Path]:
    """Write the profile as CSV of 101 rows with a header, and what it is as JSON beside it.

    Args:
        folder: Existing folder.
        evaluation: A walk with a usable profile.
        run: Name of the run.
        source: Where the parameters come from.

    Returns:
        Both files.

    Raises:
        OSError: if a file cannot be written.
    """
    torque = sample_profile(evaluation)
    mass, counted = body_mass(evaluation)
    rows = [",".join(COLUMNS)]
    rows += [
        f"{percent:.0f},{value:.6f},{value / mass:.8f}" for percent, value in zip(PERCENT, torque + 0.0, strict=True)
    ]
    write_text_atomic(folder / PROFILE, "\n".join(rows) + "\n")
    content = describe_profile(evaluation, torque, mass, counted) | {"run": run, "parameters_from": source}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_text_atomic(folder / DESCRIPTION, text + "\n")
    return [folder / PROFILE, folder / DESCRIPTION]


def describe_profile(evaluation: Evaluation, torque: np.ndarray, mass: float, counted: str) -> dict[str, Any]:
    """Return what a person who programs a device has to know about a profile, as JSON values."""
    config, curve = evaluation.config, _curve(evaluation)
    device = evaluation.walker.device
    stride = choose_clock(device, config.exo) == "stride"
    joint = driven_joint(evaluation)
    table = table_of(config, evaluation.walker.layout.dimensions, device)
    own = table.group_slice("exo")
    return {
        "file": PROFILE,
        "columns": {name: {"unit": unit, "meaning": meaning} for name, (unit, meaning) in COLUMNS.items()},
        "direction": f"positive torque {'flexes the hip' if joint == 'hip' else 'plantarflexes'}; "
        f"both legs have the same profile, each in its own {'stride' if stride else 'stance'}",
        "clock": "stride: percent of the mean time from heel strike to heel strike" if stride else "stance",
        "timing": {
            "start": f"0 % when the load of the foot rises above {STANCE_LOAD:g} body weights",
            "stance_time": f"mean of the last three stances longer than {MIN_STANCE:g} s; {INITIAL_STANCE:g} s before",
            "swing": "the torque of the last moment of stance is held until the next contact",
            "simulated_stance_time_s": _stance_times(evaluation),
        },
        "peak": {"torque_N_m": float(torque.max()), "stance_percent": float(PERCENT[int(np.argmax(torque))])},
        "torque_limit_N_m": torque_limit(evaluation),
        "body_mass_kg": mass,
        "body_mass_counts": counted,
        "model": {
            "device": config.model.device,
            "file": None if config.model.path is None else Path(config.model.path).name,
            "musculature": config.model.musculature,
        },
        "controller": {
            "kind": config.exo.controller,
            "max_torque_N_m": config.exo.max_torque,
            "fixed": config.exo.fixed,
            "parameters": dict(zip(table.names[own], evaluation.vector[own].tolist(), strict=True)),
            "knots_stance_percent": curve.percent.tolist(),
            "knots_torque_N_m": curve.torque.tolist(),
            "interpolation": "monotone cubic (PCHIP), then cut to 0 ... torque_limit_N_m",
        },
        "walk": {
            "outcome": evaluation.result.outcome.name,
            "walked_time_s": evaluation.result.walked_time,
            "stage": evaluation.result.stage,
            "target_speed_m_per_s": config.cost.tgt_vel,
            "slope_deg": config.env.slope_deg,
        },
        "myoassist": __version__,
    }


def _stance_times(evaluation: Evaluation) -> dict[str, float | None]:
    log = evaluation.log
    if log.n_steps == 0:
        return dict.fromkeys(SIDES)
    cycles = find_leg_cycles(log, evaluation.config.cost.num_strides)
    stances = [find_stances(log, leg) for leg in cycles]
    return {
        SIDES[found.leg]: float(np.mean(found.stops - found.starts) * log.dt) if len(found) else None
        for found in stances
    }
