"""`myoassist sim`: five seconds of random actions, to see that an environment works."""

from pathlib import Path

from myoassist.config.foreign_spelling import refuse_foreign_spelling
from myoassist.config.key_values import understand_item
from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError, UserError

USAGE = """usage: myoassist sim exp=NAME [option=value ...] [key=value ...]

Build the environment of an experiment of task=rl and let random actions drive it, without any training.
  steps=N          control steps [150, five seconds at 30 Hz]
  viewer=window    show it in the MuJoCo viewer; what happens where there is a screen
  viewer=web       show it in a browser on this machine, until Ctrl-C
  viewer=none      write a video; what happens where there is no screen
  port=N           port of viewer=web [8080]
  out=FILE.mp4     the video [logs/<date>/sim_NAME/sim.mp4]
"""
_OPTIONS = ("steps", "viewer", "port", "out")
_VIEWERS = ("window", "web", "none")


def main(arguments: list[str]) -> int:
    """Run the command.

    Args:
        arguments: Arguments after `sim`.

    Returns:
        Exit code.

    Raises:
        UserError: if the experiment is none of task=rl, or cannot be shown.
    """
    if any(argument in ("-h", "--help", "help") for argument in arguments):
        print(USAGE, end="")
        return 0
    refuse_foreign_spelling(arguments, "myoassist sim", _OPTIONS, {"-h": False})
    own = dict(text.split("=", 1) for text in arguments if text.partition("=")[0] in _OPTIONS)
    rest = [text for text in arguments if text.partition("=")[0] not in _OPTIONS]
    steps, port = _whole(own, "steps", 150, 10**6), _whole(own, "port", 8080, 65535)
    viewer = own.get("viewer")
    if viewer not in (None, *_VIEWERS):
        near = nearest_name(viewer, _VIEWERS)
        raise UserError(
            f"viewer={viewer}", f"viewer=<{'|'.join(_VIEWERS)}>", f"viewer={near}" if near else "myoassist sim -h"
        )

    from myoassist.analysis.graphics import choose_graphics, use_graphics
    from myoassist.analysis.view_window import check_screen
    from myoassist.check.run import check
    from myoassist.config.compose import compose_run

    composed = compose_run(rest)
    config = composed.config
    if config.task != "rl":
        raise ConfigError(f"myoassist sim with task={config.task}", "an experiment of task=rl", "exp=rl_test")
    # Nothing is trained, so nothing is started from.
    config.env.prev_trained_policy_path = None
    check(config, starts=False)
    if viewer in (None, "window"):
        try:
            check_screen()
            viewer = "window"
        except UserError:
            if viewer == "window":
                raise
            viewer = "none"
    notice = ""
    if viewer == "none":
        graphics = choose_graphics()
        if not graphics.backend:
            raise UserError(
                f"no video: {graphics.notice}", "a graphics back end that draws without a screen", "viewer=web"
            )
        use_graphics(graphics)
        notice = graphics.notice

    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    from myoassist.analysis.rl_live import LiveWalk, watch, write_live_video
    from myoassist.analysis.rl_rollout import RandomPolicy
    from myoassist.config.evaluation_entries import EvaluationEntry
    from myoassist.rl.batch import WalkBatch

    # Made for evaluation, so that a fall is seen to its end.
    batch = WalkBatch(config, 1, config.seed, evaluation=True)
    env = config.env
    entry = EvaluationEntry(
        num_timesteps=steps, min_target_velocity=env.min_target_velocity, max_target_velocity=env.max_target_velocity
    )
    walk = LiveWalk(batch, RandomPolicy(len(batch.action_names), config.seed), entry)
    print(
        f"{len(batch.observation_names)} observations, {len(batch.action_names)} actions, "
        f"{steps} control steps of {batch.task.dt:.4g} s",
        flush=True,
    )
    if viewer != "none":
        watch(walk, viewer, port, f"random actions, {composed.exp or 'environment'}")
        return 0
    path = _choose_file(own.get("out"), composed.exp)
    write_live_video(path, walk)
    print("\n".join(text for text in (f"{path.as_posix()}: {walk.episodes} episodes", notice) if text), flush=True)
    return 0


def _choose_file(out: str | None, exp: str | None) -> Path:
    from myoassist.runs.catalogue import day_folder

    if out is None:
        path = day_folder() / f"sim_{exp or 'rl'}" / "sim.mp4"
    else:
        path = Path(out).expanduser()
        if path.suffix != ".mp4":
            raise UserError(f"out={out}", "a file that ends with .mp4", "out=sim.mp4")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _whole(own: dict[str, str], name: str, default: int, high: int) -> int:
    text = own.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= high:
        meant = understand_item(int, text)
        offered = f"{name}={meant}" if isinstance(meant, int) and 1 <= meant <= high else "myoassist sim -h"
        raise UserError(f"{name}={text}", f"a whole number from 1 to {high}", offered)
    return int(text)
