"""Repeat the failing step of an episode of a policy."""

import mujoco
import numpy as np

from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.kernels.layout import END_REASONS
from myoassist.rollout.fault.file import FaultFileError, WalkFault
from myoassist.rollout.fault.find import PHYSICS, repeat_step
from myoassist.rollout.muscle.tendon import forward_physics, share_fibres


def replay_episode(fault: WalkFault) -> tuple[list[str], bool]:
    """Repeat the failing step in MuJoCo, and the same action in the environment.

    Args:
        fault: A fault of kind episode.

    Returns:
        What was found, one line each, and whether the failure came again.

    Raises:
        UserError: if the model or the configuration is refused.
    """
    config = fault.config
    batch = WalkBatch(config, 1, config.seed)
    batch.terrain_factor = fault.ground
    model, task = batch.walker.model, batch.task
    if len(fault.action) != len(batch.action_names):
        raise FaultFileError(
            f"the action has {len(fault.action)} numbers", f"{len(batch.action_names)}, one per actuator of the policy"
        )
    bad = [name for name, value in zip(batch.action_names, fault.action, strict=True) if not np.isfinite(value)]
    lines = [f"action of {', '.join(bad)} is not a number"] if bad else []
    ctrl = fault.ctrl.copy()
    driven = np.array([model.actuator(name).id for name in batch.action_names])
    clipped = np.clip(np.where(np.isfinite(fault.action), fault.action, 0.0), -1.0, 1.0)
    ctrl[driven] = task.control_mid[driven] + clipped * task.control_half[driven]
    stepped = repeat_step(batch.walker, fault, ctrl, task.substeps)
    lines += stepped or ["the physics of this step alone is sound"]
    batch.reset()
    mujoco.mj_setState(model, batch.datas[0], fault.state, PHYSICS)
    batch.datas[0].warning.number[:] = 0
    # Only positions and velocities that are numbers can be forwarded; the step itself looks at all of them.
    if np.isfinite(fault.state).all():
        data = batch.datas[0]
        forward_physics(model, data, share_fibres(task.fibres, data), reached=True)
        mujoco.mj_setState(model, batch.datas[0], fault.state, PHYSICS)
    batch.step(fault.action[None])
    ended = END_REASONS[int(batch.ended[0])]
    lines.append(f"the environment, told the same action: {ended}")
    return lines, ended == "unstable" or bool(stepped)
