"""Muscles with fibres and tendons in simulations that compiled code sees by address, as in batches."""

import numpy as np

from myoassist.model.kernel import kernel
from myoassist.model.plant.fibres import STATE_SIZE
from myoassist.rollout.batch import ACT, DATA, FIBRES, LENGTH, QPOS, RATE, view
from myoassist.rollout.muscle.fibre import Fibres, move_fibres, pull_fibres, put_forces, restore_paths, settle_fibres
from myoassist.rollout.muscle.paths import forward_positions
from myoassist.rollout.physics import STAGE_VEL, mj_euler, mj_forward_skip, mj_step1, mj_step2


@kernel
def _act(fibres: Fibres, addresses: np.ndarray, na: int, nu: int) -> None:
    """Let the muscles reach the present state, and put their forces where the actuators take them from."""
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    act, length = view(addresses[ACT], na), view(addresses[LENGTH], nu)
    if fibres.rigid:
        pull_fibres(fibres, state, act, length, view(addresses[RATE], nu))
    else:
        move_fibres(fibres, state, act, length)
    put_forces(fibres, state, length)


@kernel
def _finish(model: int, fibres: Fibres, addresses: np.ndarray, nu: int) -> None:
    """Forward what depends on forces."""
    mj_forward_skip(model, addresses[DATA], STAGE_VEL, 0)
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    restore_paths(fibres, state, view(addresses[LENGTH], nu))


@kernel
def advance_fibres(
    model: int, addresses: np.ndarray, fibres: Fibres, nq: int, na: int, nu: int, substeps: int, euler: bool
) -> None:
    """Advance a forwarded simulation by `substeps` and forward it again; see `batch.advance`.

    Args:
        model: Address of mjModel.
        addresses: Addresses of the simulation, shape (12,).
        fibres: What fibres and tendons of all simulations share.
        nq: Number of positions.
        na: Number of activations.
        nu: Number of actuators.
        substeps: Physics steps.
        euler: Whether the integrator is Euler's.
    """
    data = addresses[DATA]
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    length = view(addresses[LENGTH], nu)
    if euler:
        put_forces(fibres, state, length)
        mj_forward_skip(model, data, STAGE_VEL, 1)
        mj_euler(model, data)
    else:
        mj_step1(model, data)
        put_forces(fibres, state, length)
        mj_step2(model, data)
    qpos = view(addresses[QPOS], nq)
    for _ in range(substeps - 1):
        forward_positions(model, data, qpos, length)
        _act(fibres, addresses, na, nu)
        mj_step2(model, data)
    forward_positions(model, data, qpos, length)
    _act(fibres, addresses, na, nu)
    _finish(model, fibres, addresses, nu)


@kernel
def settle_batch(model: int, addresses: np.ndarray, fibres: Fibres, na: int, nu: int) -> None:
    """Bring the fibres of a forwarded simulation to equilibrium, and forward it with their forces."""
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    act, length = view(addresses[ACT], na), view(addresses[LENGTH], nu)
    if fibres.rigid:
        pull_fibres(fibres, state, act, length, view(addresses[RATE], nu))
    else:
        settle_fibres(fibres, state, act, length)
    put_forces(fibres, state, length)
    _finish(model, fibres, addresses, nu)
