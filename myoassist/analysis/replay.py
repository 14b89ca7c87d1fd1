"""`myoassist replay`: repeat the step in which a simulation failed, and say what went wrong."""

from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.config.errors import UserError

if TYPE_CHECKING:
    from myoassist.rollout.fault import WalkFault

USAGE = """usage: myoassist replay FILE [video=OUT.mp4]

Repeat a simulation that failed, from a file that a run has left in its folder faults/: first the failing step alone,
one physics step at a time, then all that leads to it.
  video=OUT.mp4    draw what leads to it; walks of the reflex controller only
"""


def main(arguments: list[str]) -> int:
    """Run the command.

    Args:
        arguments: Arguments after `replay`.

    Returns:
        Exit code: 0 if the failure was reproduced, 1 if not.

    Raises:
        UserError: if the file is refused.
    """
    if not arguments or any(argument in ("-h", "--help", "help") for argument in arguments):
        print(USAGE, end="")
        return 0
    files = [text for text in arguments if not text.startswith("video=")]
    videos = [text.partition("=")[2] for text in arguments if text.startswith("video=")]
    if len(files) != 1 or len(videos) > 1:
        raise UserError(f"myoassist replay {' '.join(arguments)}", "one file, and video=OUT.mp4 at most", USAGE)
    video = Path(videos[0]).expanduser() if videos else None
    if video is not None and video.suffix != ".mp4":
        raise UserError(f"video={video}", "a file that ends with .mp4", "video=fault.mp4")
    if video is not None:
        _prepare_drawing()

    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    from myoassist.config.plugins import import_plugins
    from myoassist.rollout.fault import read_fault

    fault = read_fault(Path(files[0]))
    print("\n".join(describe_fault(fault)), flush=True)
    if fault.kind == "episode":
        if video is not None:
            raise UserError("video= with an episode of a policy", "the fault of a walk", f"myoassist replay {files[0]}")
        from myoassist.analysis.replay_episode import replay_episode

        lines, reproduced = replay_episode(fault)
    else:
        import_plugins(fault.config.plugins)
        from myoassist.analysis.replay_walk import replay_walk

        lines, reproduced = replay_walk(fault, video)
    print("\n".join(lines), flush=True)
    print("reproduced" if reproduced else "not reproduced: versions or the machine may differ from those of the run")
    return 0 if reproduced else 1


def describe_fault(fault: "WalkFault") -> list[str]:
    """Return where a fault comes from and why the run said it failed."""
    kind = "walk of a candidate" if fault.kind == "walk" else "episode of a training"
    place = ", ".join(f"{name} {value}" for name, value in fault.place.items())
    lines = [f"{kind}{f' ({place})' if place else ''}: {fault.reason}; control step {fault.step + 1} failed"]
    if fault.broken:
        lines.append(f"stimulations that are not numbers: {', '.join(fault.broken)}")
    return lines


def _prepare_drawing() -> None:
    """Choose a graphics back end, which has to come before MuJoCo is loaded."""
    from myoassist.analysis.graphics import choose_graphics, use_graphics

    graphics = choose_graphics()
    if not graphics.backend:
        raise UserError(f"no video: {graphics.notice}", "a graphics back end that draws without a screen", "no video=")
    use_graphics(graphics)
