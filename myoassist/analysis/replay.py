"""`myoassist replay`: repeat the step in which a simulation failed, and say what went wrong."""

from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.command_words import quote_path
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import TRUST_KEY, check_stored_code, parse_trust

if TYPE_CHECKING:
    from myoassist.rollout.fault_file import WalkFault

USAGE = """usage: myoassist replay FILE [video=OUT.mp4] [trust_plugins=true]

Repeat a simulation that failed, from a file that a run has left in its folder faults/: first the failing step alone,
one physics step at a time, then all that leads to it.
  video=OUT.mp4        draw what leads to it; walks of the reflex controller only
  trust_plugins=true   run the plugins that the file names although you have never trained with them
"""
_OPTIONS = ("video", TRUST_KEY)


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
    own = dict(text.split("=", 1) for text in arguments if text.partition("=")[0] in _OPTIONS and "=" in text)
    files = [text for text in arguments if text.partition("=")[0] not in _OPTIONS]
    if len(files) != 1 or len(files) + len(own) != len(arguments):
        raise UserError(
            f"myoassist replay {' '.join(arguments)}", "one file, and video=OUT.mp4 or trust_plugins=true once", USAGE
        )
    video = Path(own["video"]).expanduser() if "video" in own else None
    if video is not None and video.suffix != ".mp4":
        raise UserError(f"video={video}", "a file that ends with .mp4", "video=fault.mp4")
    fault = _read_checked(Path(files[0]), parse_trust(own.get(TRUST_KEY, "false")))
    if video is not None:
        if fault.kind == "episode":
            raise UserError(
                "video= with an episode of a policy", "the fault of a walk", f"myoassist replay {quote_path(files[0])}"
            )
        _prepare_drawing()

    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    from myoassist.check.code import import_code

    print("\n".join(describe_fault(fault)), flush=True)
    if fault.kind == "episode":
        from myoassist.analysis.replay_episode import replay_episode

        lines, reproduced = replay_episode(fault)
    else:
        import_code(fault.config, starts=False)
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


def _read_checked(path: Path, trust: bool) -> "WalkFault":
    """Return a fault that can be repeated here, checked before anything is loaded.

    Raises:
        UserError: if the file, its configuration or its plugins are refused.
    """
    from myoassist.check.run import check
    from myoassist.config.schemas import CostConfig
    from myoassist.rollout.fault_file import read_fault

    fault = read_fault(path)
    config = fault.config
    # Where the search or the training once started need not exist any more.
    config.optimizer.param_path = config.optimizer.pickle_path = config.env.prev_trained_policy_path = None
    # Nothing is judged either.
    config.cost = CostConfig()
    if fault.kind == "walk":
        check_stored_code(config, path.as_posix(), trust=trust)
    else:
        # An environment runs no code of users.
        config.plugins = []
    check(config, starts=False)
    return fault


def _prepare_drawing() -> None:
    """Choose a graphics back end, which has to come before MuJoCo is loaded."""
    from myoassist.analysis.graphics import choose_graphics, use_graphics

    graphics = choose_graphics()
    if not graphics.backend:
        raise UserError(f"no video: {graphics.notice}", "a graphics back end that draws without a screen", "no video=")
    use_graphics(graphics)
