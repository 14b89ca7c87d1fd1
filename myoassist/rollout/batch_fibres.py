"""Muscles with fibres and tendons in simulations that compiled code sees by address, as in batches."""

import numpy as np

from myoassist.model.kernel import kernel
from myoassist.model.plant.fibres import STATE_SIZE
from myoassist.rollout.batch import ACT, APPLIED, DATA, FIBRES, LENGTH, QPOS, QVEL, RATE, view
from myoassist.rollout.fibre import (
    Fibres,
    move_fibres,
    pull_fibres,
    put_forces,
    restore_paths,
    settle_fibres,
)
from myoassist.rollout.ligament import pull_ligaments
from myoassist.rollout.physics import STAGE_VEL, mj_euler, mj_forward_skip, mj_step1, mj_step2


@kernel
def _hold(fibres: Fibres, addresses: np.ndarray, sizes: np.ndarray) -> None:
    """Let the ligaments pull."""
    qpos, qvel = view(addresses[QPOS], sizes[0]), view(addresses[QVEL], sizes[1])
    pull_ligaments(fibres.ligaments, fibres.torque, qpos, qvel, view(addresses[APPLIED], sizes[1]))


@kernel
def _act(fibres: Fibres, addresses: np.ndarray, sizes: np.ndarray, nu: int) -> None:
    """Let the muscles reach the present state, and put their forces where the actuators take them from."""
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    act, length = view(addresses[ACT], sizes[2]), view(addresses[LENGTH], nu)
    if fibres.rigid:
        pull_fibres(fibres, state, act, length, view(addresses[RATE], nu))
    else:
        move_fibres(fibres, state, act, length)
    _hold(fibres, addresses, sizes)
    put_forces(fibres, state, length)


@kernel
def _finish(model: int, fibres: Fibres, addresses: np.ndarray, nu: int) -> None:
    """Forward what depends on forces."""
    mj_forward_skip(model, addresses[DATA], STAGE_VEL, 0)
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    restore_paths(fibres, state, view(addresses[LENGTH], nu))


@kernel
def advance_fibres(
    model: int, addresses: np.ndarray, fibres: Fibres, sizes: np.ndarray, nu: int, substeps: int, euler: bool
) -> None:
    """Advance a forwarded simulation by `substeps` and forward it again; see `batch.advance`.

    Args:
        model: Address of mjModel.
        addresses: Addresses of the simulation, shape (13,).
        fibres: What fibres and tendons of all simulations share.
        sizes: Numbers of positions, velocities and activations come first.
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
    for _ in range(substeps - 1):
        mj_step1(model, data)
        _act(fibres, addresses, sizes, nu)
        mj_step2(model, data)
    mj_step1(model, data)
    _act(fibres, addresses, sizes, nu)
    _finish(model, fibres, addresses, nu)


@kernel
def settle_batch(model: int, addresses: np.ndarray, fibres: Fibres, sizes: np.ndarray, nu: int) -> None:
    """Bring the fibres of a forwarded simulation to equilibrium, and forward it with their forces."""
    state = view(addresses[FIBRES], STATE_SIZE * len(fibres.actuator))
    act, length = view(addresses[ACT], sizes[2]), view(addresses[LENGTH], nu)
    if fibres.rigid:
        pull_fibres(fibres, state, act, length, view(addresses[RATE], nu))
    else:
        settle_fibres(fibres, state, act, length)
    _hold(fibres, addresses, sizes)
    put_forces(fibres, state, length)
    _finish(model, fibres, addresses, nu)
