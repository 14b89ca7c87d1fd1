"""A simulation that failed: find the state before the failing step, and say what that step does."""

from typing import Any

import mujoco
import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.control.signals import MUSCLE_NAMES
from myoassist.model.build import Walker
from myoassist.rollout.broken_state import find_broken, joint_name, raised_warnings
from myoassist.rollout.fault.file import FaultFileError, WalkFault
from myoassist.rollout.log import SIDES, Outcome
from myoassist.rollout.muscle.tendon import make_fibres, step_physics
from myoassist.rollout.run_loop import walk_in_python
from myoassist.rollout.simulator import Simulator

PHYSICS = mujoco.mjtState.mjSTATE_INTEGRATION
_FAILURES = (Outcome.UNSTABLE, Outcome.NAN_CONTROL)


def capture_walk(simulator: Simulator, config: RunConfig, vector: np.ndarray, seed: int) -> WalkFault | None:
    """Walk again, step by step in Python, and return the state in which the walk fails.

    Args:
        simulator: Simulator none of whose workers is busy; the first one is used.
        config: Configuration of this simulator.
        vector: Raw parameters, shape (D,).
        seed: Seed of the sensor noise.

    Returns:
        None if the walk does not fail this time.
    """
    state = np.zeros(mujoco.mj_stateSize(simulator.walker.model, PHYSICS))

    def keep(data: mujoco.MjData) -> None:
        mujoco.mj_getState(simulator.walker.model, data, state, PHYSICS)

    def run(own: Simulator, worker: Any, poses: np.ndarray) -> tuple[int, int]:
        keep(worker.data)
        return walk_in_python(own, worker, poses, observe=keep)

    log = simulator.run_with(vector, 0, None, seed, run)
    if log.outcome not in _FAILURES:
        return None
    worker = simulator.first_worker
    values = worker.command.excitation
    broken = [
        f"{name}_{side}"
        for side, row in zip(SIDES, values, strict=True)
        for name, value in zip(MUSCLE_NAMES, row, strict=True)
        if not np.isfinite(value)
    ]
    return WalkFault(
        kind="walk",
        config=config,
        reason=log.reason,
        step=log.n_steps,
        state=state,
        ctrl=worker.data.ctrl.copy(),
        xfrc=worker.data.xfrc_applied.ravel().copy(),
        broken=tuple(broken),
        vector=np.array(vector, dtype=float),
        seed=int(seed),
    )


def repeat_step(walker: Walker, fault: WalkFault, ctrl: np.ndarray, substeps: int) -> list[str]:
    """Repeat the failing control step with held controls, one physics step at a time.

    Args:
        walker: Walker of the fault.
        fault: Its state before the step.
        ctrl: Controls, shape (nu,).
        substeps: Physics steps of a control step.

    Returns:
        What goes wrong, one line each, until the first physics step that fails; empty if nothing does.

    Raises:
        FaultFileError: if the state is of another model.
    """
    model = walker.model
    size = mujoco.mj_stateSize(model, PHYSICS)
    if len(fault.state) != size or len(ctrl) != model.nu:
        raise FaultFileError(
            f"state and controls have {len(fault.state)} and {len(ctrl)} numbers, its model {size} and {model.nu}",
            "the model that the run used",
            "give the command in the folder that the run was started in, with the version that wrote the file",
        )
    data = mujoco.MjData(model)
    mujoco.mj_setState(model, data, fault.state, PHYSICS)
    lines = [f"before the step: {text}" for text in find_broken(model, data)]
    data.ctrl[:] = ctrl
    lines += [f"control of {model.actuator(int(i)).name} is {ctrl[i]}" for i in np.flatnonzero(~np.isfinite(ctrl))]
    if len(fault.xfrc) == data.xfrc_applied.size:
        data.xfrc_applied[:] = fault.xfrc.reshape(-1, 6)
    if lines:
        return lines
    fibres = make_fibres(walker, data.userdata)
    for step in range(substeps):
        step_physics(model, data, fibres, step == 0)
        raised = [
            f"MuJoCo warns of {warning}" + (f" at {place}" if place else "")
            for warning, place in raised_warnings(model, data)
        ]
        found = raised + find_broken(model, data)
        if found:
            head = f"physics step {step + 1} of {substeps}, {data.time:.4f} s"
            return [f"{head}: {text}" for text in [*found, *_find_largest(model, data)]]
    return []


def _find_largest(model: mujoco.MjModel, data: mujoco.MjData) -> list[str]:
    """Name the fastest and the hardest accelerated coordinate."""
    lines = []
    for name, unit in (("qvel", "m/s or rad/s"), ("qacc", "m/s² or rad/s²")):
        values = np.abs(getattr(data, name))
        if np.isfinite(values).any():
            i = int(np.nanargmax(np.where(np.isfinite(values), values, -1.0)))
            lines.append(f"largest {name}: {getattr(data, name)[i]:.4g} {unit} of {joint_name(model, i)}")
    return [*lines, f"{data.ncon} contacts, {data.nefc} constraint rows"]
