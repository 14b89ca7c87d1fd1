"""What muscles do within a physics step: a part of the loop. MuJoCo's own muscle; others are in `tendon_muscle`.

The loop calls `first_step(model, data, b, ids, muscles, changed)` once per control step, on a state that has been
forwarded, `next_step(model, data, b, ids, muscles)` for every further physics step, and `last_forward`, with the same
arguments, on the state that they lead to. A model with forces of its own computes them between `mj_step1` and
`mj_step2`, which together equal `mj_step` bit for bit.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import mujoco
import numpy as np

from myoassist.control.buffers import Buffers, Ids
from myoassist.control.channel import Channel
from myoassist.control.part import Start, log_nothing
from myoassist.model.build import Walker
from myoassist.model.kernel import kernel
from myoassist.rollout.physics import (
    STAGE_VEL,
    mj_euler,
    mj_forward,
    mj_forward_skip,
    mj_fwd_actuation,
    mj_step,
    mju_muscle_dynamics,
)
from myoassist.rollout.sense import muscle_dynamics
from myoassist.space.parameter import Parameter


class MuscleModel(ABC):
    """A muscle model.

    Attributes:
        key: Tells loops with different models apart; enters the name of compiled code.
        channels: Columns of the log that it fills.
        first_step: Compiled first physics step of a control step.
        next_step: Compiled further physics step.
        last_forward: Compiled forward pass after the last physics step of a control step.
        log: Compiled log.
    """

    key: str
    channels: tuple[Channel, ...] = ()
    first_step: Callable[..., Any]
    next_step: Callable[..., Any]
    last_forward: Callable[..., Any]
    log: Callable[..., Any] = staticmethod(log_nothing)

    @abstractmethod
    def rows(self) -> list[Parameter]:
        """Return the entries of the search vector, all of group muscle."""

    @abstractmethod
    def make(self, walker: Walker, data: mujoco.MjData) -> Any:
        """Allocate the state of one simulation of a walker; what a copy of the simulation needs lies in its data."""

    def settle(self, model: mujoco.MjModel, data: mujoco.MjData, state: Any) -> None:  # noqa: B027 - MuJoCo's has none
        """Bring muscles to the equilibrium of a forwarded start pose, and forward it with their forces."""

    def step_slowly(self, model: mujoco.MjModel, data: mujoco.MjData, state: Any, first: bool) -> None:
        """Do in Python what `first_step` or `next_step` do."""
        mujoco.mj_step(model, data)

    def forward_slowly(self, model: mujoco.MjModel, data: mujoco.MjData, state: Any) -> None:
        """Do in Python what `last_forward` does."""
        mujoco.mj_forward(model, data)

    @abstractmethod
    def reset(self, state: Any, values: np.ndarray, start: Start) -> None:
        """Bring a state to the start of a walk; `values` are the decoded parameters, in the order of `rows`."""


class MujocoMuscles(NamedTuple):
    """State of MuJoCo's own muscles beside what `mjData` holds.

    Attributes:
        dynamics: Per muscle control range and time constants, shape (n, 5); no rows where activation rates alone do not
            tell what a new control changes, see `sense.muscle_dynamics`.
    """

    dynamics: np.ndarray


@kernel
def set_activation_rates(b: Buffers, ids: Ids, dynamics: np.ndarray) -> None:
    """Do what is left of the actuation stage when only muscle controls are new: forces do not depend on them."""
    table = dynamics.ctypes.data
    for i in range(len(ids.all_muscles)):
        row = dynamics[i]
        ctrl = min(max(b.ctrl[ids.all_muscles[i]], row[0]), row[1])
        address = ids.muscle_act[i]
        # The three time constants follow the control range.
        b.act_dot[address] = mju_muscle_dynamics(ctrl, b.act[address], table + (5 * i + 2) * 8)


@kernel
def _first_step(model: int, data: int, b: Buffers, ids: Ids, muscles: MujocoMuscles, changed: bool) -> None:
    """Advance by a step without repeating what the last forward pass has computed for the same state."""
    if changed:
        mj_forward_skip(model, data, STAGE_VEL, 1)
    elif muscles.dynamics.shape[0] > 0:
        set_activation_rates(b, ids, muscles.dynamics)
    else:
        mj_fwd_actuation(model, data)
    mj_euler(model, data)


@kernel
def _next_step(model: int, data: int, _b: Buffers, _ids: Ids, _muscles: MujocoMuscles) -> None:
    """Advance by a step."""
    mj_step(model, data)


@kernel
def _last_forward(model: int, data: int, _b: Buffers, _ids: Ids, _muscles: MujocoMuscles) -> None:
    """Forward the state."""
    mj_forward(model, data)


class MujocoMuscleModel(MuscleModel):
    """MuJoCo's muscle: activation dynamics, and a force by length and velocity of a fibre without an elastic tendon."""

    key = "mujoco"
    first_step = staticmethod(_first_step)
    next_step = staticmethod(_next_step)
    last_forward = staticmethod(_last_forward)

    def rows(self) -> list[Parameter]:
        """Return nothing: its properties are part of the model and not searched."""
        return []

    def make(self, walker: Walker, data: mujoco.MjData) -> MujocoMuscles:
        """Look up control ranges and time constants."""
        return MujocoMuscles(muscle_dynamics(walker.model, walker.layout.all_muscles))

    def reset(self, state: MujocoMuscles, values: np.ndarray, start: Start) -> None:
        """Do nothing: activations are reset with the data."""
