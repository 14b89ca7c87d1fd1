"""Guided reflexes: the pattern, the clocks, what each reflex does, where a walk begins, and that the start walks."""

from functools import cache

import mujoco
import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.resolved import control_of
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.control.human.guided.clocks import WAIT, run_clocks, sample
from myoassist.control.human.guided.parameters import PAIRS, SIDE_PAIRS, STANCE_PHASE, SWING_PHASE, guided_entries
from myoassist.control.human.guided.part import GuidedController, controller
from myoassist.control.human.guided.pattern import cadence_slope, make_pattern, stride_time
from myoassist.control.human.guided.reflexes import excite_leg
from myoassist.control.human.guided.state import AIR, GROUND, SCUFF, Sideways
from myoassist.control.signals import (
    GAS,
    GLU,
    HAB,
    HAD,
    HFL,
    LOAD,
    MUSCLE_NAMES,
    N_MUSCLES,
    PRE_STIMULATION,
    SOL,
    VAS,
)
from myoassist.files.errors import ConfigError
from myoassist.gait.reference.human import match_reference
from myoassist.model.build import build_walker
from myoassist.optimize.walk.multi import MultiProblem
from myoassist.people.tables import SPEEDS, HumanSpeedError, load_activity, load_gait
from myoassist.rollout.log import Outcome
from myoassist.rollout.simulator import Simulator

UNIT = float(np.sqrt(9.81 * 0.9))


@cache
def make_simulator(duration=0.6, musculature=22, init_pose="walk_left", speed=None):
    env = EnvConfig(sim_time=duration, timestep=0.002, init_pose=init_pose)
    model = ModelConfig(musculature=musculature, plant="human_3", physics="fast", sensing="contact")
    control = ControlConfig(controller="guided", speed=speed)
    return Simulator(build_walker(model, env), env, ExoConfig(), control=control)


@pytest.mark.parametrize("place", range(len(SPEEDS)))
def test_the_pattern_at_a_measured_speed_is_the_table(place):
    value = load_gait().figures["speed"][0][place] * UNIT * (1.0 - 1e-12)
    pattern = make_pattern(value)
    people = match_reference(value, 0.9)
    for i, name in enumerate(MUSCLE_NAMES):
        np.testing.assert_allclose(pattern.drive[i], load_activity()[name][place], atol=1e-9)
    knee = people.curves["knee"][0]
    np.testing.assert_allclose(np.rad2deg(pattern.angle[1][:-1]), knee[:-1], atol=1e-9)
    hip = people.curves["hip"][0] - people.curves["pelvis"][0].mean()
    np.testing.assert_allclose(np.rad2deg(pattern.angle[0][:-1]), hip[:-1], atol=1e-9)
    assert stride_time(value) == pytest.approx(people.figures["stride_time_s"][0])


def test_between_two_speeds_the_pattern_is_between_them_and_its_rates_are_those_of_its_angles():
    slow, free = (load_gait().figures["speed"][0][i] * UNIT for i in (1, 2))
    middle = make_pattern(0.5 * (slow + free))
    np.testing.assert_allclose(middle.drive, 0.5 * (make_pattern(slow).drive + make_pattern(free).drive), atol=1e-12)
    np.testing.assert_array_equal(middle.angle[:, 0], middle.angle[:, -1])
    # Over a stride a joint comes back to where it was.
    np.testing.assert_allclose(middle.rate[:, :-1].sum(axis=1), 0.0, atol=1e-9)
    forward = np.diff(middle.angle, axis=1) * 50.0
    np.testing.assert_allclose(middle.rate[:, 1:-1], 0.5 * (forward[:, 1:] + forward[:, :-1]), atol=1e-9)


def test_a_curve_is_periodic_in_the_phase():
    curve = make_pattern(1.25).angle[1]
    assert sample(curve, 0.31) == pytest.approx(np.interp(0.31, np.linspace(0.0, 1.0, 51), curve))
    assert sample(curve, 1.31) == pytest.approx(sample(curve, 0.31))
    assert sample(curve, -0.02) == pytest.approx(sample(curve, 0.98))


def test_heel_strike_sets_both_clocks_and_a_late_foot_is_waited_for():
    guided = GuidedController(2, 1.25).make(0.01)
    guided.clock[:] = 1.0, 0.5, 0.25
    guided.phase[:], guided.since[:] = (0.89, 0.59), (0.89, 0.59)
    guided.senses[0]["load"] = 1.0, 1.0
    guided.contact[:] = 0.0, 1.0
    run_clocks(guided, 0.01)
    # Half of the way from 0.9 to 1, and a quarter of that of the other one from 0.6 to 0.5.
    np.testing.assert_allclose(guided.phase, (0.95, 0.575), atol=1e-12)
    assert guided.since[0] == 0.0
    # A scuff soon after sets nothing.
    guided.contact[0] = 0.0
    run_clocks(guided, 0.01)
    np.testing.assert_allclose(guided.phase, (0.96, 0.585), atol=1e-12)
    # In the air at its end a clock stands still.
    guided.senses[0]["load"][0] = 0.0
    guided.phase[0], guided.since[0] = 0.99, 0.99
    run_clocks(guided, 0.01)
    assert guided.phase[0] == WAIT


def stumbler():
    """Return guided reflexes with the stumble response: right leg in mid-swing, left leg on the ground."""
    guided = GuidedController(2, 1.25, stumbles=True).make(0.01)
    guided.phase[:], guided.since[:] = (0.75, 0.25), (0.8, 0.3)
    guided.senses[0]["load"] = 0.0, 1.0
    guided.contact[:] = AIR, GROUND
    return guided


def test_a_toe_that_touches_the_ground_in_mid_swing_is_no_heel_strike():
    guided = stumbler()
    excite_leg(guided, 0, 0.0, Sideways(0.0, 0.0, 0.0, 0.0, 0.0), free := np.zeros(N_MUSCLES))
    guided.senses[0]["load"][0], guided.senses[0]["knee"][0], guided.senses[0]["hip"][0] = 0.9, 1.0, 0.35
    phases = []
    for _ in range(3):
        run_clocks(guided, 0.01)
        phases.append(guided.phase.copy())
        assert guided.contact[0] == SCUFF and guided.since[0] > 0.8
    # Both clocks go on, as they would have in the air.
    step = 0.01 / guided.clock[0, 0]
    np.testing.assert_allclose(np.diff(phases, axis=0), step, atol=1e-12)
    # It is lifted, and no gain or load reflex of stance answers.
    guided.gains[0, :, 0], guided.force[0] = 10.0, 10.0
    guided.senses[0]["force"][0] = 1.0
    guided.phase[0] = 0.75
    excite_leg(guided, 0, 0.0, Sideways(0.0, 0.0, 0.0, 0.0, 0.0), lifted := np.zeros(N_MUSCLES))
    added = dict(zip(MUSCLE_NAMES, lifted - free, strict=True))
    assert {name for name, value in added.items() if value != 0.0} == {"HFL", "BFSH", "TA"}
    np.testing.assert_allclose([added[name] for name in ("HFL", "BFSH", "TA")], 0.3, atol=1e-12)


def test_a_scuff_that_lasts_is_a_heel_strike_once_the_leg_points_forward():
    guided = stumbler()
    guided.clock[0, 1:] = 0.5, 0.0
    guided.senses[0]["load"][0], guided.senses[0]["knee"][0], guided.senses[0]["hip"][0] = 0.9, 1.0, 0.35
    run_clocks(guided, 0.01)
    assert guided.contact[0] == SCUFF
    guided.senses[0]["knee"][0] = 0.1
    before = guided.phase[0]
    run_clocks(guided, 0.01)
    assert guided.contact[0] == GROUND and guided.since[0] == 0.0
    assert guided.phase[0] == pytest.approx(0.5 * (before + 0.01 + 1.0), abs=0.01)
    # A foot that bounces soon after a heel strike neither scuffs nor strikes.
    guided.senses[0]["load"][0] = 0.0
    run_clocks(guided, 0.01)
    guided.senses[0]["load"][0] = 0.9
    run_clocks(guided, 0.01)
    assert guided.contact[0] == GROUND and 0.0 < guided.since[0] < 0.1


def test_before_there_was_a_stumble_response_the_same_contact_was_a_heel_strike():
    guided = stumbler()
    guided.stumbles[0] = 0.0
    guided.senses[0]["load"][0], guided.senses[0]["knee"][0] = 0.9, 1.0
    run_clocks(guided, 0.01)
    assert guided.since[0] == 0.0 and guided.contact[0] == GROUND
    assert compose_run(["exp=human_level"]).config.control.swing_contact == "stumble"
    assert ControlConfig(controller="guided").swing_contact == "strike"


def excite(change, musculature=22, senses=()):
    """Return the excitation of both legs at the start of a walk with one parameter changed, and without."""
    simulator = make_simulator(musculature=musculature)
    outs = []
    for values in ({}, change):
        vector = simulator.table.initial.copy()
        for i, p in enumerate(simulator.table.parameters):
            if p.group == "control":
                # Nothing but the activity, at half of people's.
                value = 0.5 if p.name.startswith("activity") else 1.0 if p.name == "clock_period" else 0.0
                vector[i] = (values.get(p.name, value) - p.offset) / p.scale
        simulator.simulate(vector)
        worker = simulator.first_worker
        simulator._reset(worker, simulator.table.decode(vector), vector)
        # The left leg stands.
        worker.signals.legs[:, LOAD] = 0.0, 1.0
        for place, value in senses:
            place(worker.signals)[...] = value
        worker.signals.noisy_legs[:] = worker.signals.legs
        worker.signals.noisy_body[:] = worker.signals.body
        simulator.human.update(
            worker.human, worker.buffers, simulator._ids, simulator._constants, worker.signals, worker.command
        )
        outs.append(worker.command.excitation.copy())
    return outs


def test_activity_alone_is_that_of_people_at_the_phase():
    plain, _ = excite({})
    pattern = make_pattern(1.25)
    for leg, phase in ((1, STANCE_PHASE), (0, SWING_PHASE)):
        for m in (SOL, VAS, GLU):
            ahead = phase + 0.01 / stride_time(1.25)
            assert plain[leg, m] == pytest.approx(PRE_STIMULATION + 0.5 * sample(pattern.drive[m], ahead))


def test_stretch_reflexes_answer_the_deviation_of_their_joint_by_stance_and_swing():
    plain, shifted = excite({"VAS_knee_stance_PG": 2.0, "knee_shift": -0.1})
    # The left leg stands, and its knee is more bent than its target: the vasti resist, of that leg alone.
    assert shifted[1, VAS] > plain[1, VAS]
    assert shifted[0, VAS] == plain[0, VAS]
    _, swing = excite({"VAS_knee_swing_PG": 2.0, "knee_shift": -0.1})
    assert swing[0, VAS] > plain[0, VAS]


def test_a_forward_lean_excites_the_extensors_of_the_loaded_leg():
    lean = ((lambda s: s.body[:1], 0.2),)
    plain, leant = excite({"theta_PG": 2.0}, senses=lean)
    assert leant[1, GLU] == pytest.approx(plain[1, GLU] + 0.4)
    assert leant[0, GLU] == plain[0, GLU]


def test_a_walk_that_is_too_slow_pushes_off_more():
    plain, pushed = excite({"push_v": 2.0}, senses=((lambda s: s.body[6:7], 1.0),))
    for leg, m in ((1, SOL), (1, GAS)):
        assert pushed[leg, m] == pytest.approx((PRE_STIMULATION + 0.5 * sample_at(leg, m)) * 1.5)
        assert pushed[leg, m] >= plain[leg, m]


def sample_at(leg, m):
    phase = STANCE_PHASE if leg == 1 else SWING_PHASE
    return sample(make_pattern(1.25).drive[m], phase + 0.01 / stride_time(1.25))


def test_in_3d_roll_away_from_the_loaded_leg_excites_its_abductors():
    # The left leg stands; the trunk leans to the right.
    right = ((lambda s: s.body[2:3], 0.1),)
    plain, rolled = excite({"roll_PG": 2.0}, musculature=26, senses=right)
    assert rolled[1, HAB] == pytest.approx(plain[1, HAB] + 0.2)
    assert rolled[1, HAD] <= plain[1, HAD]
    assert rolled[0, HAB] == plain[0, HAB]


def test_in_3d_the_foot_is_placed_to_where_the_pelvis_goes():
    # The right leg is in the air; the pelvis moves, or is, further to the right of the left foot.
    reflex = {"HAB_adduction_swing_PG": 2.0}
    for gain, sense in (("side_v", lambda s: s.body[7:8]), ("side_d", lambda s: s.body[5:6])):
        change = {**reflex, gain: 0.5, "adduction_swing_shift": -0.1}
        _, still = excite(change, musculature=26, senses=((sense, 0.1),))
        _, moved = excite(change, musculature=26, senses=((sense, 0.2),))
        assert moved[0, HAB] == pytest.approx(still[0, HAB] + 2.0 * 0.5 * 0.1)
        assert moved[1, HAB] == still[1, HAB]


def test_in_3d_a_turned_body_is_turned_back_by_the_gluteus_and_the_push_off_of_the_loaded_leg():
    # The left leg stands; the body is turned to the left.
    left = ((lambda s: s.yaw, 0.1),)
    plain, turned = excite({"yaw_PG": 2.0, "turn_push": 1.0}, musculature=26, senses=left)
    assert turned[1, GLU] == pytest.approx(plain[1, GLU] + 0.2)
    assert turned[1, SOL] == pytest.approx(1.2 * plain[1, SOL])
    assert turned[0, GLU] == plain[0, GLU]
    _, other = excite({"yaw_PG": 2.0}, musculature=26, senses=((lambda s: s.yaw, -0.1),))
    assert other[1, GLU] < plain[1, GLU]


def test_in_3d_what_abductors_extend_is_taken_from_the_extensors():
    plain, given = excite({"HAB_HFL": 0.5, "HAB_GLU": 0.2}, musculature=26)
    assert plain[1, HAB] > 0.05
    assert given[1, HFL] == pytest.approx(plain[1, HFL] + 0.5 * plain[1, HAB])
    assert given[1, GLU] == pytest.approx(plain[1, GLU] - 0.2 * plain[1, HAB])


@pytest.mark.parametrize("leg", [0, 1])
def test_the_gluteus_of_a_standing_leg_turns_the_body_away_from_its_side(leg):
    simulator = make_simulator(musculature=26, init_pose="walk_right" if leg == 0 else "walk_left")
    walker, worker = simulator.walker, simulator.first_worker
    data, vector = worker.data, simulator.table.initial
    turn = int(walker.model.joint("pelvis_rotation").dofadr[0])
    rates = []
    for force in (0.0, -1000.0):
        assert simulator._reset(worker, simulator.table.decode(vector), vector) == ""
        mujoco.mj_forward(walker.model, data)
        arm = np.zeros((walker.model.nu, walker.model.nv))
        mujoco.mju_sparse2dense(arm, data.actuator_moment, data.moment_rownnz, data.moment_rowadr, data.moment_colind)
        data.qfrc_applied[:] = force * arm[walker.layout.muscle[leg, GLU]]
        for _ in range(10):
            mujoco.mj_step(walker.model, data)
        rates.append(data.qvel[turn])
    # Counted to the left.
    assert (rates[1] - rates[0]) * (1.0 if leg == 0 else -1.0) > 0.01


@pytest.mark.parametrize(("init_pose", "stance", "swing"), [("walk_left", "l", "r"), ("walk_right", "r", "l")])
def test_a_walk_begins_with_the_posture_and_the_rates_of_the_pattern(init_pose, stance, swing):
    simulator = make_simulator(init_pose=init_pose)
    table, layout = simulator.table, simulator.walker.layout
    values = dict(zip(table.names, table.decode(table.initial), strict=True))
    pattern = make_pattern(1.25)
    assert values["vel_pelvis_tx"] == pytest.approx(1.25)
    worker = simulator.first_worker
    assert simulator._reset(worker, table.decode(table.initial), table.initial) == ""
    for side, phase in ((stance, STANCE_PHASE), (swing, SWING_PHASE)):
        leg = "rl".index(side)
        for j, (joint, sign) in enumerate((("hip_flexion", 1.0), ("knee_angle", -1.0), ("ankle_angle", 1.0))):
            assert sign * values[f"{joint}_{side}"] == pytest.approx(sample(pattern.angle[j], phase))
            rate = sample(pattern.rate[j], phase) / stride_time(1.25)
            place = layout.sign_leg[leg, j] * worker.data.qvel[layout.qvel_leg[leg, j]]
            assert sign * place == pytest.approx(rate)
        assert worker.human.phase[leg] == phase


def test_all_start_values_lie_within_their_bounds_and_steps_of_gains_are_relative():
    for dimensions, count in ((2, 95), (3, 121)):
        rows = guided_entries(dimensions).rows
        assert len(rows) == count
        for row in rows:
            assert row.initial == 1.0
            assert row.lower <= 1.0 <= row.upper, row.name
            if row.name.endswith(("PG", "DG", "FG")) or row.name.startswith("activity"):
                assert row.offset == 0.0 and row.scale > 0.0 and row.lower == 0.0, row.name
    assert 4 * (len(PAIRS) + len(SIDE_PAIRS)) == sum(row.name.endswith(("_stance_PG", "_swing_PG")) for row in rows) * 2


@pytest.mark.parametrize("musculature", [22, 26, 80])
def test_the_compiled_loop_equals_the_plain_one_bit_for_bit(musculature):
    simulator = make_simulator(musculature=musculature)
    vector = simulator.table.initial
    compiled = simulator.simulate(vector).flat.copy()
    np.testing.assert_array_equal(compiled, simulator.simulate_slowly(vector).flat)
    assert len(compiled) == 60
    moved = vector.copy()
    moved[simulator.table.group_slice("control")] += 0.2
    other = simulator.simulate(moved).flat
    assert len(other) != len(compiled) or not np.array_equal(other, compiled)


def test_the_speed_is_that_of_the_cost_unless_one_is_named():
    config = compose_run(["exp=baseline", "control=guided", "cost.tgt_vel=1.1"]).config
    assert config.control.speed is None
    assert control_of(config).speed == 1.1
    assert config.control.speed is None
    named = compose_run(["exp=baseline", "control=guided", "cost.tgt_vel=1.1", "control.speed=1.3"]).config
    assert control_of(named).speed == 1.3
    start = dict(guided_entries(2, 0.8).start)
    assert start["vel_pelvis_tx"] == 0.8
    assert start["hip_flexion_stance"] < dict(guided_entries(2, 1.6).start)["hip_flexion_stance"]


def test_every_condition_of_a_list_of_speeds_has_its_own_pattern():
    words = ["exp=baseline", "control=guided", "optimizer=multispeed", "optimizer.optim_params=[0.9,1.3]",
             "optimizer.multi_strategy=shared", "env.sim_time=0.3"]  # fmt: skip
    config = compose_run(words).config
    problem = MultiProblem(config, 1)
    speeds = sorted(item.simulator.human.make(0.01).speed[0] for item in problem._problems.values())
    assert speeds == [0.9, 1.3]
    assert np.isfinite(problem.evaluate(problem.table.initial, 0, 0).total)
    fixed = compose_run([*words, "control.speed=1.2"]).config
    assert len(MultiProblem(fixed, 1)._problems) == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["control=guided", "cost.tgt_vel=3.0"], "nobody was measured at 3 m/s"),
        (["control=guided", "control.speed=0.2"], "nobody was measured at 0.2 m/s"),
        (["control=guided", "optimizer=multispeed", "optimizer.optim_params=[1.0,2.5]"], "at 2.5 m/s"),
        (["control.speed=1.2"], "control.controller=reflex"),
        (["control.swing_contact=stumble"], "control.controller=reflex"),
        (["control.cadence=speed"], "control.controller=reflex"),
        (["control.late_foot=awaited"], "control.controller=reflex"),
    ],
)
def test_a_speed_that_fits_nothing_is_refused_before_the_start(words, part):
    with pytest.raises(ConfigError, match=r"control\.(speed|swing_contact|cadence|late_foot)=") as error:
        check(compose_run(["exp=baseline", *words]).config)
    assert part in str(error.value)


@pytest.mark.long
@pytest.mark.parametrize("init_pose", ["walk_left", "walk_right"])
def test_the_start_values_walk(init_pose):
    simulator = make_simulator(duration=20.0, init_pose=init_pose)
    log = simulator.simulate(simulator.table.initial)
    assert log.outcome is Outcome.SURVIVED, log.reason
    # At about the speed that it is to walk at.
    assert abs(log.pelvis_pos_w[-1, 0] - log.pelvis_pos_w[0, 0]) / 20.0 == pytest.approx(1.25, abs=0.15)


def paced(speed_now):
    """Return guided reflexes with paced clocks after 0.1 s of walking at a speed."""
    guided = GuidedController(2, 1.25, paced=True).make(0.01)
    guided.senses[0]["speed"] = speed_now
    for _ in range(10):
        run_clocks(guided, 0.01)
    return guided


def test_clocks_that_follow_the_speed_run_as_peoples_cadence_does():
    at_target = GuidedController(2, 1.25).make(0.01)
    at_target.senses[0]["speed"] = 1.45
    for _ in range(10):
        run_clocks(at_target, 0.01)
    same, fast, slow, wild = (paced(speed) for speed in (1.25, 1.45, 1.05, 9.0))
    np.testing.assert_array_equal(same.phase, at_target.phase)
    # People's strides at both speeds, to the first order.
    for guided, speed in ((fast, 1.45), (slow, 1.05)):
        expected = stride_time(1.25) / stride_time(speed)
        np.testing.assert_allclose(guided.phase / same.phase, expected, rtol=0.03)
        assert guided.pace[1] == pytest.approx(expected, rel=0.03)
    np.testing.assert_allclose(wild.phase / same.phase, 1.5)
    # What a joint is compared with moves as fast as the clock.
    rates = []
    for guided in (same, fast):
        guided.gains[:] = 0.0
        guided.gains[0, :, :, 1] = 1.0
        guided.activity[:] = 0.0
        guided.phase[:] = 0.3
        out = np.zeros(N_MUSCLES)
        excite_leg(guided, 0, 0.0, Sideways(0.0, 0.0, 0.0, 0.0, 0.0), out)
        rates.append(out.copy())
    above = [out - PRE_STIMULATION for out in rates]
    raised = (above[0] > 0.01) & (rates[1] < 1.0)
    assert raised.any()
    np.testing.assert_allclose(above[1][raised] / above[0][raised], fast.pace[1], rtol=1e-9)


def test_the_slope_of_cadence_ends_where_nobody_was_measured():
    for speed in (0.5, 1.25, 2.05):
        assert 0.2 < cadence_slope(speed) < 1.2
    with pytest.raises(HumanSpeedError):
        cadence_slope(3.0)


def test_the_key_gives_delayed_clocks_the_slope_of_people():
    config = compose_run(
        ["exp=human_level", "control.cadence=speed", "control.delayed=true", "env.timestep=0.001"]
    ).config
    assert controller(control_of(config), 2).make(0.001).guided.pace[0] == cadence_slope(1.25)
    assert ControlConfig(controller="guided").cadence == "target"
