"""Fibres on tendons in the loop: the same in all loops and threads, stable, and in balance."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.rollout.log import Outcome
from myoassist.rollout.muscle.fibre import (
    DAMPED,
    F_MAX,
    LENGTH,
    OPTIMAL,
    PASSIVE,
    SPEED,
    STATE_SIZE,
    TENSION,
    WIDTH,
)
from myoassist.rollout.muscle.paths import forward_positions, forward_positions_slowly
from myoassist.rollout.muscle.tendon import forward_physics, make_fibres, settle_physics, step_physics
from myoassist.rollout.simulator import Simulator, choose_loop

SECONDS = 0.5


@cache
def make_elastic(kind: str = "elastic", timestep: float = 0.001, delayed: bool = False, workers: int = 1) -> Simulator:
    env = EnvConfig(sim_time=SECONDS, timestep=timestep, init_pose="stand")
    walker = build_walker(ModelConfig(device="tutorial", physics="fast", muscle_model=kind), env)
    exo = ExoConfig(controller="four_param", max_torque=100.0)
    return Simulator(walker, env, exo, workers, ControlConfig(delayed=delayed))


def vector_of(simulator: Simulator) -> np.ndarray:
    return simulator.table.initial


@pytest.mark.long
@pytest.mark.parametrize("kind", ["elastic", "rigid"])
@pytest.mark.parametrize("delayed", [False, True])
def test_the_compiled_loop_is_the_python_loop(kind, delayed):
    simulator = make_elastic(kind, delayed=delayed)
    vector = vector_of(simulator)
    compiled = simulator.simulate(vector).flat.copy()
    slow = simulator.simulate_slowly(vector)
    assert slow.n_steps > 20
    np.testing.assert_array_equal(compiled, slow.flat)
    assert choose_loop(simulator)


def test_threads_and_order_do_not_matter():
    simulator = make_elastic(workers=2)
    start = vector_of(simulator)
    other = start * 1.01
    alone = simulator.simulate(start).flat.copy()
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(simulator.simulate, v, i) for i, v in enumerate((other, start))]
        np.testing.assert_array_equal(jobs[1].result().flat, alone)
        jobs[0].result()
    np.testing.assert_array_equal(simulator.simulate(start, 0).flat, alone)


def test_a_walk_begins_in_equilibrium():
    simulator = make_elastic()
    worker = simulator.first_worker
    simulator._reset(worker, simulator.table.decode(vector_of(simulator)), vector_of(simulator))
    state, c = worker.muscles.state.reshape(-1, STATE_SIZE), worker.muscles.constants
    assert (state[:, SPEED] == 0.0).all()
    cosine = np.sqrt(1.0 - (c[:, WIDTH] / state[:, LENGTH]) ** 2)
    # In balance a fibre does not move, so that its damping has no part.
    fibre = (state[:, 3] + state[:, PASSIVE] + state[:, DAMPED]) * cosine
    np.testing.assert_allclose(fibre / c[:, F_MAX], state[:, TENSION] / c[:, F_MAX], atol=2e-6)
    assert np.abs(state[:, DAMPED] / c[:, F_MAX]).max() < 1e-3
    np.testing.assert_array_equal(-worker.data.actuator_force[worker.muscles.actuator], state[:, TENSION])


def test_the_log_holds_fibres_and_forces():
    simulator = make_elastic()
    log = simulator.simulate(vector_of(simulator))
    fibres = simulator.walker.fibres
    width = np.sin(fibres.pennation)
    cosine = np.sqrt(1.0 - (width / log.fiber_length) ** 2)
    force = (log.active_force + log.passive_force + log.fiber_damping_force) * cosine
    np.testing.assert_allclose(force / fibres.f_max, log.muscle_force / fibres.f_max, atol=2e-6)
    steps = np.diff(log.fiber_length, axis=0) / log.dt
    # Lengths are the sums of the logged speeds' steps: ten physics steps lie between two samples.
    assert np.corrcoef(steps.ravel(), log.fiber_velocity[1:].ravel())[0, 1] > 0.9
    assert (log.muscle_force >= 0.0).all() and log.tendon_strain.max() < 0.1


def test_tendon_power_is_joint_power():
    simulator = make_elastic()
    powers = []

    def read(data):
        muscles = simulator.walker.layout.all_muscles
        tendons = float(data.actuator_force[muscles] @ data.actuator_velocity[muscles])
        others = np.setdiff1d(np.arange(simulator.walker.model.nu), muscles)
        rest = float(data.actuator_force[others] @ data.actuator_velocity[others])
        powers.append((tendons, float(data.qfrc_actuator @ data.qvel) - rest))

    simulator.simulate_slowly(vector_of(simulator), observe=read)
    tendons, joints = np.array(powers).T
    assert np.abs(tendons).max() > 50.0
    np.testing.assert_allclose(tendons, joints, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("timestep", [0.001, 0.002, 0.005])
def test_jumps_of_the_path_leave_numbers(timestep):
    simulator = make_elastic(timestep=timestep) if timestep < 0.005 else make_elastic(timestep=0.002)
    walker, model = simulator.walker, simulator.walker.model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
    mujoco.mj_forward(model, data)
    fibres = make_fibres(walker, data.userdata)._replace(step=timestep)
    settle_physics(model, data, fibres)
    rng = np.random.default_rng(0)
    constants = fibres.constants.copy()
    state = fibres.state.reshape(-1, STATE_SIZE)
    for _ in range(200):
        # The offset of a path is what its length is counted from.
        fibres.constants[:, 4] = constants[:, 4] + rng.choice([-0.03, 0.03], len(constants))
        data.act[:] = rng.uniform(0.0, 1.0, model.na)
        forward_physics(model, data, fibres)
        assert np.isfinite(state).all() and np.isfinite(data.qacc).all()
        assert (state[:, TENSION] >= 0.0).all() and (state[:, LENGTH] < 3.0).all()
    fibres.constants[:] = constants


def test_a_path_that_is_no_number_gives_no_force_and_no_crash():
    simulator = make_elastic()
    walker, model = simulator.walker, simulator.walker.model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
    mujoco.mj_forward(model, data)
    fibres = make_fibres(walker, data.userdata)
    settle_physics(model, data, fibres)
    data.qpos[:] = np.nan
    step_physics(model, data, fibres, False)
    assert np.isnan(fibres.state.reshape(-1, STATE_SIZE)[:, TENSION]).all()


def test_a_copied_state_walks_on_as_the_walk_does():
    simulator = make_elastic()
    model = simulator.walker.model
    kind = mujoco.mjtState.mjSTATE_INTEGRATION
    states, controls = [], []

    def keep(data):
        states.append(np.zeros(mujoco.mj_stateSize(model, kind)))
        mujoco.mj_getState(model, data, states[-1], kind)
        controls.append(data.ctrl.copy())

    simulator.simulate_slowly(vector_of(simulator), observe=keep)
    data = mujoco.MjData(model)
    fibres = make_fibres(simulator.walker, data.userdata)
    for k in (5, 20):
        mujoco.mj_setState(model, data, states[k], kind)
        data.ctrl[:] = controls[k + 1]
        for step in range(10):
            step_physics(model, data, fibres, step == 0)
        forward_physics(model, data, fibres)
        after = np.zeros_like(states[k])
        mujoco.mj_getState(model, data, after, kind)
        np.testing.assert_array_equal(after, states[k + 1])


def test_strength_and_height_reach_the_fibres():
    env = EnvConfig()
    plain = build_walker(ModelConfig(muscle_model="elastic"), env)
    model = ModelConfig(muscle_model="elastic", height_scale=1.1, muscle_strength={"soleus": 0.5})
    scaled = build_walker(model, env)
    assert plain.fibres is not None and scaled.fibres is not None
    np.testing.assert_allclose(scaled.fibres.optimal, plain.fibres.optimal * 1.1)
    factor = np.where([name.startswith("soleus") for name in plain.layout.muscle_names], 0.5, 1.0)
    np.testing.assert_allclose(scaled.fibres.f_max, plain.fibres.f_max * 1.21 * factor)
    fibres = []
    for walker in (plain, scaled):
        data = mujoco.MjData(walker.model)
        mujoco.mj_resetDataKeyframe(walker.model, data, walker.layout.keyframe)
        mujoco.mj_forward(walker.model, data)
        state = make_fibres(walker, data.userdata)
        settle_physics(walker.model, data, state)
        fibres.append(state.state.reshape(-1, STATE_SIZE)[:, LENGTH])
    # A taller body has the same fibre lengths in optimal lengths.
    same = factor == 1.0
    np.testing.assert_allclose(fibres[1][same], fibres[0][same], atol=0.01)


@pytest.mark.parametrize("physics", ["full", "fast"])
@pytest.mark.parametrize("musculature", [22, 26, 80])
def test_every_model_of_the_library_stands_up_with_tendons(musculature, physics):
    if musculature == 80 and physics == "fast":
        pytest.skip("there is no fast geometry of 80 muscles")
    env = EnvConfig(sim_time=0.3, init_pose="stand")
    walker = build_walker(ModelConfig(musculature=musculature, physics=physics, muscle_model="elastic"), env)
    simulator = Simulator(walker, env, ExoConfig(controller="none"))
    log = simulator.simulate(simulator.table.initial)
    assert log.outcome in (Outcome.SURVIVED, Outcome.FELL), log.reason
    assert np.isfinite(log.flat).all()
    assert log.fiber_length[0].min() > 0.3 and log.fiber_length[0].max() < 1.7


def test_optimal_lengths_of_the_log_are_the_tables():
    simulator = make_elastic()
    np.testing.assert_array_equal(simulator.log_layout.optimal_length, simulator.walker.fibres.optimal)
    np.testing.assert_array_equal(simulator.log_layout.f_max, simulator.walker.fibres.f_max)
    assert simulator.first_worker.muscles.constants[0, OPTIMAL] == simulator.walker.fibres.optimal[0]


def test_muscles_of_mujoco_are_untouched_by_a_table_that_is_not_read():
    env = EnvConfig(sim_time=0.2)
    published = build_walker(ModelConfig(), env)
    assert published.fibres is None and published.model.nuserdata == 0
    assert replace(ModelConfig(), muscle_model="mujoco").plant == "published"


# A pose of a walk at 1.25 m/s after 31 s, mid-stance on the right leg; how it rounds depends on how far it has come.
MID_STANCE = [
    *(38.18978949731468, 0.8902082781296035, -0.11414827847242758, -0.13110225282423574, -0.006762686921815898),
    *(0.11951321419743259, 0.312246239873731, 0.564159510645983, -0.29302629816058284, 0.11869139873030832),
    0.2041162804072555,
]


def test_a_path_without_a_length_is_no_end_of_a_walk():
    env = EnvConfig(timestep=0.002)
    walker = build_walker(ModelConfig(plant="human_4", muscle_model="elastic", physics="fast"), env)
    model, data = walker.model, mujoco.MjData(walker.model)
    knee = model.jnt_qposadr[model.joint("knee_angle_r").id]
    for change in np.linspace(-2e-8, 2e-8, 4001):
        data.qpos[:] = MID_STANCE
        data.qpos[knee] += change
        mujoco.mj_fwdPosition(model, data)
        if not np.isfinite(data.actuator_length).all():
            break
    else:
        pytest.skip("on this processor no knee angle nearby leaves a path without a length")
    pose = data.qpos.copy()
    muscles = make_fibres(walker, data.userdata)
    forward_positions_slowly(model, data)
    settle_physics(model, data, muscles)
    length, moved = data.actuator_length.copy(), data.qpos.copy()
    assert np.isfinite(length).all() and np.isfinite(data.qacc).all()
    np.testing.assert_allclose(moved, pose, rtol=0.0, atol=3.1e-7)
    # As long as a thousandth of a degree beside, and compiled code does the same.
    data.qpos[:] = pose
    data.qpos[knee] += 2e-5
    mujoco.mj_fwdPosition(model, data)
    np.testing.assert_allclose(length, data.actuator_length, atol=1e-5)
    data.qpos[:] = pose
    forward_positions(model._address, data._address, data.qpos, data.actuator_length)
    np.testing.assert_array_equal(data.qpos, moved)
    np.testing.assert_array_equal(data.actuator_length, length)


def test_where_paths_have_lengths_no_position_is_moved():
    walker = build_walker(ModelConfig(plant="human_4", muscle_model="elastic", physics="fast"), EnvConfig())
    data = mujoco.MjData(walker.model)
    data.qpos[:] = MID_STANCE
    data.qpos[4] -= 0.1
    pose = data.qpos.copy()
    forward_positions_slowly(walker.model, data)
    forward_positions(walker.model._address, data._address, data.qpos, data.actuator_length)
    np.testing.assert_array_equal(data.qpos, pose)
