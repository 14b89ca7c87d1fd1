"""Muscles with fibre, pennation and tendon as a part of the loop; what one of them does is in `fibre`.

Their actuators keep MuJoCo's activation dynamics and have no gain; the bias is the actuator's "length", in whose place
the tendon force is written once the position stage of a step has used the true one. Forces belong to the same instant
as the state: nothing lags.
"""

from collections.abc import Callable
from typing import Any

import mujoco
import numpy as np

from myoassist.control.buffers import Buffers, Ids
from myoassist.control.channel import Channel
from myoassist.control.part import Start
from myoassist.files.errors import ModelError
from myoassist.model.build import Walker
from myoassist.model.kernel import kernel
from myoassist.model.plant.curves import make_curves, tendon_exponent
from myoassist.model.plant.fibres import STATE_SIZE
from myoassist.rollout.log import LogLayout
from myoassist.rollout.muscle.fibre import (
    CONSTANTS,
    EXPONENT,
    F_MAX,
    FASTEST,
    OFFSET,
    OPTIMAL,
    SHARE,
    SLACK,
    WIDTH,
    Fibres,
    log_fibres,
    move_fibres,
    pull_fibres,
    put_forces,
    restore_paths,
    settle_fibres,
)
from myoassist.rollout.muscle.model import MujocoMuscleModel, MuscleModel, set_activation_rates
from myoassist.rollout.muscle.paths import forward_positions, forward_positions_slowly
from myoassist.rollout.physics import (
    STAGE_VEL,
    mj_euler,
    mj_forward_skip,
    mj_fwd_actuation,
    mj_step2,
)
from myoassist.rollout.sense import muscle_dynamics
from myoassist.space.parameter import Parameter


@kernel
def _first_step(model: int, data: int, b: Buffers, ids: Ids, muscles: Fibres, changed: bool) -> None:
    """Advance by a step; forces of this state are known since the last forward pass."""
    if not changed and muscles.dynamics.shape[0] > 0:
        set_activation_rates(b, ids, muscles.dynamics)
    else:
        put_forces(muscles, muscles.state, b.actuator_length)
        if changed:
            mj_forward_skip(model, data, STAGE_VEL, 1)
        else:
            mj_fwd_actuation(model, data)
    mj_euler(model, data)


@kernel
def _next_elastic(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Advance by a step: fibres move on to the state that the position stage has brought, then their forces act."""
    forward_positions(model, data, b.qpos, b.actuator_length)
    move_fibres(muscles, muscles.state, b.act, b.actuator_length)
    put_forces(muscles, muscles.state, b.actuator_length)
    mj_step2(model, data)


@kernel
def _last_elastic(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Forward the state with the forces that belong to it."""
    forward_positions(model, data, b.qpos, b.actuator_length)
    move_fibres(muscles, muscles.state, b.act, b.actuator_length)
    put_forces(muscles, muscles.state, b.actuator_length)
    mj_forward_skip(model, data, STAGE_VEL, 0)
    restore_paths(muscles, muscles.state, b.actuator_length)


@kernel
def _next_rigid(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Advance by a step with rigid tendons."""
    forward_positions(model, data, b.qpos, b.actuator_length)
    pull_fibres(muscles, muscles.state, b.act, b.actuator_length, b.actuator_velocity)
    put_forces(muscles, muscles.state, b.actuator_length)
    mj_step2(model, data)


@kernel
def _last_rigid(model: int, data: int, b: Buffers, _ids: Ids, muscles: Fibres) -> None:
    """Forward the state with rigid tendons."""
    forward_positions(model, data, b.qpos, b.actuator_length)
    pull_fibres(muscles, muscles.state, b.act, b.actuator_length, b.actuator_velocity)
    put_forces(muscles, muscles.state, b.actuator_length)
    mj_forward_skip(model, data, STAGE_VEL, 0)
    restore_paths(muscles, muscles.state, b.actuator_length)


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
            Channel("tendon_strain", n, "1", "strain of the tendon, by muscle", True),
            Channel("active_force", n, "N", "active force along the fibre, by muscle", True),
            Channel("passive_force", n, "N", "passive elastic force along the fibre, by muscle", True),
            Channel("fiber_damping_force", n, "N", "force of the fibre's damping, by muscle", True),
        )
        self._column = LogLayout(walker.layout.muscle_names).offsets["fiber_length"]

    def rows(self) -> list[Parameter]:
        """Return nothing: fibres and tendons are part of the model and not searched."""
        return []

    def make(self, walker: Walker, data: mujoco.MjData) -> Fibres:
        """Look up what does not change, and the state within the data."""
        return make_fibres(walker, data.userdata, self._column)

    def reset(self, state: Fibres, values: np.ndarray, start: Start) -> None:
        """Do nothing: `settle` has done it, before the start was sensed."""

    def settle(self, model: mujoco.MjModel, data: mujoco.MjData, state: Fibres) -> None:
        """Bring the muscles to the equilibrium of the present pose, and forward it with their forces."""
        settle_physics(model, data, state)

    def step_slowly(self, model: mujoco.MjModel, data: mujoco.MjData, state: Fibres, first: bool) -> None:
        """Advance by a step with MuJoCo's own functions."""
        step_physics(model, data, state, first)

    def forward_slowly(self, model: mujoco.MjModel, data: mujoco.MjData, state: Fibres) -> None:
        """Forward the state with MuJoCo's own functions."""
        forward_physics(model, data, state)


class ElasticMuscleModel(_TendonMuscleModel):
    """Fibres on elastic tendons; their lengths are states."""

    key = "elastic"
    next_step: Callable[..., Any] = staticmethod(_next_elastic)
    last_forward: Callable[..., Any] = staticmethod(_last_elastic)


class RigidMuscleModel(_TendonMuscleModel):
    """Fibres on tendons that keep their slack length; they have no states."""

    key = "rigid"
    next_step: Callable[..., Any] = staticmethod(_next_rigid)
    last_forward: Callable[..., Any] = staticmethod(_last_rigid)


def _act(muscles: Fibres, data: mujoco.MjData) -> None:
    """Let the muscles reach the present state of data whose positions and velocities are forwarded."""
    if muscles.rigid:
        pull_fibres(muscles, muscles.state, data.act, data.actuator_length, data.actuator_velocity)
    else:
        move_fibres(muscles, muscles.state, data.act, data.actuator_length)


def _pull(model: mujoco.MjModel, data: mujoco.MjData, muscles: Fibres) -> None:
    """Forward what depends on forces."""
    put_forces(muscles, muscles.state, data.actuator_length)
    mujoco.mj_forwardSkip(model, data, STAGE_VEL, 0)
    restore_paths(muscles, muscles.state, data.actuator_length)


def settle_physics(model: mujoco.MjModel, data: mujoco.MjData, muscles: Fibres) -> None:
    """Bring fibres to the equilibrium of a forwarded pose, and forward it with their forces.

    `muscles` is of the same data, see `make_fibres`; this holds for all three functions.
    """
    if muscles.rigid:
        pull_fibres(muscles, muscles.state, data.act, data.actuator_length, data.actuator_velocity)
    else:
        settle_fibres(muscles, muscles.state, data.act, data.actuator_length)
    _pull(model, data, muscles)


def step_physics(model: mujoco.MjModel, data: mujoco.MjData, muscles: Fibres, first: bool) -> None:
    """Do what `mujoco.mj_step` does without fibres; `first` if they have already reached the present state."""
    if len(muscles.actuator) == 0:
        mujoco.mj_step(model, data)
        return
    forward_positions_slowly(model, data)
    if not first:
        _act(muscles, data)
    put_forces(muscles, muscles.state, data.actuator_length)
    mujoco.mj_step2(model, data)


def forward_physics(model: mujoco.MjModel, data: mujoco.MjData, muscles: Fibres, reached: bool = False) -> None:
    """Do what `mujoco.mj_forward` does without fibres; `reached` if they have already reached the present state."""
    if len(muscles.actuator) == 0:
        mujoco.mj_forward(model, data)
        return
    forward_positions_slowly(model, data)
    if not reached:
        _act(muscles, data)
    _pull(model, data, muscles)


def make_fibres(walker: Walker, userdata: np.ndarray, column: int = 0) -> Fibres:
    """Return fibres and tendons of one simulation; without rows where MuJoCo's own muscles work.

    Args:
        walker: Compiled walker.
        userdata: User data of the simulation, which holds their state at its end.
        column: First of the log's columns of fibre lengths.
    """
    layout, table = walker.layout, walker.fibres
    n = 0 if table is None else len(layout.all_muscles)
    constants = np.zeros((n, CONSTANTS))
    if table is not None:
        constants[:, F_MAX] = table.f_max
        constants[:, OPTIMAL] = table.optimal
        constants[:, SLACK] = table.slack
        constants[:, WIDTH] = np.sin(table.pennation)
        constants[:, OFFSET] = table.offset
        constants[:, FASTEST] = table.fastest
        constants[:, EXPONENT] = tendon_exponent(table.strain_at_peak)
        constants[:, SHARE] = table.passive_share
    return Fibres(
        layout.all_muscles[:n].astype(np.int64),
        layout.muscle_act[:n].astype(np.int64),
        constants,
        userdata[len(userdata) - STATE_SIZE * n :],
        muscle_dynamics(walker.model, layout.all_muscles),
        make_curves(),
        float(walker.model.opt.timestep),
        table is not None and table.tendon == "rigid",
        column,
    )


def share_fibres(fibres: Fibres, data: mujoco.MjData) -> Fibres:
    """Return the fibres of another simulation of the same walker."""
    return fibres._replace(state=data.userdata[len(data.userdata) - STATE_SIZE * len(fibres.actuator) :])


def choose_muscle_model(walker: Walker) -> MuscleModel:
    """Return the muscle model that a walker was built for."""
    if walker.fibres is None:
        return MujocoMuscleModel()
    models = {"elastic": ElasticMuscleModel, "rigid": RigidMuscleModel}
    if walker.fibres.tendon not in models:
        raise ModelError(f"no muscles with tendons that are {walker.fibres.tendon}", "elastic or rigid")
    return models[walker.fibres.tendon](walker)
