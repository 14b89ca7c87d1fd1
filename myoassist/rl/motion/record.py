"""Record a reflex-controlled walk as a periodic reference motion."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.gait.events import find_heel_strikes
from myoassist.model.build import Walker
from myoassist.rl.motion.motion import FORWARD, ReferenceMotion, ReferenceMotionError
from myoassist.rollout.log import Outcome
from myoassist.rollout.simulator import Simulator

RECORDING_RATE = 100.0  # Hz, the control rate of the reflex controller without delays
SKIPPED_STRIDES = 4
# Strides beyond the asked duration that the window is searched in, and a guess of how long a stride is, s.
SPARE_STRIDES = 4
LONG_STRIDE = 1.6


@dataclass(frozen=True)
class Recording:
    """A motion and how it was cut.

    Attributes:
        motion: The motion.
        strides: Whole strides in it.
        seam: RMS over channels of the step from the last to the first frame, beyond an ordinary step, in SDs.
    """

    motion: ReferenceMotion
    strides: int
    seam: float


def simulated_time(duration: float) -> float:
    """Return how long to simulate so that `duration` seconds can be cut out, s."""
    return duration + (SKIPPED_STRIDES + SPARE_STRIDES) * LONG_STRIDE


def record_walk(simulator: Simulator, vector: np.ndarray, duration: float, seed: int = 0) -> Recording:
    """Simulate a parameter vector and cut whole strides out of the walk, from right heel strike to right heel strike.

    The first strides, in which the gait settles, are dropped. Of all windows of whole strides of about `duration`, the
    one whose end leads to its beginning best is taken, so that it can be played in a loop.

    Args:
        simulator: Simulator of the walk; its `env.sim_time` should be `simulated_time(duration)`.
        vector: Raw parameters, shape (D,).
        duration: Length of the motion, s; what comes out is shorter by up to a stride.
        seed: Seed of sensor noise.

    Raises:
        ReferenceMotionError: if the walk ends early or has too few strides.
    """
    states = _Recorder(simulator.walker)
    log = simulator.simulate_slowly(vector, seed=seed, observe=states.add)
    if log.outcome is not Outcome.SURVIVED:
        raise ReferenceMotionError(
            f"the walk ends early: {log.reason}",
            f"a walk of {simulator.env.sim_time:g} s",
            "record another run, or a shorter duration=",
        )
    every = round(1.0 / (RECORDING_RATE * log.dt))
    strikes = np.unique(find_heel_strikes(log).right // every)[SKIPPED_STRIDES:]
    frames = states.table()[::every]
    start, end, seam = choose_window(frames, strikes, round(duration * RECORDING_RATE), states.compared)
    window = frames[start:end]
    forward = states.names.index(f"q_{FORWARD}")
    advance = float(frames[end, forward] - frames[start, forward])
    window[:, forward] -= window[0, forward]
    columns = dict(zip(states.names, window.T, strict=True))
    motion = ReferenceMotion(
        q={name.removeprefix("q_"): values for name, values in columns.items() if name.startswith("q_")},
        dq={name.removeprefix("dq_"): values for name, values in columns.items() if name.startswith("dq_")},
        act={name.removeprefix("act_"): values for name, values in columns.items() if name.startswith("act_")},
        sample_rate=RECORDING_RATE,
        source="recording",
        periodic=True,
        advance=advance,
    )
    return Recording(motion, int(((strikes >= start) & (strikes < end)).sum()), seam)


class _Recorder:
    """Copies joint positions, velocities and activations after every control step."""

    def __init__(self, walker: Walker) -> None:
        model = walker.model
        single = (int(mujoco.mjtJoint.mjJNT_HINGE), int(mujoco.mjtJoint.mjJNT_SLIDE))
        joints = [i for i in range(model.njnt) if model.jnt_type[i] in single]
        names = [model.joint(i).name for i in joints]
        self._qpos = model.jnt_qposadr[joints]
        self._qvel = model.jnt_dofadr[joints]
        self._act = walker.layout.muscle_act
        self.names = [
            *(f"q_{name}" for name in names),
            *(f"dq_{name}" for name in names),
            *(f"act_{name}" for name in walker.layout.muscle_names),
        ]
        self.compared = np.array([name != f"q_{FORWARD}" for name in self.names])
        self._rows: list[np.ndarray] = []

    def add(self, data: mujoco.MjData) -> None:
        """Copy the state."""
        self._rows.append(np.concatenate([data.qpos[self._qpos], data.qvel[self._qvel], data.act[self._act]]))

    def table(self) -> np.ndarray:
        """Return all states, shape (T, channels), columns as `names`."""
        return np.stack(self._rows)


def choose_window(
    frames: np.ndarray, strikes: np.ndarray, longest: int, compared: np.ndarray
) -> tuple[int, int, float]:
    """Choose the window of whole strides whose end leads to its beginning best.

    Args:
        frames: Channels over time, shape (T, channels).
        strikes: Ascending frames of right heel strikes; windows begin and end at one.
        longest: Most frames of a window; those of at least 3/4 of it are compared, or else the longest.
        compared: Channels that have to close, shape (channels,), bool.

    Returns:
        First frame, frame after the last, and the RMS difference between these two in standard deviations.

    Raises:
        ReferenceMotionError: if there is no whole stride.
    """
    pairs = [
        (int(start), int(end))
        for i, start in enumerate(strikes)
        for end in strikes[i + 1 :]
        if end - start <= longest and end < len(frames)
    ]
    if not pairs:
        raise ReferenceMotionError(
            f"the walk has {len(strikes)} right heel strikes after the first {SKIPPED_STRIDES}",
            f"a whole stride within {longest / RECORDING_RATE:g} s",
            "record another run, or a longer duration=",
        )
    least = min(0.75 * longest, max(end - start for start, end in pairs))
    kept = frames[:, compared]
    scale = kept.std(axis=0)
    # What never moves, such as a locked joint, cannot jump either.
    kept = kept[:, scale > 1e-9] / scale[scale > 1e-9]
    rated = [
        (float(np.sqrt(np.mean((kept[end] - kept[start]) ** 2))), start, end)
        for start, end in pairs
        if end - start >= least
    ]
    seam, start, end = min(rated)
    return start, end, seam


def describe(recording: Recording) -> str:
    """Return one line about a recording."""
    motion = recording.motion
    return (
        f"{recording.strides} strides, {motion.duration:.2f} s at {motion.sample_rate:g} Hz, "
        f"{motion.mean_speed:.3f} m/s, {len(motion.q)} joints, {len(motion.act)} muscles, "
        f"seam {recording.seam:.3f} SD"
    )
