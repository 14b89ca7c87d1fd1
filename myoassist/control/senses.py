"""What a controller feels, in anatomical terms: one record of named values, filled in compiled code."""

import math

import numpy as np

from myoassist.control import signals as sg
from myoassist.control.buffers import Buffers, Ids, Signals
from myoassist.model.kernel import kernel
from myoassist.model.layout import TORSO

HALF_PI = math.pi / 2.0
N_MUSCLES = sg.N_MUSCLES

# Angles rad, rates rad/s, speeds m/s; pairs are right, left. Forward lean, lean to the right, a turn to the left,
# flexion and dorsiflexion are positive. Load in body weights; forces as fractions of the peak force, in the order of
# `signals.MUSCLE_NAMES`.
SENSES = np.dtype(
    [
        ("pitch", "f8"),
        ("pitch_rate", "f8"),
        ("roll", "f8"),
        ("roll_rate", "f8"),
        ("yaw", "f8"),
        ("yaw_rate", "f8"),
        ("speed", "f8"),
        ("load", "f8", (2,)),
        ("hip", "f8", (2,)),
        ("knee", "f8", (2,)),
        ("ankle", "f8", (2,)),
        ("hip_rate", "f8", (2,)),
        ("knee_rate", "f8", (2,)),
        ("ankle_rate", "f8", (2,)),
        ("force", "f8", (2, N_MUSCLES)),
    ]
)


@kernel
def muscle_force(b: Buffers, ids: Ids, leg: int, muscle: int) -> float:
    """Return the tension of a muscle or group as a fraction of its peak isometric force; 0 where it is absent."""
    group = ids.muscle_group[leg, muscle]
    total = 0.0
    for i in range(len(group)):
        if group[i] >= 0:
            total -= b.actuator_force[group[i]]
    return total / ids.f_max[leg, muscle]


@kernel
def fill_senses(senses: np.ndarray, b: Buffers, ids: Ids, s: Signals) -> None:
    """Fill a record of SENSES, shape (1,), from the signals; with their noise, which forces and turns lack."""
    out = senses[0]
    out.pitch = s.noisy_body[sg.B_THETA]
    out.pitch_rate = s.noisy_body[sg.B_DTHETA]
    out.roll = s.noisy_body[sg.B_THETA_F]
    out.roll_rate = s.noisy_body[sg.B_DTHETA_F]
    out.yaw = s.yaw[0]
    out.yaw_rate = b.cvel[ids.frame_body[TORSO], 2]
    out.speed = s.noisy_body[sg.B_VX]
    for leg in range(2):
        row = s.noisy_legs[leg]
        out.load[leg] = row[sg.LOAD]
        out.hip[leg] = math.pi - row[sg.P_HIP]
        out.knee[leg] = math.pi - row[sg.P_KNEE]
        out.ankle[leg] = HALF_PI - row[sg.P_ANKLE]
        out.hip_rate[leg] = -row[sg.D_HIP]
        out.knee_rate[leg] = -row[sg.D_KNEE]
        out.ankle_rate[leg] = ids.sign_leg[leg, 2] * b.qvel[ids.qvel_leg[leg, 2]]
        for m in range(N_MUSCLES):
            out.force[leg, m] = muscle_force(b, ids, leg, m)


def sense_start(senses: np.ndarray, b: Buffers, ids: Ids, s: Signals) -> None:
    """Fill a record of SENSES at the start of a walk, before any noise."""
    s.noisy_body[:] = s.body
    s.noisy_legs[:] = s.legs
    fill_senses(senses, b, ids, s)
