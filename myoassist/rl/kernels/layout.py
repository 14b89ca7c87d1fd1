"""What the compiled control step reads and writes, as flat arrays."""

from typing import NamedTuple

import numpy as np

from myoassist.rollout.muscle.fibre import Fibres

# How an episode ended; the order of `END_REASONS`.
RUNNING, FELL, OFF_TRAJECTORY, TIME_OVER, REFERENCE_OVER, UNSTABLE = range(6)
END_REASONS = ("running", "fell", "off_trajectory", "time_over", "reference_over", "unstable")

# Versions of the reward.
CLEAN, COMPAT_B, COMPAT_A = range(3)
REWARD_VERSIONS = ("clean", "compat_b", "compat_a")


class Task(NamedTuple):
    """Everything that all environments share; written by `rl.env.task`, read by the step.

    L is the number of reference frames, J of imitated joints, T of joints that end an episode.
    """

    control_mid: np.ndarray  # (nu,)
    control_half: np.ndarray  # (nu,)
    sizes: np.ndarray  # nq, nv, na, nsensordata, nbody
    observe_q: np.ndarray
    observe_v: np.ndarray
    observe_act: np.ndarray
    observe_sensor: np.ndarray
    observe_sensor_scale: np.ndarray
    pelvis: np.ndarray  # addresses: tx velocity, ty position
    load: np.ndarray  # (2, 2) addresses whose sum is the load of r, l; -1 for none
    limit: np.ndarray
    muscle_act: np.ndarray
    device: np.ndarray  # actuators of the device
    device_scale: np.ndarray
    frames: np.ndarray  # carriers of pelvis, talus r, talus l, shape (3,)
    frame_pos_b: np.ndarray  # (3, 3)
    joint_q: np.ndarray  # (J,)
    joint_v: np.ndarray
    weight_q: np.ndarray
    weight_v: np.ndarray
    reference_q: np.ndarray  # (L, J)
    reference_v: np.ndarray
    tracked: np.ndarray  # (T,) position addresses
    tracked_limit: np.ndarray
    tracked_reference: np.ndarray  # (L, T)
    reference_speed: np.ndarray  # (L,) m/s
    reference_feet: np.ndarray  # (L, 2, 2)
    start_qpos: np.ndarray  # (L, nq)
    start_qvel: np.ndarray  # (L, nv)
    start_scaled: np.ndarray  # (nv,) 1 where the velocity follows the target speed
    start_act: np.ndarray  # (L, na)
    start_lift: np.ndarray  # (L,) m, changed by a curriculum
    weights: np.ndarray  # one per reward term
    modes: np.ndarray
    speeds: np.ndarray  # (2,), changed by a curriculum
    periods: np.ndarray  # (2,)
    manual: np.ndarray  # schedule set by hand, NaN in [0] for none
    ground: np.ndarray  # averaged heights (rows along y, columns along x), (0, 0) on level ground
    fibres: Fibres  # without rows where MuJoCo's own muscles work; the state lies in each simulation
    ground_frame: np.ndarray  # x and y of the first node, spacing along x and y, factor of the heights
    substeps: int
    euler: bool
    imitation: bool
    loop: bool
    start_frames: int  # episodes start at a frame below this
    max_steps: int
    version: int
    squared: bool
    playback: bool  # the reference's speed follows the target
    end_off_trajectory: bool
    # Episodes start at the target speed: a published reset sets it last, and without a reference there is no other.
    start_at_target: bool
    dt: float
    safe_height: float
    body_weight: float
    mean_speed: float  # of the reference


class State(NamedTuple):
    """State and outputs of N environments; the first axis of every array."""

    streams: np.ndarray  # random numbers
    frame: np.ndarray  # reference frame, not whole when the playback is scaled
    steps: np.ndarray
    schedule: np.ndarray  # (N, 7)
    previous_act: np.ndarray
    footstep: np.ndarray  # (N, 8)
    load_history: np.ndarray  # (N, 2, 3)
    start: np.ndarray  # frame of the next start, -1 for a random one
    observations: np.ndarray  # float32
    terminal: np.ndarray  # float32, last observation of the episode that ended in this step
    rewards: np.ndarray
    terms: np.ndarray  # weighted parts of the reward
    ended: np.ndarray  # one of END_REASONS
    episode_return: np.ndarray
    episode_terms: np.ndarray
    last_return: np.ndarray  # of the episode that ended last
    last_terms: np.ndarray
    last_length: np.ndarray
    forces: np.ndarray  # (N, 2) work space
    limits: np.ndarray  # (N, k) work space
    activation: np.ndarray  # (N, muscles) work space
    command: np.ndarray  # (N, device) work space
    feet: np.ndarray  # (N, 2, 2) work space
