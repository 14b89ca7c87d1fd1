"""The compiled closed loop against a Python loop, its signals, its failures, its threads."""

from concurrent.futures import ThreadPoolExecutor

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.control import signals as ix
from myoassist.files.errors import LayoutError
from myoassist.model.build import build_walker
from myoassist.model.plant.couplings import follow_couplings
from myoassist.rollout.log import Outcome
from myoassist.rollout.sense import euler_angles, sense
from myoassist.rollout.simulator import Simulator, choose_loop
from tests.walkers import WALKING_VECTOR, make_simulator, make_walker


def copy_of(log):
    return log.outcome, log.flat.copy()


@pytest.mark.parametrize("delayed", [False, True], ids=["100 Hz", "1 kHz"])
@pytest.mark.parametrize("controller", ["none", "four_param"])
def test_compiled_loop_equals_a_python_loop_bit_for_bit(delayed, controller):
    simulator = make_simulator(controller=controller, delayed=delayed, sim_time=1.5)
    vector = WALKING_VECTOR[: len(simulator.table)]
    fast = copy_of(simulator.simulate(vector))
    slow = copy_of(simulator.simulate_slowly(vector))
    assert fast[0] == slow[0]
    assert len(fast[1]) > 100
    np.testing.assert_array_equal(fast[1], slow[1])


def test_choose_loop_agrees_here():
    assert choose_loop(make_simulator(sim_time=0.5))


def test_a_known_vector_walks_twenty_seconds():
    # It was found on another build of the model, on which contact rounding differs, so some of its neighbours fall.
    simulator = make_simulator()
    rng = np.random.default_rng(0)
    for _ in range(6):
        log = simulator.simulate(WALKING_VECTOR + 1e-7 * rng.standard_normal(len(WALKING_VECTOR)))
        if log.outcome is Outcome.SURVIVED:
            break
    assert log.outcome is Outcome.SURVIVED
    assert log.n_steps == log.step_limit == 2000
    assert log.pelvis_pos_w[-1, 0] > 15.0
    assert log.new_step.sum() > 25


def test_results_do_not_depend_on_worker_order_or_number():
    table = make_simulator(sim_time=1.0).table
    rng = np.random.default_rng(0)
    vectors = [table.clamp(WALKING_VECTOR + 0.05 * rng.standard_normal(len(table))) for _ in range(8)]
    logs = []
    for workers in (1, 2, 4):
        simulator = make_simulator(sim_time=1.0, workers=workers)

        def job(i, simulator=simulator, workers=workers):
            return [copy_of(simulator.simulate(vectors[k], i)) for k in range(i, len(vectors), workers)]

        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(job, range(workers)))
        logs.append([parts[k % workers][k // workers] for k in range(len(vectors))])
    for other in logs[1:]:
        for a, b in zip(logs[0], other, strict=True):
            assert a[0] == b[0]
            np.testing.assert_array_equal(a[1], b[1])


def test_a_used_worker_repeats_a_walk_exactly():
    simulator = make_simulator(sim_time=1.0)
    first = copy_of(simulator.simulate(WALKING_VECTOR))
    simulator.simulate(simulator.table.initial)
    again = copy_of(simulator.simulate(WALKING_VECTOR))
    np.testing.assert_array_equal(first[1], again[1])


def test_signals_agree_with_mujoco():
    simulator = make_simulator(sim_time=0.7)
    simulator.simulate(WALKING_VECTOR)
    worker, model = simulator._workers[0], simulator.walker.model
    data, signals = worker.data, worker.signals
    sense(worker.buffers, simulator._ids, simulator._constants, signals)
    # The headless model has its static bodies fused; the drawn one still has the named bodies.
    drawn = make_walker(visual=True).model
    reference = mujoco.MjData(drawn)
    reference.qpos[:], reference.qvel[:] = data.qpos, data.qvel
    mujoco.mj_forward(drawn, reference)
    velocity = np.zeros(6)
    pelvis = drawn.body("pelvis").id
    mujoco.mj_objectVelocity(drawn, reference, mujoco.mjtObj.mjOBJ_BODY, pelvis, velocity, 0)
    roll, pitch, yaw = euler_angles(reference.xquat[pelvis])
    assert yaw == pytest.approx(0.0, abs=1e-6)
    assert signals.body[ix.B_THETA] == pytest.approx(pitch, abs=1e-9)
    assert signals.body[ix.B_THETA_F] == pytest.approx(roll - np.pi / 2, abs=1e-9)
    assert signals.body[ix.B_VX] == pytest.approx(velocity[3], abs=1e-9)
    for leg in range(2):
        talus = drawn.body(("talus_l", "talus_r")[leg]).id
        mujoco.mj_objectVelocity(drawn, reference, mujoco.mjtObj.mjOBJ_BODY, talus, velocity, 0)
        assert signals.legs[leg, ix.TALUS_VX] == pytest.approx(velocity[3], abs=1e-9)
        assert signals.legs[leg, ix.TALUS_X] == pytest.approx(reference.xpos[talus, 0], abs=1e-9)
    # Joint coordinate pelvis_tilt is backward lean; the trunk rate must be the derivative of forward lean.
    tilt = model.joint("pelvis_tilt").dofadr[0]
    assert signals.body[ix.B_DTHETA] == pytest.approx(-data.qvel[tilt], abs=1e-9)
    assert signals.body[ix.B_THETA] == pytest.approx(-data.qpos[model.joint("pelvis_tilt").qposadr[0]], abs=1e-6)


def test_logged_trunk_rate_is_the_derivative_of_the_logged_pitch():
    log = make_simulator(sim_time=3.0).simulate(WALKING_VECTOR)
    slope = np.gradient(log.trunk_pitch, log.dt)
    assert np.corrcoef(slope[1:-1], log.trunk_pitch_rate[1:-1])[0, 1] > 0.98


def test_logged_columns_are_plausible():
    log = make_simulator(sim_time=3.0).simulate(WALKING_VECTOR)
    assert log.time[0] == pytest.approx(0.01)
    assert (log.activation >= 0.0).all() and (log.activation <= 1.0).all()
    assert (log.excitation >= 0.01 - 1e-12).all()
    assert (log.muscle_force >= -1e-9).all()
    assert 0.7 < log.load.sum(axis=1).mean() < 1.3
    assert (log.exo_torque >= 0.0).all()
    assert log.joint_pos_w[:, 0, 0, 2].mean() > log.joint_pos_w[:, 0, 1, 2].mean() > log.joint_pos_w[:, 0, 2, 2].mean()
    right, left = log.joint_pos_w[:, 0, 2, 1], log.joint_pos_w[:, 1, 2, 1]
    assert (right < left).all()


@pytest.mark.parametrize("slope_deg", [-10.0, 0.0, 10.0])
def test_start_touches_the_ground_on_any_slope(slope_deg):
    simulator = make_simulator(slope_deg=slope_deg, sim_time=0.1)
    worker = simulator._workers[0]
    simulator._start.apply(worker.data, simulator.table.decode(simulator.table.initial))
    depths = [c.dist for c in worker.data.contact]
    assert min(depths) == pytest.approx(-0.002, abs=0.0005)


def test_invalid_starts_say_why():
    simulator = make_simulator()
    table = simulator.table
    bent = table.initial.copy()
    bent[table.index("knee_angle_r")] = 20.0
    log = simulator.simulate(bent)
    assert log.outcome is Outcome.INVALID_START and "knee_angle_r" in log.reason and log.n_steps == 0
    tilted = table.initial.copy()
    tilted[table.index("pelvis_tilt")] = 80.0
    assert "pitch" in simulator.simulate(tilted).reason
    late = table.initial.copy()
    late[table.index("exo_peak_time")] = 0.2
    assert "peak time" in simulator.simulate(late).reason


def test_unstable_physics_ends_the_walk_with_a_reason(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    simulator = make_simulator()
    speeding = simulator.table.initial.copy()
    speeding[simulator.table.index("vel_pelvis_tx")] = 1e13
    log = simulator.simulate(speeding)
    assert log.outcome is Outcome.UNSTABLE
    # What is no number any more, and of which joint.
    assert "unstable" in log.reason and "qpos of pelvis_tx is nan" in log.reason
    assert list(tmp_path.iterdir()) == []


def test_nan_control_ends_the_walk():
    simulator = make_simulator(sim_time=1.0)
    vector = simulator.table.initial.copy()
    # An infinite gain times a zero error is NaN.
    vector[simulator.table.index("1_SOL_FG")] = 1e308
    vector[simulator.table.index("5_TA_SOL_FG")] = 1e308
    vector[simulator.table.index("5_TA_PG")] = 1e308
    log = simulator.simulate(vector)
    assert log.outcome is Outcome.NAN_CONTROL and "NaN" in log.reason
    # 1.9e308 is beyond floating point; what the other two decode to is not.
    assert log.reason.endswith("; beyond what a number can hold: 1_SOL_FG")


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hip_flexion_r", "hip_flexion_r starts at inf deg"),
        ("pelvis_tilt", ""),
        ("knee_angle_l", "knee_angle_l starts at inf deg"),
        ("exo_peak_torque", "torque curve is beyond what a number can hold"),
        ("exo_fall_time", "exo fall time inf %"),
    ],
)
def test_a_number_that_is_too_large_ends_in_a_reason_and_no_warning(name, words):
    simulator = make_simulator(sim_time=0.3)
    vector = simulator.table.initial.copy()
    vector[simulator.table.index(name)] = 1e308
    log = simulator.simulate(vector)
    assert log.outcome is not Outcome.SURVIVED and log.n_steps == 0
    assert words in log.reason and log.reason


def test_a_vector_of_another_layout_is_refused():
    with pytest.raises(LayoutError, match="77 entries"):
        make_simulator().simulate(np.ones(77))


def test_poses_are_recorded_on_request():
    simulator = make_simulator(sim_time=0.3)
    poses = np.zeros((simulator.step_limit, simulator.walker.model.nq))
    log = simulator.simulate(WALKING_VECTOR, poses=poses)
    x = simulator.walker.model.joint("pelvis_tx").qposadr[0]
    np.testing.assert_allclose(np.diff(poses[: log.n_steps, x]), np.diff(log.pelvis_pos_w[:, 0]), atol=1e-12)


def test_knee_moment_includes_the_coordinates_that_follow_the_knee():
    # Seen from the angle alone, the vasti barely act on the full model's knee: they pull on the patellar point.
    peaks = {}
    for physics in ("full", "fast"):
        env = EnvConfig(sim_time=0.5)
        walker = build_walker(ModelConfig(device="tutorial", physics=physics), env)
        simulator = Simulator(walker, env, ExoConfig(controller="four_param", max_torque=100.0))
        simulator.simulate(WALKING_VECTOR)
        worker, model = simulator._workers[0], walker.model
        data = worker.data
        mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
        data.qpos[model.joint("knee_angle_r").qposadr[0]] = -0.5
        follow_couplings(simulator._start.couplings, model.qpos0, data.qpos)
        data.act[:] = 0.0
        data.act[model.actuator("vasti_r").actadr[0]] = 1.0
        mujoco.mj_forward(model, data)
        row = np.zeros((1, simulator.log_layout.size))
        simulator.loop.finish_step(
            row[0], 0.0, worker.buffers, simulator._ids, simulator._constants, worker.signals, worker.human,
            worker.device, worker.muscles, worker.heel_contact, worker.new_step,
        )  # fmt: skip
        peaks[physics] = simulator.log_layout.view(row, "joint_moment")[0, 0, 1]
    assert peaks["full"] > 150.0
    assert peaks["full"] == pytest.approx(peaks["fast"], rel=0.05)
