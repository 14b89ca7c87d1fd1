"""Run the loop of a simulator on the state of one of its workers: compiled, or around `mujoco.mj_step` in Python."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import mujoco
import numpy as np

from myoassist.model.ground.footholds import follow_ground
from myoassist.rollout.log import Outcome, WalkLog

if TYPE_CHECKING:
    from myoassist.rollout.simulator import Simulator, Worker


class Doubt(NamedTuple):
    """When a walk is looked at while it goes on.

    Attributes:
        steps: Number of control steps until then.
        explain: Of the walk so far says why it is to be given up, or an empty text.
    """

    steps: int
    explain: Callable[[WalkLog], str]


def run_in_parts(simulator: "Simulator", w: "Worker", poses: np.ndarray, run: Callable) -> tuple[int, int]:
    """Run a loop to the end of a walk, or up to where `simulator.doubt` gives it up; going on changes nothing."""
    doubt, full = simulator.doubt, w.log
    if doubt is None or doubt.steps >= len(full):
        return run(simulator, w, poses)
    try:
        w.log = full[: doubt.steps]
        steps, outcome = run(simulator, w, poses)
    finally:
        w.log = full
    if outcome != Outcome.SURVIVED:
        return steps, outcome
    w.given_up = doubt.explain(simulator.log_so_far(w, steps, Outcome.SURVIVED))
    if w.given_up:
        return steps, Outcome.FELL
    w.begin = steps
    return run(simulator, w, poses)


def walk_compiled(simulator: "Simulator", w: "Worker", poses: np.ndarray) -> tuple[int, int]:
    """Run the compiled loop of a simulator on the state of a worker, see `rollout.loop.walk`."""
    return simulator.loop.walk(
        simulator.walker.model._address,
        w.data._address,
        w.buffers,
        simulator._ids,
        simulator._constants,
        w.signals,
        w.human,
        w.command,
        w.device,
        w.muscles,
        w.disturbance,
        w.heel_contact,
        w.new_step,
        w.begin,
        w.log,
        poses,
    )


def walk_in_python(
    simulator: "Simulator",
    w: "Worker",
    poses: np.ndarray,
    observe: Callable[[mujoco.MjData], None] | None = None,
) -> tuple[int, int]:
    """Do what the compiled loop does, with `mujoco.mj_step`; see `rollout.loop.walk`.

    Args:
        simulator: Simulator.
        w: State of a worker, reset.
        poses: Positions to fill, as there.
        observe: Called with the state after every control step; it must not change it.
    """
    model, ids, const, loop = simulator.walker.model, simulator._ids, simulator._constants, simulator.loop
    for k in range(w.begin, len(w.log)):
        follow_ground(w.disturbance.footing)
        if loop.control(k, w.buffers, ids, const, w.signals, w.human, w.command, w.device, w.disturbance) < 0:
            return k, Outcome.NAN_CONTROL
        for substep in range(const.substeps):
            if substep and not loop.holds:
                loop.drive_device(w.device, w.buffers, ids)
            simulator.muscles.step_slowly(model, w.data, w.muscles, substep == 0)
        simulator.muscles.forward_slowly(model, w.data, w.muscles)
        outcome = loop.finish_step(
            w.log[k],
            (k + 1) * const.dt,
            w.buffers,
            ids,
            const,
            w.signals,
            w.human,
            w.device,
            w.muscles,
            w.heel_contact,
            w.new_step,
        )
        if outcome == Outcome.UNSTABLE:
            return k, outcome
        if len(poses):
            poses[k] = w.data.qpos
        if observe is not None:
            observe(w.data)
        if outcome != Outcome.SURVIVED:
            return k + 1, outcome
    return len(w.log), Outcome.SURVIVED
