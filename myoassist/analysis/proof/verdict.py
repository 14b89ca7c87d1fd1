"""Compare a new walk with the record of an old one: the same bits, the same gait, or another gait."""

from dataclasses import dataclass

import numpy as np

from myoassist.analysis.proof.record import BLOCK, CURVES, StrideSpread, WalkProof

# Two mean strides of one gait differ by at most this, RMS, deg and body weights, or by what single strides of that gait
# differ by among themselves. Walking is chaotic: where another processor rounds otherwise, even walks stay below half
# of the numbers below; of uneven ones (over rough ground, on a prosthesis, policies) the strides come in another
# order, and means over ten of them part by 1 to 3.8 deg.
ANGLE_RMS = 1.0
FORCE_RMS = 0.05
SPEED = 0.02  # m/s
STRIDE_TIME = 0.02  # s
BITS, GAIT, OTHER = "bit for bit", "same gait", "another gait"


@dataclass(frozen=True)
class Verdict:
    """How a new walk compares with an old one.

    Attributes:
        kind: `BITS`, `GAIT` or `OTHER`.
        lines: What was found, one sentence each.
    """

    kind: str
    lines: tuple[str, ...]


def compare_proofs(old: WalkProof, new: WalkProof) -> Verdict:
    """Return how a new walk compares with an old one."""
    if old.columns != new.columns:
        lost = [name for name in old.columns if name not in new.columns]
        return Verdict(
            OTHER, (f"the body differs: {', '.join(lost) or 'order of columns'} before, {', '.join(new.columns)} now",)
        )
    if old.dt == new.dt and old.steps == new.steps and np.array_equal(old.chain, new.chain):
        return Verdict(
            BITS, (f"{new.steps} control steps, {new.walked:g} s, {new.outcome.lower()}, digest {new.digest}",)
        )
    lines = [_describe_difference(old, new)]
    gaps = _gaps(old, new)
    if not gaps:
        lines.append("one of the walks has no whole stride to compare")
        return Verdict(OTHER, tuple(lines))
    beyond = [f"{text} (at most {bound:.2g})" for text, value, bound in gaps if not value <= bound]
    if old.outcome != new.outcome:
        beyond.insert(0, f"it ended otherwise: {old.outcome.lower()} before, {new.outcome.lower()} now")
    lines.append(
        "mean strides, and what one gait may differ by: " + ", ".join(f"{text} ({b:.2g})" for text, _, b in gaps)
    )
    if beyond:
        lines.append("beyond what one gait differs by: " + "; ".join(beyond))
    return Verdict(OTHER if beyond else GAIT, tuple(lines))


def _describe_difference(old: WalkProof, new: WalkProof) -> str:
    """Return where two walks part, and by how much."""
    if old.dt != new.dt:
        return f"control interval {old.dt:g} s before, {new.dt:g} s now"
    common = min(len(old.chain), len(new.chain))
    differing = np.flatnonzero(old.chain[:common] != new.chain[:common])
    if len(differing) == 0:
        shorter = min(old.walked, new.walked)
        return f"the same for {shorter:g} s, then {old.walked:g} s before, {new.walked:g} s now"
    first = int(differing[0]) * BLOCK
    text = f"first differs within the {BLOCK} steps from {first * new.dt:g} s on"
    samples = min(len(old.samples), len(new.samples))
    apart = np.abs(old.samples[:samples] - new.samples[:samples])
    seen = np.flatnonzero(apart.max(axis=1) > 0.0) if samples else np.zeros(0, dtype=int)
    if len(seen):
        k = int(seen[0])
        place, angle = apart[k, :3].max(), np.rad2deg(apart[k, 3:].max())
        time = (new.sample_steps[k] + 1) * new.dt
        text += f"; at {time:.1f} s {place:.2g} m and {angle:.2g} deg apart"
        if k < samples - 1:
            place, angle = apart[-1, :3].max(), np.rad2deg(apart[-1, 3:].max())
            text += f", at {(new.sample_steps[samples - 1] + 1) * new.dt:.1f} s {place:.2g} m and {angle:.2g} deg"
    return text


def _gaps(old: WalkProof, new: WalkProof) -> list[tuple[str, float, float]]:
    """Return the differences of the mean strides as text, value and bound; none where a walk has no stride."""
    if not (np.isfinite(old.stride_time) and np.isfinite(new.stride_time)):
        return []
    varies = new.spread or StrideSpread(np.zeros(len(CURVES)), 0.0, 0.0)
    gaps = []
    for k, name in enumerate(CURVES):
        shown = np.isfinite(old.curves[k]).all(axis=1) & np.isfinite(new.curves[k]).all(axis=1)
        if not shown.any():
            continue
        rms = float(np.sqrt(np.mean((old.curves[k][shown] - new.curves[k][shown]) ** 2, axis=1)).max())
        unit, bound = ("BW", FORCE_RMS) if name == "grf" else ("deg", ANGLE_RMS)
        text = f"{'vertical force' if name == 'grf' else name} {rms:.2g} {unit}"
        gaps.append((text, rms, max(bound, float(varies.curves[k]))))
    speed = abs(old.speed - new.speed)
    gaps.append((f"speed {speed:.2g} m/s", speed, max(SPEED, varies.speed)))
    stride = abs(old.stride_time - new.stride_time)
    gaps.append((f"stride time {stride:.2g} s", stride, max(STRIDE_TIME, varies.stride_time)))
    return gaps
