"""`myoassist reference show`: what a motion holds."""

import math
from dataclasses import dataclass

from myoassist.commands.argument import KEY_OR_WORD, argument
from myoassist.commands.command import Command


@dataclass(frozen=True)
class Show:
    """Print joints, muscles, length, rate and speed of a motion."""

    source: str = argument(
        "", "a .npz, .json, .mot or .sto file, or shipped:NAME", given=KEY_OR_WORD, name="in", shown="FILE", needed=True
    )


def run(request: Show) -> int:
    """Print what the file holds.

    Raises:
        UserError: if it cannot be read.
    """
    print(describe_motion(request.source))
    return 0


def describe_motion(path: str) -> str:
    """Return a few lines about a motion.

    Raises:
        UserError: if it cannot be read.
    """
    from myoassist.rl.motion.file import load_reference

    motion = load_reference(path)
    lines = [
        f"{path}: {motion.length} frames at {motion.sample_rate:g} Hz, {motion.duration:.2f} s, "
        f"{'periodic' if motion.periodic else 'not periodic'}, "
        + ("no pelvis_tx, so no speed" if math.isnan(motion.mean_speed) else f"mean speed {motion.mean_speed:.3f} m/s"),
        f"joints: {', '.join(motion.q)}",
        f"activations: {', '.join(motion.act) or 'none'}",
    ]
    told = ("musculature", "device", "physics", "command", "made_by")
    lines += [f"{name}: {motion.metadata[name]}" for name in told if name in motion.metadata]
    return "\n".join(lines)


SHOW = Command("myoassist reference show", Show, run, "what a motion holds")
