"""What the compiled closed loop and its parts read and write: views of the simulator, addresses, scalars, signals."""

from typing import NamedTuple

import mujoco
import numpy as np

from myoassist.control.signals import N_MUSCLES, PRE_STIMULATION


class Buffers(NamedTuple):
    """Views of the simulator's own arrays; they stay valid as long as the data lives."""

    qpos: np.ndarray
    qvel: np.ndarray
    act: np.ndarray
    act_dot: np.ndarray
    ctrl: np.ndarray
    sensordata: np.ndarray
    xpos: np.ndarray
    xquat: np.ndarray
    xmat: np.ndarray
    xanchor: np.ndarray
    cvel: np.ndarray
    subtree_com: np.ndarray
    actuator_force: np.ndarray
    actuator_length: np.ndarray
    actuator_velocity: np.ndarray
    qfrc_actuator: np.ndarray
    qfrc_passive: np.ndarray
    qfrc_spring: np.ndarray
    warnings: np.ndarray
    xfrc_applied: np.ndarray


class Ids(NamedTuple):
    """Addresses of the layout as arrays that compiled code indexes with; see `model.layout.Layout`."""

    root: int
    frame_body: np.ndarray
    frame_pos_b: np.ndarray
    frame_quat_b: np.ndarray
    frame_com_b: np.ndarray
    torso_axes_b: np.ndarray
    qpos_leg: np.ndarray
    qvel_leg: np.ndarray
    sign_leg: np.ndarray
    joint_leg: np.ndarray
    ligament: np.ndarray
    qpos_add: np.ndarray
    qpos_rot: np.ndarray
    qvel_add: np.ndarray
    qpos_root: np.ndarray
    touch: np.ndarray
    load: np.ndarray
    ground: np.ndarray
    limit: np.ndarray
    muscle_group: np.ndarray
    f_max: np.ndarray
    all_muscles: np.ndarray
    muscle_act: np.ndarray
    optimal_length: np.ndarray
    slack_length: np.ndarray
    exo: np.ndarray
    exo_gain: np.ndarray
    exo_qpos: np.ndarray
    exo_joint: int
    exo_direction: np.ndarray
    exo_arm: np.ndarray
    motor: np.ndarray
    motor_gain: np.ndarray
    coupled: np.ndarray  # dependent dof, leg, joint, position address of the joint; (n, 4)
    coupled_zero: np.ndarray
    coupled_slope: np.ndarray  # derivative of the coupling polynomial, from the constant up; (n, 4)


class Constants(NamedTuple):
    """Scalars of a walk, and the first columns of the log that belong to the parts of the loop."""

    body_weight: float
    dt: float
    slope_tan: float
    roll_offset: float
    substeps: int
    human_column: int
    device_column: int
    muscle_column: int


class Signals(NamedTuple):
    """What the controller sees at one instant."""

    body: np.ndarray
    legs: np.ndarray
    yaw: np.ndarray
    quaternion: np.ndarray
    noisy_body: np.ndarray
    noisy_legs: np.ndarray


class Command(NamedTuple):
    """What a human controller tells the muscles.

    Attributes:
        excitation: Excitation of each muscle group of both legs, shape (2, 13), in the order of `signals.MUSCLE_NAMES`.
        share: Factor of each actuator of a group on it, shape (2, 13, largest group).
    """

    excitation: np.ndarray
    share: np.ndarray


def make_command(group: int) -> Command:
    """Allocate the command of a walker whose largest muscle group has `group` actuators."""
    return Command(np.full((2, N_MUSCLES), PRE_STIMULATION), np.ones((2, N_MUSCLES, group)))


def make_buffers(data: mujoco.MjData) -> Buffers:
    """Collect the views of one worker's data."""
    return Buffers(
        data.qpos,
        data.qvel,
        data.act,
        data.act_dot,
        data.ctrl,
        data.sensordata,
        data.xpos,
        data.xquat,
        data.xmat,
        data.xanchor,
        data.cvel,
        data.subtree_com,
        data.actuator_force,
        data.actuator_length,
        data.actuator_velocity,
        data.qfrc_actuator,
        data.qfrc_passive,
        data.qfrc_spring,
        data.warning.number,
        data.xfrc_applied,
    )
