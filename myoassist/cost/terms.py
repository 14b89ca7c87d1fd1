"""The cost terms, one function each; none of them weights its value.

`compat` selects the value that the public MyoAssist implementation computes where it differs from its documentation.
"""

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.gait.angles import kinematic_columns
from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.metabolics import metabolic_cost
from myoassist.gait.muscles import MuscleColumns
from myoassist.gait.reference.gait import EMG_MUSCLES, ReferenceGait
from myoassist.gait.strides import STRIDE_POINTS, GaitWindow, normalize_strides
from myoassist.rollout.log import WalkLog

# Control interval at which the effort of clean and compat mode agree, s.
EFFORT_REFERENCE_DT = 0.01
# Neutral frontal and transversal hip angles of the posture terms, rad.
NEUTRAL_HIP_ADDUCTION = np.deg2rad(-2.0)
NEUTRAL_HIP_ROTATION = np.deg2rad(-28.0)
_MIRROR_LEFT_RIGHT = np.array([1.0, -1.0, 1.0])


def velocity_error(displacement: np.ndarray, duration: float, tgt_vel: float) -> float:
    """Return the distance of the mean velocity from straight walking at the target speed, m/s.

    Args:
        displacement: Way of the pelvis, forward and left, shape (2,), m.
        duration: Time it took, s.
        tgt_vel: Target speed, m/s.
    """
    velocity = displacement / duration
    return float(np.hypot(velocity[0] - tgt_vel, velocity[1]))


def symmetry_error(log: WalkLog, window: GaitWindow, num_strides: int, compat: bool = False) -> float | None:
    """Return the mean mirror distance of knee and ankle between left and right heel strikes, relative to the pelvis, m.

    Args:
        log: The walk.
        window: The judged strides.
        num_strides: Number of strides wanted.
        compat: Pair the i-th left with the i-th right event; otherwise each left event with the first right one of its
            stride.

    Returns:
        The error, or None when there are fewer than num_strides pairs.
    """
    if compat:
        n = min(len(window.left), len(window.right))
        left, right = window.left[:n], window.right[:n]
    else:
        position = np.searchsorted(window.right, window.left[:-1], side="right")
        found = position < np.searchsorted(window.right, window.left[1:], side="left")
        left, right = window.left[:-1][found], window.right[position[found]]
    if len(left) < num_strides:
        return None
    pelvis = log.pelvis_pos_w
    # Knee and ankle; the hip is fixed to the pelvis.
    joints_l = log.joint_pos_w[left, LEFT, 1:] - pelvis[left, None]
    joints_r = log.joint_pos_w[right, RIGHT, 1:] - pelvis[right, None]
    return float(np.linalg.norm(joints_r * _MIRROR_LEFT_RIGHT - joints_l, axis=-1).sum() / num_strides)


def grf_load(log: WalkLog, window: GaitWindow, threshold: float, compat: bool = False) -> float:
    """Return the mean load of both feet together above a threshold, body weights.

    Args:
        log: The walk.
        window: The judged strides; the last sample does not count.
        threshold: Load from which it counts, body weights.
        compat: Count the full load instead of the excess.
    """
    load = log.felt_load[window.first : window.last].sum(axis=1)
    counted = load if compat else load - threshold
    # Asked this way round, a load that is not a number stays one.
    return float(np.where(load <= threshold, 0.0, counted).sum() / (window.last - window.first))


def muscle_effort(
    log: WalkLog, window: GaitWindow, muscles: MuscleColumns, displacement: np.ndarray, compat: bool = False
) -> float:
    """Return the sum of squared activations per mass and way, 1/(kg·m).

    Args:
        log: The walk.
        window: The judged strides.
        muscles: Muscles that count.
        displacement: Way of the pelvis, shape (2,), m.
        compat: Sum over samples whatever their interval; otherwise the sum is scaled to samples of 0.01 s.
    """
    activation = muscles.read(log.activation[window.whole])
    effort = np.square(activation).sum() / (log.mass * np.hypot(displacement[0], displacement[1]))
    return float(effort if compat else effort * (log.dt / EFFORT_REFERENCE_DT))


def kinematic_errors(log: WalkLog, window: GaitWindow, reference: ReferenceGait) -> np.ndarray:
    """Return the distance of each angle from the reference gait, summed over 100 points and averaged over strides.

    Returns:
        Shape (7,), rad·points: trunk, then hip, knee, ankle of the left and of the right leg; zeros without strides.
    """
    if window.n_strides == 0:
        return np.zeros(reference.kinematics.shape[1])
    strides = normalize_strides(kinematic_columns(log), window)
    return np.abs(strides - reference.kinematics).mean(axis=0).sum(axis=0)


def trunk_error(log: WalkLog, window: GaitWindow, kind: str, reference_error: float, compat: bool = False) -> float:
    """Return the trunk term.

    Args:
        log: The walk.
        window: The judged strides.
        kind: ref_diff (distance from the reference gait, rad·points), zero_diff or tgt_diff (squared distance from
            upright or from the lean target of the controller, rad²·points), vel_square (squared pitch rate,
            rad²/s²·points) or no_trunk (0).
        reference_error: Trunk entry of `kinematic_errors`, rad·points.
        compat: Use ref_diff whatever `kind` says.

    Raises:
        ConfigError: if there is no such kind.
    """
    if compat or kind == "ref_diff":
        return float(reference_error)
    if kind == "no_trunk":
        return 0.0
    if kind == "zero_diff":
        deviation = log.trunk_pitch
    elif kind == "tgt_diff":
        deviation = log.trunk_pitch - log.trunk_target
    elif kind == "vel_square":
        deviation = log.trunk_pitch_rate
    else:
        raise ConfigError(f"cost.trunk_err_type={kind}", "one of ref_diff, zero_diff, tgt_diff, vel_square, no_trunk")
    return float(np.square(normalize_strides(deviation, window)).mean(axis=0).sum())


def limit_pain(log: WalkLog, window: GaitWindow, compat: bool = False) -> np.ndarray:
    """Return the mean torque of ligaments and stops of both legs together at hip, knee and ankle, shape (3,), N·m.

    Args:
        log: The walk.
        window: The judged strides.
        compat: Zeros.
    """
    if compat:
        return np.zeros(3)
    return np.abs(log.limit_torque[window.whole]).mean(axis=0).sum(axis=0)


def emg_error(
    log: WalkLog,
    window: GaitWindow,
    muscles: MuscleColumns,
    reference: ReferenceGait,
    num_strides: int,
    compat: bool = False,
) -> float:
    """Return the squared distance of activations from the reference EMG, summed over 100 points, muscles and legs.

    Args:
        log: The walk.
        window: The judged strides.
        muscles: Muscles that count.
        reference: The reference gait.
        num_strides: Number of strides to average over; a missing one counts as silent muscles.
        compat: Compare the right leg without shifting it by half a cycle.
    """
    columns = [EMG_MUSCLES.index(name) for name in muscles.muscles]
    target = (reference.emg_compat if compat else reference.emg)[:, columns]
    shifted = target if compat else np.roll(target, -STRIDE_POINTS // 2, axis=0)
    by_leg = [shifted, target] if RIGHT < LEFT else [target, shifted]
    expected = np.stack(by_leg, axis=1)
    strides = normalize_strides(muscles.read(log.activation), window)[:num_strides]
    missing = num_strides - len(strides)
    return float((np.square(strides - expected).sum() + missing * np.square(expected).sum()) / num_strides)


def hip_posture(angle: np.ndarray, window: GaitWindow, neutral: float) -> float:
    """Return the penalty on hip angles away from their neutral value; saturates at 10 per leg and sample.

    Args:
        angle: Hip adduction or rotation of both legs, shape (T, 2), rad.
        window: The judged strides.
        neutral: Neutral angle, rad.
    """
    delta = angle[window.whole] - neutral
    return float((10.0 * -np.expm1(-10.0 * np.square(delta))).sum() / (window.last - window.first))


def pelvis_posture(log: WalkLog, window: GaitWindow) -> float:
    """Return the mean size of pelvis list and rotation, deg."""
    angles = np.stack([log.pelvis_list[window.whole], log.pelvis_rotation[window.whole]])
    return float(np.rad2deg(np.abs(angles).mean()))


def parameter_l1(vector: np.ndarray) -> float:
    """Return the distance of the raw search vector, exo entries included, from ones in the L1 norm."""
    return float(np.abs(np.asarray(vector, dtype=np.float64) - 1.0).sum())


def metabolic(log: WalkLog, window: GaitWindow, displacement: np.ndarray) -> float:
    """Return the gross metabolic cost of transport, J/kg/m; 0 for logs without muscle properties."""
    if log.layout.f_max is None:
        return 0.0
    return metabolic_cost(log, window.first, window.last, float(np.hypot(*displacement)))
