"""What a walk was, small enough to keep beside its vector: a chain of digests, samples, mean strides."""

import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoassist.files.content import ARCHIVE_ERRORS, open_archive
from myoassist.files.errors import UserError
from myoassist.gait.leg_strides import LegStrides, find_leg_strides, motion_signals
from myoassist.rollout.log import WalkLog

# Columns of the log that are proven; later versions may log more.
COLUMNS = (
    "time",
    "pelvis_pos_w",
    "trunk_pitch",
    "joint_angle",
    "joint_velocity",
    "ground_force_w",
    "exo_torque",
    "excitation",
    "activation",
    "muscle_force",
)
# Of these values are kept too, to say how far two walks are from each other.
SAMPLED = ("pelvis_pos_w", "trunk_pitch", "joint_angle")
# What is drawn over a stride, in the units of people's curves.
CURVES = ("hip", "knee", "ankle", "grf")
BLOCK = 10  # steps per digest
SAMPLE_TIME = 0.1  # s
STRIDES = 10


@dataclass(frozen=True)
class StrideSpread:
    """Standard deviation over the strides of a walk, of the leg that varies more.

    Attributes:
        curves: RMS over the stride, shape (4 of CURVES,), deg and body weights.
        speed: Of the mean speed of a stride, m/s.
        stride_time: Of its duration, s.
    """

    curves: np.ndarray
    speed: float
    stride_time: float


@dataclass(frozen=True)
class WalkProof:
    """What a walk was.

    Attributes:
        columns: Proven columns of the log with the shape of a sample, such as `joint_angle (2, 3)`.
        steps: Control steps done.
        dt: Control interval, s.
        outcome: How it ended.
        chain: Digest of all samples up to the end of each block of `BLOCK` steps, the last may be shorter, shape (B,);
            uint64.
        sample_steps: Steps whose values are kept, shape (S,).
        samples: Their values of `SAMPLED`, shape (S, 10), 64 bit as simulated.
        curves: Mean stride of each leg, shape (4 of CURVES, 2, 51); NaN without strides.
        stride_time: Mean duration of a stride, s; NaN without strides.
        spread: How much single strides vary in a walk that has just been walked; None of one that was read.
    """

    columns: tuple[str, ...]
    steps: int
    dt: float
    outcome: str
    chain: np.ndarray
    sample_steps: np.ndarray
    samples: np.ndarray
    curves: np.ndarray
    stride_time: float
    spread: StrideSpread | None = None

    @property
    def walked(self) -> float:
        """Time walked, s."""
        return self.steps * self.dt

    @property
    def speed(self) -> float:
        """Mean speed between the first and the last sample, m/s; NaN with fewer than two samples."""
        if len(self.samples) < 2:
            return float("nan")
        way = self.samples[-1, 0] - self.samples[0, 0]
        return float(way / ((self.sample_steps[-1] - self.sample_steps[0]) * self.dt))

    @property
    def digest(self) -> str:
        """Digest of the whole walk, 16 hexadecimal digits; empty for a walk of no step."""
        return f"{int(self.chain[-1]):016x}" if len(self.chain) else ""


def prove_walk(log: WalkLog) -> WalkProof:
    """Return what a walk was."""
    rows = np.concatenate([getattr(log, name).reshape(log.n_steps, -1) for name in COLUMNS], axis=1)
    # Little-endian 64 bit, whatever the machine; -0 and 0 are the same number.
    rows = np.ascontiguousarray(rows + 0.0, dtype="<f8")
    digest, chain = hashlib.blake2b(digest_size=8), []
    for start in range(0, log.n_steps, BLOCK):
        digest.update(rows[start : start + BLOCK].tobytes())
        chain.append(int.from_bytes(digest.copy().digest(), "big"))
    every = max(1, round(SAMPLE_TIME / log.dt))
    steps = np.arange(every - 1, log.n_steps, every)
    samples = np.concatenate([getattr(log, name).reshape(log.n_steps, -1)[steps] for name in SAMPLED], axis=1)
    strides = find_leg_strides(log, STRIDES)
    curves, stride_time, spread = np.full((len(CURVES), 2, 51), np.nan), float("nan"), None
    if strides.count:
        signals = motion_signals(log)
        drawn = np.stack([signals[name] for name in CURVES], axis=2)
        curves = np.stack([strides.mean_curves(drawn[:, leg], leg).T for leg in range(2)], axis=1)
        stride_time = float(np.mean(np.concatenate(strides.times(log.dt))))
    if strides.count > 1:
        spread = _spread(log, strides, drawn)
    columns = tuple(f"{name} {getattr(log, name).shape[1:]}" for name in COLUMNS)
    return WalkProof(
        columns, log.n_steps, log.dt, log.outcome.name, np.array(chain, dtype=np.uint64), steps, samples, curves,
        stride_time, spread,
    )  # fmt: skip


def _spread(log: WalkLog, strides: LegStrides, drawn: np.ndarray) -> StrideSpread:
    """Return how much strides vary; `drawn` has the shape (T, 2, 4)."""
    legs = []
    for leg, times in enumerate(strides.times(log.dt)):
        variance = strides.each_curve(drawn[:, leg], leg).var(axis=0, ddof=1)
        way = log.pelvis_pos_w[strides.stops[leg], 0] - log.pelvis_pos_w[strides.starts[leg], 0]
        legs.append([*np.sqrt(variance.mean(axis=0)), (way / times).std(ddof=1), times.std(ddof=1)])
    *curves, speed, time = np.max(legs, axis=0)
    return StrideSpread(np.array(curves), float(speed), float(time))


def dump_proof(proof: WalkProof) -> bytes:
    """Return a proof as the content of a .npz."""
    head = {
        "columns": list(proof.columns),
        "steps": proof.steps,
        "dt": proof.dt,
        "outcome": proof.outcome,
        "stride_time": proof.stride_time,
    }
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
        chain=proof.chain,
        sample_steps=proof.sample_steps,
        samples=proof.samples,
        curves=proof.curves,
    )
    return stream.getvalue()


def load_proof(data: bytes, source: str) -> WalkProof:
    """Read a proof.

    Args:
        data: Content of the file.
        source: What it belongs to, for messages.

    Raises:
        UserError: if it is damaged.
    """
    try:
        open_archive(io.BytesIO(data)).close()
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in ("chain", "sample_steps", "samples", "curves")}
            head = json.loads(file["head"].tobytes())
        proof = WalkProof(
            columns=tuple(str(name) for name in head["columns"]),
            steps=int(head["steps"]),
            dt=float(head["dt"]),
            outcome=str(head["outcome"]),
            stride_time=float(head["stride_time"]),
            **arrays,
        )
        if proof.chain.shape != (-(-proof.steps // BLOCK),) or proof.samples.shape[:1] != proof.sample_steps.shape:
            raise ValueError("its arrays do not fit to each other")
        if proof.curves.shape != (len(CURVES), 2, 51) or not proof.dt > 0.0:
            raise ValueError("its arrays do not fit to each other")
    except (*ARCHIVE_ERRORS, TypeError, AttributeError) as error:
        why = str(error).splitlines()[0] if str(error) else "damaged"
        raise UserError(
            f"the record of the walk of {source} cannot be read: {why}",
            "what `myoassist pack` wrote",
            "pack the run again: myoassist pack <run folder>",
        ) from None
    return proof
