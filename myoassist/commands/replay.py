"""`myoassist replay`: repeat the step in which a simulation failed, and say what went wrong."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.commands.argument import KEY_OR_WORD, argument
from myoassist.commands.command import Command
from myoassist.files.command_words import quote_path
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import check_stored_code

if TYPE_CHECKING:
    from myoassist.rollout.fault.file import WalkFault


@dataclass(frozen=True)
class Replay:
    """Repeat a simulation that failed, from a file that a run has left in its folder faults/.

    First the failing step alone is repeated, one physics step at a time, then all that leads to it.
    """

    file: str = argument("", "file in faults/", given=KEY_OR_WORD, shown="FILE", needed=True)
    video: str | None = argument(None, "draw what leads to it; walks of a search only", shown="OUT.mp4", ending=".mp4")
    trust_plugins: bool = argument(
        False, "run the plugins that the file names although you have never trained with them"
    )


def run(request: Replay) -> int:
    """Repeat the failure.

    Returns:
        Exit code: 0 if the failure was reproduced, 1 if not.

    Raises:
        UserError: if the file is refused.
    """
    video = Path(request.video).expanduser() if request.video is not None else None
    fault = _read_checked(Path(request.file), request.trust_plugins)
    if video is not None:
        if fault.kind == "episode":
            raise UserError(
                "video= with an episode of a policy",
                "the fault of a walk",
                f"myoassist replay {quote_path(request.file)}",
            )
        _prepare_drawing()

    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    from myoassist.check.code import import_code

    print("\n".join(describe_fault(fault)), flush=True)
    if fault.kind == "episode":
        from myoassist.analysis.replay.episode import replay_episode

        lines, reproduced = replay_episode(fault)
    else:
        import_code(fault.config, starts=False)
        from myoassist.analysis.replay.walk import replay_walk

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
    from myoassist.config.schema.run import CostConfig
    from myoassist.rollout.fault.file import read_fault

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
    from myoassist.analysis.picture.graphics import choose_graphics, use_graphics

    graphics = choose_graphics()
    if not graphics.backend:
        raise UserError(f"no video: {graphics.notice}", "a graphics back end that draws without a screen", "no video=")
    use_graphics(graphics)


COMMAND = Command(
    "myoassist replay",
    Replay,
    run,
    "what went wrong in a failed simulation of a run's faults/",
    bare_help=True,
)
