"""Fibres and tendons of a compiled model, and the hand-over of its muscle actuators to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from myoassist.config.schema.plant import has_relaxed_fibres, muscles_of
from myoassist.config.schema.run import ModelConfig
from myoassist.files.errors import ModelError
from myoassist.model.plant.muscle_table import match_rows, package_table, read_table
from myoassist.model.plant.scaling import muscle_factors

# Numbers that a muscle keeps in the simulator's user data; see `rollout.muscle.fibre`.
STATE_SIZE = 8
_LOW, _HIGH, _F_MAX = range(3)  # places in a muscle's gain parameters


@dataclass(frozen=True)
class Fibres:
    """Fibres and tendons of all muscles of a model, each of shape (n,).

    Attributes:
        tendon: rigid or elastic.
        f_max: Peak isometric force, N.
        optimal: Optimal fibre length, m.
        slack: Slack length of the tendon, m.
        pennation: Angle at the optimal length, rad.
        offset: What is added to the actuator's length to have that of fibre and tendon, m.
        fastest: Greatest speed of shortening, optimal lengths/s.
        strain_at_peak: Strain of the tendon under the peak force.
        passive_share: Passive force over that of the curve.
    """

    tendon: str
    f_max: np.ndarray
    optimal: np.ndarray
    slack: np.ndarray
    pennation: np.ndarray
    offset: np.ndarray
    fastest: np.ndarray
    strain_at_peak: np.ndarray
    passive_share: np.ndarray


def reserve_state(spec: mujoco.MjSpec, model: ModelConfig) -> None:
    """Make room for the state of fibres in every simulation of a model that is to have them."""
    if muscles_of(model) != "mujoco":
        count = sum(actuator.dyntype == mujoco.mjtDyn.mjDYN_MUSCLE for actuator in spec.actuators)
        spec.nuserdata = max(spec.nuserdata, 0) + STATE_SIZE * count


def find_fibres(
    compiled: mujoco.MjModel, model: ModelConfig, lengths_of: Mapping[str, float] | None = None
) -> Fibres | None:
    """Return the fibres that a configuration asks for, and set the peak forces of the model to theirs.

    Args:
        compiled: Model whose actuators are MuJoCo's muscles.
        model: plant, muscle_model, muscle_table, height_scale, muscle_strength.
        lengths_of: Factor of the lengths of a muscle besides that of the height, by actuator; 1 where not given.

    Raises:
        ModelError: if the table has no line for a muscle, or an actuator with activation is no muscle.
    """
    kind = muscles_of(model)
    if kind == "mujoco":
        return None
    muscles = np.flatnonzero(compiled.actuator_dyntype == mujoco.mjtDyn.mjDYN_MUSCLE)
    strange = [
        compiled.actuator(int(i)).name
        for i in muscles
        if compiled.actuator_gaintype[i] != mujoco.mjtGain.mjGAIN_MUSCLE or compiled.actuator_gear[i, 0] != 1.0
    ]
    if strange:
        raise ModelError(
            f"{', '.join(strange)}: activation of a muscle, but another gain than a muscle's, or a gear",
            "MuJoCo muscles without a gear",
            "model.plant=published model.muscle_model=null",
        )
    path = package_table(model.musculature) if model.muscle_table is None else Path(model.muscle_table).expanduser()
    rows = match_rows(read_table(path), [compiled.actuator(int(i)).name for i in muscles], path)
    size = model.height_scale if model.path is None else 1.0
    longer = np.array([(lengths_of or {}).get(compiled.actuator(int(i)).name, 1.0) for i in muscles]) * size
    strength = muscle_factors(compiled, model.muscle_strength)[muscles]
    # Where MuJoCo's muscle has its tendon slack is a mark on the path that moves with every edit of the path.
    prm, lengths = compiled.actuator_gainprm[muscles], compiled.actuator_lengthrange[muscles]
    mark = lengths[:, 0] - prm[:, _LOW] * (lengths[:, 1] - lengths[:, 0]) / (prm[:, _HIGH] - prm[:, _LOW])
    f_max = np.array([row.f_max_n for row in rows]) * size**2 * strength
    compiled.actuator_gainprm[muscles, _F_MAX] = f_max
    compiled.actuator_biasprm[muscles, _F_MAX] = f_max
    return Fibres(
        tendon=kind,
        f_max=f_max,
        optimal=np.array([row.optimal_m for row in rows]) * longer,
        slack=np.array([row.slack_m for row in rows]) * longer,
        pennation=np.array([row.pennation_rad for row in rows]),
        offset=np.array([row.offset_m for row in rows]) * longer - mark,
        fastest=np.array([row.fastest_per_s for row in rows]),
        strain_at_peak=np.array([row.strain_at_peak for row in rows]),
        passive_share=np.array([row.passive_share if has_relaxed_fibres(model) else 1.0 for row in rows]),
    )


def hand_over(compiled: mujoco.MjModel, muscles: np.ndarray) -> None:
    """Let actuators exert what stands in the place of their length; activation dynamics stay MuJoCo's.

    A model is shared by all threads, the lengths belong to each one's data: see `rollout.muscle.tendon`.
    """
    compiled.actuator_gaintype[muscles] = mujoco.mjtGain.mjGAIN_FIXED
    compiled.actuator_biastype[muscles] = mujoco.mjtBias.mjBIAS_AFFINE
    compiled.actuator_gainprm[muscles, 0] = 0.0
    compiled.actuator_biasprm[muscles, :3] = (0.0, 1.0, 0.0)
