"""Make a reference motion from normative joint angles: no run is needed, and no muscle activation is known."""

import mujoco
import numpy as np

from myoassist.control.table import build_table
from myoassist.gait.reference.gait import ReferenceSignal, load_reference_gait
from myoassist.model.build import Walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.rl.motion.motion import ReferenceMotion
from myoassist.rollout.start_pose import SINK, StartPose

RATE = 100.0  # Hz
# Harmonics of the stride that the pelvis height is kept to: where the lower foot changes, it has a kink.
HEIGHT_HARMONICS = 6
# Joint of the leg models, signal of the reference gait, sign; the 80-muscle legs count knee flexion positive.
_JOINTS = (("hip_flexion", "hip_flexion", 1.0), ("ankle_angle", "ankle_dorsiflexion", 1.0))
_STILL = ("pelvis_tz", "pelvis_list", "pelvis_rotation", "mtp_angle_r", "mtp_angle_l")


def synthesize_motion(walker: Walker, speed: float, stride: float) -> ReferenceMotion:
    """Make one periodic stride, from right heel strike to right heel strike.

    Joint angles are the normative ones of the package at every phase, the legs half a stride apart; the pelvis leans as
    the normative trunk; its height keeps the lower foot on the ground by forward kinematics; it moves forward evenly.
    Velocities are exact derivatives of the periodic curves.

    Args:
        walker: Compiled walker on level ground.
        speed: Forward speed, m/s.
        stride: Duration of a stride, s; it is rounded to whole frames of 0.01 s.
    """
    frames = round(stride * RATE)
    period = frames / RATE
    phase = np.arange(frames) / frames
    signals = load_reference_gait().signals
    knee = 1.0 if walker.model.joint("knee_angle_l").range[1] > 0.1 else -1.0
    q: dict[str, np.ndarray] = {"pelvis_tilt": -signals["trunk_pitch"].evaluate(phase)}
    for side, shift in (("r", 0.0), ("l", 0.5)):
        for joint, name, sign in (*_JOINTS, ("knee_angle", "knee_flexion", knee)):
            q[f"{joint}_{side}"] = sign * _clipped(walker, f"{joint}_{side}", sign, signals[name], phase + shift)
    # The normative figures say nothing about these; they stay as in the start pose.
    start = walker.model.key_qpos[walker.layout.keyframe]
    for name in _STILL:
        if _joint(walker, name) >= 0:
            q[name] = np.full(frames, start[walker.model.joint(name).qposadr[0]])
    q = {name: values for name, values in q.items() if _joint(walker, name) >= 0}
    q["pelvis_ty"] = np.zeros(frames)
    q["pelvis_ty"] = _smooth(_find_height(walker, ReferenceMotion(q, {}, {}, RATE, "synthesis")))
    dq = {name: _derive(values, period) for name, values in q.items()}
    q["pelvis_tx"], dq["pelvis_tx"] = speed * period * phase, np.full(frames, speed)
    return ReferenceMotion(
        q, dq, {}, RATE, "synthesis", periodic=True, advance=speed * period, metadata={"made_by": "normative figures"}
    )


def _joint(walker: Walker, name: str) -> int:
    return mujoco.mj_name2id(walker.model, mujoco.mjtObj.mjOBJ_JOINT, name)


def _clipped(walker: Walker, joint: str, sign: float, signal: ReferenceSignal, phase: np.ndarray) -> np.ndarray:
    """Return a clinical angle kept inside the range of its joint, rad."""
    index = _joint(walker, joint)
    values = signal.evaluate(phase)
    if index < 0 or not walker.model.jnt_limited[index]:
        return values
    ends = sorted(sign * walker.model.jnt_range[index])
    return np.clip(values, ends[0], ends[1])


def _find_height(walker: Walker, motion: ReferenceMotion) -> np.ndarray:
    """Return the pelvis height of every frame at which the lowest point of the feet just touches the ground, m."""
    data = mujoco.MjData(walker.model)
    start = StartPose(walker, build_table(walker.layout.dimensions, walker.init_pose, "none", 1, False))
    poser = _Poser(walker, motion)
    heights = np.zeros(motion.length)
    for frame in range(motion.length):
        poser.pose(frame, data.qpos)
        mujoco.mj_kinematics(walker.model, data)
        heights[frame] = data.qpos[walker.layout.qpos_root[1]] - start.clearance(data) - SINK
    return heights


def _smooth(values: np.ndarray) -> np.ndarray:
    """Keep the mean and the first harmonics of a periodic curve."""
    spectrum = np.fft.rfft(values)
    spectrum[HEIGHT_HARMONICS + 1 :] = 0.0
    return np.fft.irfft(spectrum, len(values))


def _derive(values: np.ndarray, period: float) -> np.ndarray:
    """Return the time derivative of a periodic curve, by its Fourier series."""
    spectrum = np.fft.rfft(values)
    rate = 2j * np.pi * np.arange(len(spectrum)) / period
    if len(values) % 2 == 0:
        # The highest harmonic of an even number of samples has no phase, and so no derivative.
        rate[-1] = 0.0
    return np.fft.irfft(spectrum * rate, len(values))


class _Poser:
    """Writes frames of a reference motion into the positions of a model.

    Joints that the motion lacks stay as in the start pose; coupled coordinates that it lacks follow their couplings.

    Args:
        walker: Compiled walker.
        reference: Motion; joints that the model lacks are left out.
    """

    def __init__(self, walker: Walker, reference: ReferenceMotion) -> None:
        model = walker.model
        found = {name: mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name) for name in reference.q}
        names = [name for name, joint in found.items() if joint >= 0]
        self._start = model.key_qpos[walker.layout.keyframe]
        self._address = np.array([model.jnt_qposadr[found[name]] for name in names], dtype=np.int64)
        self._values = np.stack([reference.q[name] for name in names], axis=1) if names else np.zeros((0, 0))
        given = set(self._address.tolist())
        self._couplings = [row for row in find_couplings(model) if row[0] not in given]
        self._qpos0 = model.qpos0

    def pose(self, frame: int, qpos: np.ndarray) -> None:
        """Write a frame into joint positions, shape (nq,)."""
        qpos[:] = self._start
        qpos[self._address] = self._values[frame]
        follow_couplings(self._couplings, self._qpos0, qpos)
