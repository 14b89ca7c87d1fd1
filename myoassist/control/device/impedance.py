"""Impedance control of powered prosthetic joints in the phases of a stride, compiled.

Torque of a joint = stiffness * (equilibrium angle - angle) - damping * velocity, with values per phase, as in
finite-state control of powered knee-ankle prostheses (Sup, Bohara & Goldfarb, Int J Robot Res 2008,
doi 10.1177/0278364907084588).
"""

from typing import NamedTuple

import numpy as np

from myoassist.control.device.timing import STANCE_LOAD
from myoassist.model.kernel import kernel

# Late stance, which pushes off, begins when the ankle is dorsiflexed far enough; the second half of swing after a time.
EARLY_STANCE, LATE_STANCE, SWING_FLEXION, SWING_EXTENSION = range(4)
N_PHASES = 4
STIFFNESS, DAMPING, ANGLE = range(3)
HIP, KNEE, ANKLE = range(3)
# Values glide into those of a new phase, because a sudden torque is what no motor gives.
BLEND_TIME = 0.02  # s
MIN_STANCE = 0.1  # s in early stance before push-off may begin


class Impedance(NamedTuple):
    """State of the controllers of both legs; leg 0 right, leg 1 left.

    Attributes:
        on: Whether it controls, shape (1,).
        phase: Phase of each leg, shape (2,).
        clock: Time in that phase, s, shape (2,).
        values: Stiffness (N·m/rad), damping (N·m·s/rad), angle (rad) of hip, knee, ankle by phase, shape (3, 4, 3).
        active: Values in force, shape (2, 3, 3).
        push_off_angle: Ankle dorsiflexion at which late stance begins, rad, shape (1,).
        flexion_time: Length of the first part of swing, s, shape (1,).
    """

    on: np.ndarray
    phase: np.ndarray
    clock: np.ndarray
    values: np.ndarray
    active: np.ndarray
    push_off_angle: np.ndarray
    flexion_time: np.ndarray


def make_impedance() -> Impedance:
    """Allocate controllers that are off."""
    return Impedance(
        np.zeros(1, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        np.zeros(2),
        np.zeros((3, N_PHASES, 3)),
        np.zeros((2, 3, 3)),
        np.zeros(1),
        np.zeros(1),
    )


def reset_impedance(impedance: Impedance, values: dict[str, float] | None, swing_leg: int) -> None:
    """Install decoded parameters (None for off) and start both legs in their phases.

    Args:
        impedance: State, changed in place.
        values: Decoded parameters by name, as `reflex.device_parameters.impedance_rows` lists them.
        swing_leg: Leg that starts in swing.
    """
    impedance.on[0] = 0 if values is None else 1
    impedance.clock[:] = 0.0
    impedance.phase[:] = EARLY_STANCE
    impedance.phase[swing_leg] = SWING_EXTENSION
    impedance.values[:] = 0.0
    if values is None:
        return
    for joint, name in ((KNEE, "knee"), (ANKLE, "ankle")):
        for phase, phase_names in enumerate(PHASE_NAMES):
            for column, kind in enumerate(("stiffness", "damping", "angle")):
                # An ankle alone has one swing.
                found = [f"{name}_{kind}_{word}" for word in phase_names if f"{name}_{kind}_{word}" in values]
                if found:
                    impedance.values[joint, phase, column] = values[found[0]]
    impedance.push_off_angle[0] = values.get("push_off_angle", np.inf)
    impedance.flexion_time[0] = values.get("swing_flexion_time", 0.0)
    for leg in range(2):
        impedance.active[leg] = impedance.values[:, impedance.phase[leg]]


# What a parameter of a phase may be called, the most specific first.
PHASE_NAMES = (("early_stance",), ("late_stance",), ("swing_flexion", "swing"), ("swing_extension", "swing"))


@kernel
def update_phase(impedance: Impedance, leg: int, load: float, ankle: float, dt: float) -> None:
    """Advance the phase of a leg by one control step and let its values glide towards those of the phase.

    Args:
        impedance: State, changed in place.
        leg: 0 right, 1 left.
        load: Load of the foot, body weights.
        ankle: Ankle angle, dorsiflexion positive, rad.
        dt: Control interval, s.
    """
    phase = impedance.phase[leg]
    impedance.clock[leg] += dt
    after = phase
    if load > STANCE_LOAD:
        if phase >= SWING_FLEXION:
            after = EARLY_STANCE
        elif phase == EARLY_STANCE and impedance.clock[leg] >= MIN_STANCE and ankle > impedance.push_off_angle[0]:
            after = LATE_STANCE
    elif phase < SWING_FLEXION:
        after = SWING_FLEXION
    elif phase == SWING_FLEXION and impedance.clock[leg] >= impedance.flexion_time[0]:
        after = SWING_EXTENSION
    if after != phase:
        impedance.phase[leg] = after
        impedance.clock[leg] = 0.0
    share = min(1.0, dt / BLEND_TIME)
    for joint in range(3):
        for i in range(3):
            target = impedance.values[joint, after, i]
            impedance.active[leg, joint, i] += share * (target - impedance.active[leg, joint, i])


@kernel
def joint_torque(impedance: Impedance, leg: int, joint: int, angle: float, velocity: float) -> float:
    """Return the torque (N·m) of a joint at an angle (rad) and velocity (rad/s), both in the controller's signs."""
    value = impedance.active[leg, joint]
    return value[STIFFNESS] * (value[ANGLE] - angle) - value[DAMPING] * velocity
