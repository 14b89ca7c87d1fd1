"""Episodes that the physics failed in: kept for `myoassist replay`, and noted in the run folder."""

from pathlib import Path
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from myoassist.files.command_words import localize_command, quote_path
from myoassist.optimize.loop.failed_walks import keep_fault
from myoassist.rollout.broken_state import describe_instability
from myoassist.rollout.fault.batch import BatchRecorder
from myoassist.rollout.fault.file import WalkFault
from myoassist.rollout.fault.find import PHYSICS
from myoassist.rollout.muscle.tendon import forward_physics, share_fibres, step_physics

if TYPE_CHECKING:
    from myoassist.rl.env.batch import WalkBatch

# Remembered between two rollouts.
MAX_FAULTS = 5
FAULTS_HEADER = "steps,environment,episode_steps,reason,file"


def capture_episode(batch: "WalkBatch", recorder: BatchRecorder, i: int, action: np.ndarray) -> WalkFault:
    """Return how the episode of environment `i` failed in the step that has just been made.

    Args:
        batch: Environments after the step.
        recorder: Their physics before it.
        i: Number of the environment.
        action: What it was told to do, shape (actions,).
    """
    step = int(batch.state.last_length[i]) - 1
    state = recorder.state(i, step * batch.task.dt)
    if not np.isfinite(action).all():
        reason = "an action is not a number"
    else:
        reason = f"the physics became unstable after {step * batch.task.dt:.3f} s{_explain(batch, state, action)}"
    return WalkFault(
        kind="episode",
        config=batch.config,
        reason=reason,
        step=step,
        state=state,
        ctrl=recorder.controls(i),
        place={"environment": i},
        action=np.array(action, dtype=float),
        ground=batch.terrain_factor,
    )


def _explain(batch: "WalkBatch", state: np.ndarray, action: np.ndarray) -> str:
    """Return what fails in a step that is simulated once more; empty where it is sound alone, as between reflexes."""
    model, task = batch.walker.model, batch.task
    data = mujoco.MjData(model)
    mujoco.mj_setState(model, data, state, PHYSICS)
    # With a reflex-controlled human the policy drives some actuators only; the others keep their controls.
    driven = [model.actuator(name).id for name in batch.action_names]
    data.ctrl[driven] = task.control_mid[driven] + np.clip(action, -1.0, 1.0) * task.control_half[driven]
    fibres = share_fibres(task.fibres, data)
    for step in range(task.substeps):
        step_physics(model, data, fibres, step == 0)
        if data.warning.number.any():
            break
    else:
        forward_physics(model, data, fibres)
    found = describe_instability(model, data)
    return f" ({found})" if found else ""


def note_episodes(folder: Path, faults: list[WalkFault], steps: int) -> tuple[list[str], list[str]]:
    """Keep the first failed episodes of a training in its folder.

    Args:
        folder: Run folder.
        faults: Episodes that failed in the last rollout.
        steps: Environment steps after it.

    Returns:
        Rows of the table with the columns `FAULTS_HEADER`, and what to say.

    Raises:
        OSError: if the folder cannot be written.
    """
    rows, notes = [], []
    for fault in faults:
        path = keep_fault(folder, fault.at(step=steps, **fault.place))
        name = "" if path is None else path.relative_to(folder).as_posix()
        rows.append(f"{steps},{fault.place['environment']},{fault.step},{fault.reason},{name}")
        if path is not None:
            command = localize_command(f"myoassist replay {quote_path(path)}")
            notes.append(f"an episode failed: {fault.reason}; {command} shows how")
    return rows, notes
