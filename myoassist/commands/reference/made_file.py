"""The file that a command makes: where it comes from, and that it is none of those that are read."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from myoassist.config.schema.run import RunConfig
    from myoassist.rl.motion.motion import ReferenceMotion


def refuse_overwriting(source: str, out: str) -> None:
    """Refuse to write the file that is read.

    Raises:
        UserError: naming it.
    """
    if Path(out).resolve() == Path(source).resolve():
        raise UserError(f"out={out} is the file that is read", "another file", "out=<new file>")


def add_origin(motion: "ReferenceMotion", config: "RunConfig", command: str) -> "ReferenceMotion":
    """Add what somebody who finds the file wants to know.

    Args:
        motion: The motion.
        config: Configuration of its model.
        command: What made it.
    """
    metadata = motion.metadata | {
        "mean_speed": round(motion.mean_speed, 4),
        "musculature": config.model.musculature,
        "device": config.model.device,
        "physics": config.model.physics,
        "command": command,
    }
    return replace(motion, metadata=metadata)
