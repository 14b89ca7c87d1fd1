"""Walks written by hand into a log: periodic, symmetric, with the angles of the reference gait."""

import numpy as np

from myoassist.gait.angles import to_clinical
from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.model.plant.muscle_groups import MUSCLES
from myoassist.rollout.log import LogLayout, Outcome, WalkLog

PLANAR_NAMES = tuple(
    f"{actuator}_{side}" for side in ("r", "l") for muscle, actuator in MUSCLES.items() if muscle not in ("HAB", "HAD")
)
FRONTAL_NAMES = tuple(f"{actuator}_{side}" for side in ("r", "l") for actuator in MUSCLES.values())


def empty_walk(n_steps=1000, names=PLANAR_NAMES, dt=0.01, **fields):
    """A log of zeros of a person who stands upright for the whole time."""
    layout = LogLayout(names)
    defaults = {"step_limit": n_steps, "mass": 80.0, "outcome": Outcome.SURVIVED}
    log = WalkLog(layout, np.zeros((n_steps, layout.size)), dt, **(defaults | fields))
    log.time[:] = dt * (1 + np.arange(n_steps))
    log.joint_angle[:] = to_clinical(np.zeros(3))
    return log


def press(log, leg, load):
    """Let the ground carry a foot, body weights of 9.8 N/kg, shape (T,)."""
    log.ground_force_w[:, leg, 2] = load * 9.8 * log.mass


def reference_walk(n_strides=8, samples=100, speed=1.25, names=PLANAR_NAMES, dt=0.01, **fields):
    """A walk that repeats the reference table, left heel strikes at 0, samples, ...; right ones half a stride later."""
    log = empty_walk(n_strides * samples, names, dt, **fields)
    n = log.n_steps
    row = (np.arange(n) % samples) * 100 // samples
    table = load_reference_gait().kinematics[row]
    log.trunk_pitch[:] = table[:, 0]
    log.joint_angle[:, LEFT] = table[:, 1:4]
    log.joint_angle[:, RIGHT] = table[:, 4:7]
    log.new_step[::samples, LEFT] = 1.0
    log.new_step[samples // 2 :: samples, RIGHT] = 1.0
    log.pelvis_pos_w[:, 0] = speed * dt * np.arange(n)
    log.pelvis_pos_w[:, 2] = 0.95
    phase = {LEFT: np.arange(n) % samples, RIGHT: (np.arange(n) + samples // 2) % samples}
    for leg, lateral in ((LEFT, 0.1), (RIGHT, -0.1)):
        swing = np.cos(2.0 * np.pi * phase[leg] / samples)
        for joint, (length, reach) in enumerate(((0.0, 0.0), (0.4, 0.2), (0.8, 0.4))):
            offset = np.stack([reach * swing, np.full(n, lateral), -length + 0.02 * swing], axis=1)
            log.joint_pos_w[:, leg, joint] = log.pelvis_pos_w + offset
        # 60 % stance, the first half of it on the heel.
        stance = phase[leg] < 0.6 * samples
        heel = phase[leg] < 0.3 * samples
        log.load_heel[:, leg] = np.where(heel, 0.8, 0.0)
        log.load_toes[:, leg] = np.where(stance & ~heel, 0.9, 0.0)
        press(log, leg, log.load_heel[:, leg] + log.load_toes[:, leg])
    log.activation[:] = 0.1
    return log
