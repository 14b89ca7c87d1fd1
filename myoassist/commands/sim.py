"""`myoassist sim`: five seconds of random actions, to see that an environment works."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import CHANGES, argument
from myoassist.commands.command import Command
from myoassist.files.errors import ConfigError, UserError


@dataclass(frozen=True)
class Sim:
    """Build the environment of an experiment of task=rl and let random actions drive it, without any training."""

    steps: int = argument(150, "control steps, five seconds at 30 Hz where not given", shown="N", ge=1, le=10**6)
    viewer: str | None = argument(
        None,
        "show it in the MuJoCo viewer; what happens where there is a screen",
        choices=("window", "web", "none"),
        shown="window",
        also={
            "web": "show it in a browser on this machine, until Ctrl-C",
            "none": "write a video; what happens where there is no screen",
        },
    )
    port: int = argument(8080, "port of viewer=web", shown="N", ge=1, le=65535)
    out: str | None = argument(
        None, "the video, logs/<date>/sim_NAME/sim.mp4 where not given", shown="FILE.mp4", ending=".mp4"
    )
    overrides: list[str] = argument([], "set the configuration: exp=NAME, env.slope_deg=5", given=CHANGES)


def run(request: Sim) -> int:
    """Simulate and show it.

    Raises:
        UserError: if the experiment is none of task=rl, or cannot be shown.
    """
    viewer, steps = request.viewer, request.steps

    from myoassist.analysis.picture.graphics import choose_graphics, use_graphics
    from myoassist.analysis.picture.view_window import check_screen
    from myoassist.check.run import check
    from myoassist.config.compose.run import compose_run

    composed = compose_run(request.overrides)
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
    from myoassist.analysis.policy.live import LiveWalk, watch, write_live_video
    from myoassist.analysis.policy.rollout import RandomPolicy
    from myoassist.config.entries.evaluation import EvaluationEntry
    from myoassist.rl.env.batch import WalkBatch

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
        watch(walk, viewer, request.port, f"random actions, {composed.exp or 'environment'}")
        return 0
    path = _choose_file(request.out, composed.exp)
    write_live_video(path, walk)
    print("\n".join(text for text in (f"{path.as_posix()}: {walk.episodes} episodes", notice) if text), flush=True)
    return 0


def _choose_file(out: str | None, exp: str | None) -> Path:
    from myoassist.runs.catalogue import day_folder

    path = day_folder() / f"sim_{exp or 'rl'}" / "sim.mp4" if out is None else Path(out).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


COMMAND = Command(
    "myoassist sim",
    Sim,
    run,
    "five seconds of random actions in an RL environment",
    lead="exp=NAME",
)
