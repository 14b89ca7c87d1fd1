"""One control step of an environment whose muscles are driven by the reflex controller and whose device is learned."""

import numpy as np

from myoassist.config.schema.run import ExoConfig
from myoassist.control.buffers import Buffers, Command, Constants, Ids, Signals
from myoassist.control.device.timing import Exo
from myoassist.control.device.torque_curve import TorqueCurveController
from myoassist.control.human.reflex.controller import Reflex
from myoassist.control.human.reflex.part import ReflexController
from myoassist.model.kernel import is_finite, kernel
from myoassist.rl.kernels.layout import State, Task
from myoassist.rl.kernels.step import advance_physics, begin_step, finish_step
from myoassist.rollout.assemble import assemble
from myoassist.rollout.batch import WARNINGS, count_warnings
from myoassist.rollout.disturbance import Disturbance
from myoassist.rollout.muscle.model import MujocoMuscleModel
from myoassist.rollout.sense import sense

# Hooks of the loop in which reflexes walk; the device is the policy's, so that its own controller is off.
control = assemble(ReflexController(3), TorqueCurveController(ExoConfig(), False), MujocoMuscleModel()).control


@kernel
def simulate_reflex(
    model: int,
    task: Task,
    addresses: np.ndarray,
    action: np.ndarray,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    reflex: Reflex,
    command: Command,
    exo: Exo,
    disturbance: Disturbance,
) -> bool:
    """Hold the action on the device while the reflexes drive the muscles; return whether the physics is sound.

    Args:
        model: Address of mjModel.
        task: What environments share.
        addresses: Addresses of this one.
        action: Commands of the device's actuators, -1 to 1.
        b: Views of its data.
        ids: Addresses of the layout, without exo.
        const: Scalars of the reflex loop; `dt` is the interval of the reflexes.
        s: Signals of the reflexes, work space.
        reflex: Their state.
        command: What they tell the muscles.
        exo: Device that is off.
        disturbance: None.
    """
    for j in range(len(task.device)):
        if not np.isfinite(action[j]):
            return False
        actuator = task.device[j]
        a = min(max(action[j], -1.0), 1.0)
        b.ctrl[actuator] = task.control_mid[actuator] + a * task.control_half[actuator]
    for _ in range(task.substeps // const.substeps):
        sense(b, ids, const, s)
        if control(0, b, ids, const, s, reflex, command, exo, disturbance) < 0:
            return False
        advance_physics(model, task, addresses, const.substeps)
    if count_warnings(addresses[WARNINGS]) > 0:
        return False
    return is_finite(b.qpos) and is_finite(b.qvel)


@kernel
def step_reflex(
    model: int,
    task: Task,
    state: State,
    addresses: np.ndarray,
    action: np.ndarray,
    i: int,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    reflex: Reflex,
    command: Command,
    exo: Exo,
    disturbance: Disturbance,
) -> int:
    """Advance environment `i` by one control step and return how its episode stands.

    Its next episode has begun if this one ended, but for the state of its reflexes. Arguments as above.
    """
    target, frame, over = begin_step(task, state, i)
    sound = simulate_reflex(model, task, addresses, action, b, ids, const, s, reflex, command, exo, disturbance)
    finish_step(model, task, state, addresses, i, target, frame, over, sound)
    return state.ended[i]
