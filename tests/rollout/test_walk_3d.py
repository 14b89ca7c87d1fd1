"""The closed loop in 3D: signals and the signs of the frontal laws, by what they do to the body."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.control import signals as ix
from myoassist.model.build import build_walker
from myoassist.rollout.sense import sense
from myoassist.rollout.simulator import Simulator

RIGHT, LEFT = 0, 1


@pytest.fixture(scope="module")
def simulator():
    env = EnvConfig(sim_time=1.0)
    return Simulator(build_walker(ModelConfig(musculature=26, physics="fast"), env), env, ExoConfig())


def begin(simulator, **raw):
    """Bring the only worker to the start of a walk (left stance, right swing) with some raw parameters."""
    table, worker = simulator.table, simulator._workers[0]
    vector = table.initial.copy()
    for name, value in raw.items():
        vector[table.index(name.removeprefix("p_"))] = value
    assert simulator._reset(worker, table.decode(vector), vector) == ""
    return worker


def read(simulator, worker):
    mujoco.mj_forward(simulator.walker.model, worker.data)
    sense(worker.buffers, simulator._ids, simulator._constants, worker.signals)
    return worker.signals


def step(simulator, worker, steps):
    model, ids, constants = simulator.walker.model, simulator._ids, simulator._constants
    for k in range(steps):
        read(simulator, worker)
        w = worker
        state = (w.signals, w.human, w.command, w.device, w.disturbance)
        assert simulator.loop.control(k, w.buffers, ids, constants, *state) >= 0
        for _ in range(constants.substeps):
            mujoco.mj_step(model, worker.data)
    mujoco.mj_forward(model, worker.data)


def address(simulator, joint):
    found = simulator.walker.model.joint(joint)
    return int(found.qposadr[0]), int(found.dofadr[0])


def test_upright_has_no_roll_and_right_down_is_positive(simulator):
    worker = begin(simulator)
    position, velocity = address(simulator, "pelvis_list")
    signals = read(simulator, worker)
    assert signals.body[ix.B_THETA_F] == pytest.approx(0.0, abs=1e-6)
    worker.data.qpos[position] = 0.1
    worker.data.qvel[velocity] = 0.7
    signals = read(simulator, worker)
    assert signals.body[ix.B_THETA_F] == pytest.approx(0.1, abs=1e-6)
    assert signals.body[ix.B_DTHETA_F] == pytest.approx(0.7 * np.cos(worker.data.qpos[position - 1]), abs=0.03)
    assert worker.data.body("femur_r").xpos[2] < worker.data.body("femur_l").xpos[2] - 0.01


@pytest.mark.parametrize("heading", [0.0, 0.6])
def test_lateral_signals_count_to_the_right_of_the_heading(simulator, heading):
    worker = begin(simulator)
    forward, lateral = address(simulator, "pelvis_tx"), address(simulator, "pelvis_tz")
    # The heading joint turns inside the tilt, so that only an upright pelvis turns about the vertical.
    worker.data.qpos[address(simulator, "pelvis_tilt")[0]] = 0.0
    worker.data.qpos[address(simulator, "pelvis_rotation")[0]] = heading
    worker.data.qvel[:] = 0.0
    # 0.4 m/s to the right, across the heading.
    worker.data.qvel[forward[1]], worker.data.qvel[lateral[1]] = 0.4 * np.sin(heading), -0.4 * np.cos(heading)
    signals = read(simulator, worker)
    assert signals.yaw[0] == pytest.approx(heading, abs=1e-6)
    assert signals.body[ix.B_VY] == pytest.approx(0.4, abs=1e-3)
    assert signals.body[ix.B_VX] == pytest.approx(0.0, abs=1e-3)
    # The foot of the left leg lies to the left of the pelvis, that of the right leg to the right.
    assert signals.legs[RIGHT, ix.TALUS_Y] < signals.body[ix.B_PY] < signals.legs[LEFT, ix.TALUS_Y]
    assert signals.legs[:, ix.TALUS_VY] == pytest.approx([0.4, 0.4], abs=1e-3)


def test_adduction_is_read_from_both_hips(simulator):
    worker = begin(simulator)
    worker.data.qpos[address(simulator, "hip_adduction_r")[0]] = 0.2
    worker.data.qpos[address(simulator, "hip_adduction_l")[0]] = -0.1
    legs = read(simulator, worker).legs
    assert legs[:, ix.P_ADD] == pytest.approx(np.pi / 2 + np.array([0.2, -0.1]))


BALANCE = {f"p_3_{muscle}_{kind}": 3.0 for muscle in ("HAB", "HAD") for kind in ("Th", "d_Th")}
NO_BALANCE = dict.fromkeys(BALANCE, 0.0)


@pytest.mark.parametrize(("rate", "muscle", "other"), [(1.0, ix.HAB, ix.HAD), (-1.0, ix.HAD, ix.HAB)])
def test_a_trunk_that_rolls_off_the_stance_leg_is_pulled_back(simulator, rate, muscle, other):
    """Standing on the left leg: a roll to the right needs its abductor, to the left its adductor."""
    velocity = address(simulator, "pelvis_list")[1]
    ends = {}
    for label, gains in (("held", BALANCE), ("loose", NO_BALANCE), ("published", BALANCE)):
        worker = begin(simulator, **gains, p_1_HAB_FG=0.0)
        worker.human.roll_sign[0] = 1.0 if label == "published" else -1.0
        worker.data.qvel[velocity] = rate
        try:
            step(simulator, worker, 2)
            fired = worker.human.stimulation[LEFT].copy()
            step(simulator, worker, 6)
        finally:
            worker.human.roll_sign[0] = -1.0
        if label == "held":
            assert fired[muscle] > fired[other] + 0.05
        ends[label] = worker.data.qvel[velocity] * np.sign(rate)
    assert ends["held"] < ends["loose"] - 0.05
    assert ends["published"] > ends["loose"] + 0.05


def test_the_swing_leg_is_placed_to_the_side_of_a_push(simulator):
    """Right leg in swing, pelvis pushed to the right: the leg abducts to catch it."""
    lateral = address(simulator, "pelvis_tz")[1]
    targets, widths = [], []
    for push in (0.0, 0.4):
        worker = begin(simulator, p_C_v_f=8.0, p_6_HAB_PG=3.0, p_6_HAD_PG=3.0)
        worker.data.qvel[lateral] -= push
        # The push moves the stance foot too, until the ground holds it.
        step(simulator, worker, 4)
        targets.append(worker.human.alpha_tgt_f[RIGHT])
        pushed = worker.human.stimulation[RIGHT].copy()
        step(simulator, worker, 20)
        data = worker.data
        widths.append(data.qpos[address(simulator, "hip_adduction_r")[0]])
    assert pushed[ix.HAB] > pushed[ix.HAD] + 0.05
    assert targets[1] < targets[0] - 0.05
    assert widths[1] < widths[0] - 0.02


def test_start_activations_of_the_frontal_muscles_are_applied(simulator):
    worker = begin(simulator, act_HAB_r=20.0, act_HAD_l=30.0)
    names = list(simulator.walker.layout.muscle_names)
    assert worker.data.act[names.index("abd_r")] == pytest.approx(0.2)
    assert worker.data.act[names.index("add_l")] == pytest.approx(0.3)
    assert worker.data.act[names.index("abd_l")] == pytest.approx(0.01)


def test_start_pose_reaches_all_hip_joints_and_the_tilt(simulator):
    raw = {"pelvis_tilt": 4.0, "hip_adduction_r": 0.5, "hip_adduction_l": 1.5, "hip_rotation_r": 2.0}
    worker = begin(simulator, **raw)
    for name, value in raw.items():
        expected = simulator.table.decode(simulator.table.initial)
        index = simulator.table.index(name)
        expected = simulator.table.scale[index] * value + simulator.table.offset[index]
        assert worker.data.qpos[address(simulator, name)[0]] == pytest.approx(expected, abs=1e-9), name


def test_compiled_loop_equals_a_python_loop_bit_for_bit(simulator):
    vector = simulator.table.initial
    fast = simulator.simulate(vector).flat.copy()
    slow = simulator.simulate_slowly(vector).flat.copy()
    assert len(fast) > 30
    np.testing.assert_array_equal(fast, slow)
    assert simulator.simulate(vector).pelvis_rotation[-1] != 0.0
