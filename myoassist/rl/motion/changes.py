"""Change a reference motion on the way into another file: cut a stride out, turn signs, turn degrees into radians."""

from dataclasses import replace

import numpy as np

from myoassist.gait.reference.stride_finder import find_strides
from myoassist.rl.motion.motion import FORWARD, TRANSLATIONS, ReferenceMotion, ReferenceMotionError

# Joint of the leg models -> angle of the built-in gait.
_ANGLES = {"hip_flexion": "hip_flexion", "knee_angle": "knee_flexion", "ankle_angle": "ankle_dorsiflexion"}


def change_motion(
    motion: ReferenceMotion, stride: int | None = None, flip: list[str] | None = None, degrees: bool = False
) -> ReferenceMotion:
    """Return a changed motion.

    Args:
        motion: Motion as it was read.
        stride: Which stride is cut out, from 1, from right heel strike to right heel strike; None keeps all frames.
        flip: Joints whose signs are turned.
        degrees: Whether angles and their velocities are in degrees.

    Raises:
        ReferenceMotionError: for a joint that the motion lacks, or a stride that it does not hold.
    """
    flip = flip or []
    missing = [name for name in flip if name not in motion.q]
    if missing:
        raise ReferenceMotionError(
            f"flip={','.join(flip)}: {motion.source} has no joint {', '.join(missing)}",
            f"joints of the motion: {', '.join(motion.q)}",
            "flip=<joint>,<joint>",
        )

    def factor(name: str) -> float:
        return (-1.0 if name in flip else 1.0) * (np.pi / 180.0 if degrees and name not in TRANSLATIONS else 1.0)

    q = {name: factor(name) * values for name, values in motion.q.items()}
    dq = {name: factor(name) * values for name, values in motion.dq.items()}
    changed = replace(motion, q=q, dq=dq)
    return changed if stride is None else _cut(changed, stride)


def _cut(motion: ReferenceMotion, number: int) -> ReferenceMotion:
    curves = {
        (_ANGLES[name[:-2]], name[-1]): values
        for name, values in motion.q.items()
        if name[-2:] in ("_r", "_l") and name[:-2] in _ANGLES
    }
    strides = find_strides(curves, lead="r")
    if not 1 <= number <= len(strides):
        raise ReferenceMotionError(
            f"stride={number}: {motion.source} holds {len(strides)} whole strides from right heel strike on",
            f"a number from 1 to {len(strides)}"
            if strides
            else f"{', '.join(_ANGLES)}, with _r or _l, over at least one whole stride of walking",
            f"stride={len(strides)}" if strides else "leave stride= out",
        )
    first, last = (round(row) for row in strides[number - 1])
    last = min(last, motion.length)
    advance = 0.0
    if FORWARD in motion.q:
        forward = motion.q[FORWARD]
        end = forward[last] if last < motion.length else forward[-1] + motion.dq[FORWARD][-1] / motion.sample_rate
        advance = float(end - forward[first])
    parts = [
        {name: values[first:last] for name, values in group.items()} for group in (motion.q, motion.dq, motion.act)
    ]
    return replace(motion, q=parts[0], dq=parts[1], act=parts[2], periodic=True, advance=advance)
