"""Muscles with fibre, pennation and tendon as a part of the loop; what one of them does is in `fibre`.

Their actuators keep MuJoCo's activation dynamics and have no gain; the bias is the actuator's "length", in whose place
the tendon force is written once the position stage of a step has used the true one. Forces belong to the same instant
as the state: nothing lags.
"""

from collections.abc import Callable
from typing import Any

import mujoco
import numpy as np

from myoassist.config.errors import ModelError
from myoassist.control.buffers import Buffers, Ids
from myoassist.control.channel import Channel
from myoassist.control.part import Start
from myoassist.model.build import Walker
from myoassist.model.kernel import kernel
from myoassist.model.plant.curves import make_curves, tendon_exponent
from myoassist.rollout.fibre import (
    EXPONENT,
    F_MAX,
    FASTEST,
    OFFSET,
    OPTIMAL,
    SLACK,
    WIDTH,
    Fibres,
    log_fibres,
    move_fibres,
    put_forces,
    restore_paths,
    settle_fibres,
    solve_rigid,
)
from myoassist.rollout.log import LogLayout
from myoassist.rollout.muscle_model import MujocoMuscleModel, MuscleModel, set_activation_rates
from myoassist.rollout.physics import (
    STAGE_VEL,
    mj_euler,
    mj_forward_skip,
    mj_fwd_actuation,
    mj_step1,
    mj_step2,
)
from myoassist.rollout.sense import muscle_dynamics
from myoassist.space.parameter import Parameter

SETTLE_TIME, SETTLE_STEP = 0.4, 0.01  # s


@kernel
def _first_step(model: int, data: int, b: Buffers, ids: Ids, muscles: Fibres, changed: bool) -> None:
    """Advance by a step; forces of this state are known since the last forward pass."""
    if not changed and muscles.dynamics.shape[0] > 0:
        set_activation_rates(b, ids, muscles.dynamics)
    else:
        put_forces(muscles, b.actuator_length)
        if changed:
            mj_forward_skip(model, data, STAGE_VEL, 1)
        else:
            mj_fwd_actuation(model, data)
    mj_euler(model, data)


@kernel
def _next_elastic(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Advance by a step: fibres move on to the state that the position stage has brought, then their forces act."""
    mj_step1(model, data)
    move_fibres(muscles, b.act, b.actuator_length, muscles.step)
    put_forces(muscles, b.actuator_length)
    mj_step2(model, data)


@kernel
def _last_elastic(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Forward the state with the forces that belong to it."""
    mj_step1(model, data)
    move_fibres(muscles, b.act, b.actuator_length, muscles.step)
    put_forces(muscles, b.actuator_length)
    mj_forward_skip(model, data, STAGE_VEL, 0)
    restore_paths(muscles, b.actuator_length)


@kernel
def pull_rigid(muscles: Fibres, act: np.ndarray, length: np.ndarray, rate: np.ndarray) -> None:
    """Compute all muscles with rigid tendons from activations, actuator lengths (m) and their rates (m/s)."""
    for i in range(len(muscles.actuator)):
        a = muscles.actuator[i]
        activation = act[muscles.activation[i]]
        solve_rigid(muscles.constants[i], muscles.state[i], muscles.curves, length[a], rate[a], activation)


@kernel
def _next_rigid(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Advance by a step with rigid tendons."""
    mj_step1(model, data)
    pull_rigid(muscles, b.act, b.actuator_length, b.actuator_velocity)
    put_forces(muscles, b.actuator_length)
    mj_step2(model, data)


@kernel
def _last_rigid(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Forward the state with rigid tendons."""
    mj_step1(model, data)
    pull_rigid(muscles, b.act, b.actuator_length, b.actuator_velocity)
    put_forces(muscles, b.actuator_length)
    mj_forward_skip(model, data, STAGE_VEL, 0)
    restore_paths(muscles, b.actuator_length)


class _TendonMuscleModel(MuscleModel):
    """What muscles with rigid and with elastic tendons have in common.

    Args:
        walker: Walker whose actuators have been handed over, see `model.plant.fibres`.
    """

    first_step = staticmethod(_first_step)
    log = staticmethod(log_fibres)

    def __init__(self, walker: Walker) -> None:
        n = (len(walker.layout.all_muscles),)
        self.channels = (
            Channel("tendon_strain", n, "1", "strain of the tendon, by muscle"),
            Channel("active_force", n, "N", "active force along the fibre, by muscle"),
            Channel("passive_force", n, "N", "passive elastic force along the fibre, by muscle"),
            Channel("fiber_damping_force", n, "N", "force of the fibre's damping, by muscle"),
        )
        self._column = LogLayout(walker.layout.muscle_names).offsets["fiber_length"]

    def rows(self) -> list[Parameter]:
        """Return nothing: fibres and tendons are part of the model and not searched."""
        return []

    def make(self, walker: Walker) -> Fibres:
        """Allocate the state of one walker."""
        return make_fibres(walker, self._column)

    def reset(self, state: Fibres, values: np.ndarray, start: Start) -> None:
        """Do nothing: `settle` has done it, before the start was sensed."""

    def settle(self, model: mujoco.MjModel, data: mujoco.MjData, state: Fibres) -> None:
        """Bring the muscles to the equilibrium of the present pose, and forward it with their forces."""
        self._equilibrate(data, state)
        self._finish(model, data, state)

    def step_slowly(self, model: mujoco.MjModel, data: mujoco.MjData, state: Fibres, first: bool) -> None:
        """Advance by a step with MuJoCo's own functions."""
        mujoco.mj_step1(model, data)
        if not first:
            self._move(data, state)
        put_forces(state, data.actuator_length)
        mujoco.mj_step2(model, data)

    def forward_slowly(self, model: mujoco.MjModel, data: mujoco.MjData, state: Fibres) -> None:
        """Forward the state with MuJoCo's own functions."""
        mujoco.mj_step1(model, data)
        self._move(data, state)
        self._finish(model, data, state)

    @staticmethod
    def _finish(model: mujoco.MjModel, data: mujoco.MjData, state: Fibres) -> None:
        put_forces(state, data.actuator_length)
        mujoco.mj_forwardSkip(model, data, STAGE_VEL, 0)
        restore_paths(state, data.actuator_length)

    def _equilibrate(self, data: mujoco.MjData, state: Fibres) -> None:
        raise NotImplementedError

    def _move(self, data: mujoco.MjData, state: Fibres) -> None:
        raise NotImplementedError


class ElasticMuscleModel(_TendonMuscleModel):
    """Fibres on elastic tendons; their lengths are states."""

    key = "elastic"
    next_step: Callable[..., Any] = staticmethod(_next_elastic)
    last_forward: Callable[..., Any] = staticmethod(_last_elastic)

    def _equilibrate(self, data: mujoco.MjData, state: Fibres) -> None:
        settle_fibres(state, data.act, data.actuator_length, SETTLE_TIME, SETTLE_STEP)

    def _move(self, data: mujoco.MjData, state: Fibres) -> None:
        move_fibres(state, data.act, data.actuator_length, state.step)


class RigidMuscleModel(_TendonMuscleModel):
    """Fibres on tendons that keep their slack length; they have no states."""

    key = "rigid"
    next_step: Callable[..., Any] = staticmethod(_next_rigid)
    last_forward: Callable[..., Any] = staticmethod(_last_rigid)

    def _equilibrate(self, data: mujoco.MjData, state: Fibres) -> None:
        self._move(data, state)

    def _move(self, data: mujoco.MjData, state: Fibres) -> None:
        pull_rigid(state, data.act, data.actuator_length, data.actuator_velocity)


def make_fibres(walker: Walker, column: int = 0) -> Fibres:
    """Allocate fibres and tendons of one walker; without muscles of its own, without rows.

    Args:
        walker: Compiled walker.
        column: First of the log's columns of fibre lengths.
    """
    layout, table = walker.layout, walker.fibres
    n = 0 if table is None else len(layout.all_muscles)
    constants = np.zeros((n, 7))
    if table is not None:
        constants[:, F_MAX] = table.f_max
        constants[:, OPTIMAL] = table.optimal
        constants[:, SLACK] = table.slack
        constants[:, WIDTH] = np.sin(table.pennation)
        constants[:, OFFSET] = table.offset
        constants[:, FASTEST] = table.fastest
        constants[:, EXPONENT] = tendon_exponent(table.strain_at_peak)
    return Fibres(
        layout.all_muscles[:n].astype(np.int64),
        layout.muscle_act[:n].astype(np.int64),
        constants,
        np.zeros((n, 7)),
        np.zeros(n),
        muscle_dynamics(walker.model, layout.all_muscles),
        make_curves(),
        float(walker.model.opt.timestep),
        column,
    )


def choose_muscle_model(walker: Walker) -> MuscleModel:
    """Return the muscle model that a walker was built for."""
    if walker.fibres is None:
        return MujocoMuscleModel()
    models = {"elastic": ElasticMuscleModel, "rigid": RigidMuscleModel}
    if walker.fibres.tendon not in models:
        raise ModelError(f"no muscles with tendons that are {walker.fibres.tendon}", "elastic or rigid")
    return models[walker.fibres.tendon](walker)
