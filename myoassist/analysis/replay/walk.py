"""Repeat a walk of the reflex controller that failed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from myoassist.analysis.picture.scene import WalkScene
from myoassist.analysis.picture.video import FRAMES_PER_SECOND, VIDEO_SIZE, write_frames
from myoassist.model.build import build_walker
from myoassist.rollout.fault.file import WalkFault
from myoassist.rollout.fault.find import repeat_step
from myoassist.rollout.log import Outcome, WalkLog
from myoassist.rollout.simulator import make_simulator


def replay_walk(fault: WalkFault, video: Path | None) -> tuple[list[str], bool]:
    """Repeat the failing step, then the whole walk.

    Args:
        fault: A fault of kind walk.
        video: File to draw the walk into, None for none.

    Returns:
        What was found, one line each, and whether the failure came again.

    Raises:
        UserError: if the model is refused.
        OSError: if the video cannot be written.
    """
    config = fault.config
    walker = build_walker(config.model, config.env, exo=config.exo)
    simulator = make_simulator(config, walker)
    substeps = round(simulator.dt / walker.model.opt.timestep)
    lines = repeat_step(walker, fault, fault.ctrl, substeps)
    lines = lines or ["the physics of this step alone is sound"]
    poses = np.zeros((simulator.step_limit, walker.model.nq))
    log = simulator.simulate(fault.vector, poses=poses, seed=fault.seed)
    failed = log.outcome in (Outcome.UNSTABLE, Outcome.NAN_CONTROL)
    same = failed and log.n_steps == fault.step
    lines.append(
        f"the walk from its start: {log.reason or 'walks to the end'}"
        + (", as in the run" if same else "")
        + ("" if failed else "; only the stored state leads to the failure")
    )
    if video is not None:
        lines.append(_draw(fault, log, poses, video))
    stepped = lines[0] != "the physics of this step alone is sound"
    return lines, same or stepped


def _draw(fault: WalkFault, log: WalkLog, poses: np.ndarray, video: Path) -> str:
    """Write the walk up to its failure, ten times slower than it was; it may last milliseconds only."""
    if log.n_steps == 0:
        return "no video: the first control step fails"
    config = fault.config
    drawn = build_walker(config.model, config.env, visual=True, seed=config.seed)

    def frames() -> Iterator[np.ndarray]:
        with WalkScene(drawn, log.muscle_names, *VIDEO_SIZE) as scene:
            for time in np.arange(0.0, log.n_steps * log.dt, 0.1 / FRAMES_PER_SECOND):
                sample = min(int(time / log.dt), log.n_steps - 1)
                yield scene.draw(poses[sample], log.activation[sample])

    video.parent.mkdir(parents=True, exist_ok=True)
    write_frames(video, frames(), VIDEO_SIZE)
    return f"{video.as_posix()}: the walk up to the failure, ten times slower"
