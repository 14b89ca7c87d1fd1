"""A reference motion: joint angles, joint velocities and activations over time, at any rate."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from myoassist.files.errors import UserError

# Coordinate that grows by the distance walked; every other one of a periodic motion returns to where it was.
FORWARD = "pelvis_tx"
# Coordinates of the leg models that are lengths; everything else is an angle.
TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
# Largest relative change of a periodic motion's duration when it is brought to another rate.
RATE_TOLERANCE = 1e-3
_MOST_REPEATS = 20


class ReferenceMotionError(UserError):
    """Refuse a reference motion."""


@dataclass(frozen=True)
class ReferenceMotion:
    """Joint motion over L frames of equal distance.

    Signs and zeros are those of the leg models: knee flexion negative, hip flexion and ankle dorsiflexion positive.

    Attributes:
        q: Position by joint name, rad or m, each of shape (L,).
        dq: Velocity by joint name, rad/s or m/s, each of shape (L,).
        act: Activation by muscle name, 0 to 1, each of shape (L,); may be empty.
        sample_rate: Frames per second.
        source: Where it comes from, for messages.
        periodic: Whether the first frame follows the last one, but for `pelvis_tx`.
        advance: Distance from the first frame to the one after the last, m.
        metadata: What else its file says.
    """

    q: dict[str, np.ndarray]
    dq: dict[str, np.ndarray]
    act: dict[str, np.ndarray]
    sample_rate: float
    source: str
    periodic: bool = False
    advance: float = 0.0
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Number of frames L."""
        return len(next(iter(self.q.values())))

    @property
    def duration(self) -> float:
        """Time from the first frame to the one after the last, s."""
        return self.length / self.sample_rate

    @property
    def mean_speed(self) -> float:
        """Mean forward speed of the pelvis, m/s; NaN without `pelvis_tx`."""
        return float(np.mean(self.dq[FORWARD])) if FORWARD in self.dq else math.nan

    def require(self, joints: list[str], reader: str) -> None:
        """Refuse a motion that lacks joints.

        Args:
            joints: Joints that have to be there with position and velocity.
            reader: Configuration key that names them, for the message.

        Raises:
            ReferenceMotionError: naming the missing channels and those that are there.
        """
        missing = [name for name in joints if name not in self.q]
        if missing:
            raise ReferenceMotionError(
                f"the reference motion {self.source} has no {', '.join(f'q_{name}' for name in missing)} "
                f"({reader} names {'it' if len(missing) == 1 else 'them'})",
                f"joints of the reference: {', '.join(self.q)}",
                f"take {', '.join(missing)} out of {reader}, or use another env.reference_data_path",
            )


def resample(reference: ReferenceMotion, rate: float) -> ReferenceMotion:
    """Bring a reference motion to another rate by linear interpolation, so that one frame belongs to a control step.

    A motion that ends gets int(N·rate/sample_rate) frames spread evenly from its first to its last sample, as the
    published trainer does; this stretches time by up to one sample. A periodic one keeps its time: its frames are
    spread over whole periods, of which as many are strung together as bring the rate within 0.1 % of what is asked for.

    Args:
        reference: Motion of N frames.
        rate: Frames per second.

    Raises:
        ReferenceMotionError: if fewer than two frames are left.
    """
    if not reference.periodic:
        frames = int(round(reference.length * rate / reference.sample_rate, 9))
        at: np.ndarray = np.linspace(0.0, reference.length - 1.0, max(frames, 1))
        repeats = 1
    else:
        repeats, frames = _choose_repeats(reference.length * rate / reference.sample_rate)
        at = np.arange(frames) * (repeats * reference.length / max(frames, 1))
    if frames < 2:
        raise ReferenceMotionError(
            f"the reference motion {reference.source} lasts {reference.duration:g} s",
            f"at least two control steps of {1.0 / rate:g} s",
            "use a longer recording",
        )
    take = _interpolator(reference, at)
    return replace(
        reference,
        q={name: take(values, reference.advance if name == FORWARD else 0.0) for name, values in reference.q.items()},
        dq={name: take(values, 0.0) for name, values in reference.dq.items()},
        act={name: take(values, 0.0) for name, values in reference.act.items()},
        sample_rate=rate,
        advance=repeats * reference.advance,
        metadata=reference.metadata | {"resampled_data_length": frames, "resampled_sample_rate": rate},
    )


def _choose_repeats(frames: float) -> tuple[int, int]:
    """Return how many periods of `frames` frames to string together, and the whole number of frames in all of them."""
    best, least = (1, max(round(frames), 1)), math.inf
    for repeats in range(1, _MOST_REPEATS + 1):
        whole = round(repeats * frames)
        error = abs(whole / (repeats * frames) - 1.0)
        if error < least - 1e-12:
            best, least = (repeats, whole), error
        if error <= RATE_TOLERANCE:
            break
    return best


def _interpolator(reference: ReferenceMotion, at: np.ndarray) -> Callable[[np.ndarray, float], np.ndarray]:
    """Return a function of a channel and what it gains per period that gives its values at frames `at`."""
    length = reference.length
    low = np.floor(at).astype(np.int64)
    high, part = low + 1, at - low
    if not reference.periodic:
        high = np.minimum(high, length - 1)

    def take(values: np.ndarray, gain: float) -> np.ndarray:
        first = values[low % length] + gain * (low // length)
        second = values[high % length] + gain * (high // length)
        return (1.0 - part) * first + part * second

    return take
