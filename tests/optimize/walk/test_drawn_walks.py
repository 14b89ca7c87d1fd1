"""Candidates over several walks: the same disturbances for all of a generation, whatever the number of workers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from myoassist.check.cost import check_draws
from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.draws import DrawNoiseConfig
from myoassist.config.schema.run import CostConfig, EnvConfig, ModelConfig, RunConfig
from myoassist.cost.graded import WORST_FALL
from myoassist.files.errors import ConfigError
from myoassist.optimize.loop.workers import Workers, candidate_seed, evaluation_seed
from myoassist.optimize.seed_streams import GENERATION, VALIDATION, stream_seed
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.optimize.walk.draws import DrawnWalks
from myoassist.optimize.walk.hopeless import plan_doubt
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.disturbance import PUSH_TIME, draw_pushes
from myoassist.rollout.log import Outcome
from myoassist.rollout.run_loop import Doubt
from tests.walkers import WALKING_VECTOR, make_simulator

CONTROLLER = Path(__file__).parents[3] / "models" / "controllers" / "walk_22"
QUIET = DrawNoiseConfig(0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0)
COST = CostConfig(target="human_gait", num_strides=8, l1_weight=0.0, draws=3)


def config(noise=None, **fields):
    return RunConfig(env=EnvConfig(sim_time=3.0), cost=replace(COST, draw_noise=noise or DrawNoiseConfig(), **fields))


@pytest.fixture(scope="module")
def simulator():
    return make_simulator(workers=2, sim_time=3.0)


def test_the_same_seed_disturbs_alike_and_another_one_differently(simulator):
    walks = DrawnWalks(config(replace(DrawNoiseConfig(), ground=0.0, push_interval=1.0)), simulator)
    first, again, other = walks._draw_all(5), walks._draw_all(5), walks._draw_all(6)
    assert len(first) == 2
    for a, b, c in zip(first, again, other, strict=True):
        for x, y, z in ((a.start, b.start, c.start), (a.factors, b.factors, c.factors)):
            np.testing.assert_array_equal(x, y)
            assert not np.array_equal(x, z)
        np.testing.assert_array_equal(a.disturbance.push, b.disturbance.push)
        np.testing.assert_array_equal(a.disturbance.noise, b.disturbance.noise)
    assert not np.array_equal(first[0].factors, first[1].factors)


def test_leaving_one_disturbance_out_does_not_change_the_others(simulator):
    noise = replace(DrawNoiseConfig(), ground=0.0)
    full = DrawnWalks(config(noise), simulator)._draw_all(5)[0]
    less = DrawnWalks(config(replace(noise, parameter_sd=0.0)), simulator)._draw_all(5)[0]
    assert (less.factors == 1.0).all() and not (full.factors == 1.0).all()
    np.testing.assert_array_equal(full.start, less.start)
    np.testing.assert_array_equal(full.disturbance.noise, less.disturbance.noise)


def test_disturbances_in_turn_are_those_of_together_one_at_a_time(simulator):
    noise = replace(DrawNoiseConfig(footholds=0.01), ground=0.0, push_interval=1.0, in_turn=True)
    walks = DrawnWalks(config(noise, draws=8), simulator)
    alone = walks._draw_all(5)
    full = DrawnWalks(config(replace(noise, in_turn=False), draws=8), simulator)._draw_all(5)
    seen = [
        tuple(
            bool(np.any(part))
            for part in (
                draw.start,
                draw.disturbance.push,
                draw.disturbance.noise,
                draw.factors != 1.0,
                draw.profile is not None,
            )
        )
        for draw in alone
    ]
    assert seen == [tuple(kind == number % 5 for kind in range(5)) for number in range(7)]
    np.testing.assert_array_equal(alone[0].start, full[0].start)
    np.testing.assert_array_equal(alone[1].disturbance.push, full[1].disturbance.push)
    np.testing.assert_array_equal(alone[3].factors, full[3].factors)
    np.testing.assert_array_equal(alone[4].profile.height, full[4].profile.height)
    # Without noise of the sensors and starts.
    fewer = replace(noise, sensor_noise=0.0, start_angle_sd=0.0, start_speed_sd=0.0)
    pushed, changed, uneven, again = DrawnWalks(config(fewer, draws=5), simulator)._draw_all(5)
    assert pushed.disturbance.push.any() and (changed.factors != 1.0).any() and uneven.profile is not None
    assert again.disturbance.push.any() and again.profile is None


def test_noise_is_of_the_stated_size_and_place(simulator):
    table = simulator.table
    noise = replace(QUIET, parameter_sd=0.02, start_angle_sd=2.0)
    draws = DrawnWalks(config(noise, draws=64), simulator)._draw_all(1)
    factors = np.array([draw.factors for draw in draws])
    human, pose = table.group_slice(simulator.human.group), table.group_slice("pose")
    assert factors[:, human].std() == pytest.approx(0.02, rel=0.1)
    others = np.ones(len(table), dtype=bool)
    others[human] = False
    assert (factors[:, others] == 1.0).all()
    start = np.array([draw.start for draw in draws])
    assert (start[:, human] == 0.0).all() and (start[:, pose] != 0.0).any()


def test_pushes_last_a_tenth_of_a_second_and_keep_their_distance():
    push = draw_pushes(10.0, 2.0, 6000, 0.01, np.random.default_rng(3))
    starts = np.flatnonzero((push != 0.0) & (np.roll(push, 1) == 0.0))
    assert len(starts) > 15
    assert np.diff(starts).min() >= 200 and starts[0] >= 200
    impulses = np.array([push[s : s + round(PUSH_TIME / 0.01)].sum() * 0.01 for s in starts])
    assert (np.abs(impulses) >= 5.0 - 1e-9).all() and (np.abs(impulses) <= 10.0 + 1e-9).all()
    assert (impulses > 0).any() and (impulses < 0).any()


def test_undisturbed_draws_are_the_undisturbed_walk(simulator):
    draw = DrawnWalks(config(QUIET), simulator)._draw_all(9)[0]
    plain = simulator.simulate(WALKING_VECTOR).flat.copy()
    drawn = simulator.simulate(WALKING_VECTOR * draw.factors + draw.start, 1, disturbance=draw.disturbance)
    np.testing.assert_array_equal(plain, drawn.flat)


def test_a_disturbed_walk_leaves_the_next_one_alone(simulator):
    plain = simulator.simulate(WALKING_VECTOR).flat.copy()
    noise = replace(DrawNoiseConfig(), ground=0.0, push_impulse=30.0, push_interval=1.0)
    draw = DrawnWalks(config(noise), simulator)._draw_all(9)[0]
    disturbed = simulator.simulate(WALKING_VECTOR, disturbance=draw.disturbance).flat.copy()
    assert disturbed.shape != plain.shape or not np.array_equal(disturbed, plain)
    np.testing.assert_array_equal(simulator.simulate(WALKING_VECTOR).flat, plain)


def test_looking_at_a_walk_changes_nothing_and_giving_up_ends_it(simulator):
    plain = simulator.simulate(WALKING_VECTOR).flat.copy()
    seen = []
    try:
        simulator.doubt = Doubt(120, lambda log: seen.append(log.n_steps) or "")
        np.testing.assert_array_equal(simulator.simulate(WALKING_VECTOR).flat, plain)
        np.testing.assert_array_equal(simulator.simulate_slowly(WALKING_VECTOR).flat, plain)
        assert seen == [120, 120]
        simulator.doubt = Doubt(120, lambda log: "given up: no reason")
        log = simulator.simulate(WALKING_VECTOR)
        assert (log.n_steps, log.outcome, log.reason) == (120, Outcome.FELL, "given up: no reason")
        np.testing.assert_array_equal(log.flat, plain[:120])
    finally:
        simulator.doubt = None


def test_who_walks_is_not_given_up_and_who_stands_is(simulator):
    log = simulator.simulate(WALKING_VECTOR)
    doubt = plan_doubt(CostConfig(hopeless_time=3.0), 1.25, log.dt)
    assert doubt.steps == 300
    assert doubt.explain(log) == ""
    standing = replace(log, flat=log.flat.copy())
    standing.pelvis_pos_w[:, 0] = 0.1
    assert "0.10 m" in doubt.explain(standing)
    stiff = replace(log, flat=log.flat.copy())
    stiff.ground_force_w[:, 0, 2] = 400.0
    assert "one foot" in doubt.explain(stiff)
    assert plan_doubt(CostConfig(), 1.25, 0.01) is None


def test_seeds_of_a_generation_are_common_and_no_others():
    common = {evaluation_seed(3, g, i, True) for g in range(1, 40) for i in range(16)}
    assert common == {stream_seed(3, GENERATION, g) for g in range(1, 40)} and len(common) == 39
    assert evaluation_seed(3, 2, 5, False) == candidate_seed(3, 2, 5)
    own = {candidate_seed(3, g, i) for g in range(1, 40) for i in range(16)}
    validation = {stream_seed(3, VALIDATION, g) for g in range(40)}
    assert not common & own and not common & validation and not own & validation


def test_rough_ground_disturbs_and_level_ground_is_kept_for_the_first_walk():
    run = RunConfig(
        env=EnvConfig(sim_time=12.0),
        cost=replace(COST, draws=2, draw_noise=replace(QUIET, ground=0.02)),
    )
    problem = WalkProblem(run, 1)
    assert len(problem.drawn.grounds) == 1
    rough = problem.drawn.grounds[0].walker.terrain
    assert rough.slope_deg == 0.0
    level = problem.simulator.simulate(problem.table.initial).flat.copy()
    other = problem.drawn.grounds[0].simulate(problem.table.initial)
    assert other.flat.shape != level.shape or not np.array_equal(other.flat, level)


@pytest.mark.parametrize(
    ("fields", "env", "message"),
    [
        ({"draws": 1, "risk": "worst"}, {}, "cost.risk=worst"),
        ({"hopeless_time": 20.0}, {}, "hopeless_time=20"),
        ({"draws": 3}, {"slope_deg": 5.0}, "draw_noise.ground=0.02 with slopes"),
        ({"draws": 3, "draw_noise": DrawNoiseConfig(footholds=0.01)}, {}, "ground=0.02 with cost.draw_noise.footholds"),
        (
            {"draws": 3, "draw_noise": replace(QUIET, footholds=0.01)},
            {"terrain": "random"},
            "footholds=0.01 with env.t",
        ),
        (
            {"draws": 3, "draw_noise": replace(QUIET, footholds=0.01)},
            {"slope_deg": 5.0, "slope_mode": "compat"},
            "footholds=0.01 with slopes",
        ),
    ],
)
def test_what_does_not_fit_is_refused(fields, env, message):
    with pytest.raises(ConfigError, match=message):
        check_draws(RunConfig(env=EnvConfig(**env), cost=replace(COST, **fields)))


def test_footholds_are_other_ones_in_every_draw_and_those_of_the_trials_in_kind():
    run = config(replace(QUIET, footholds=0.02), draws=4)
    check_draws(run)
    problem = WalkProblem(run, 1)
    level = problem.simulator.simulate(problem.table.initial).flat.copy()
    draws = problem.drawn._draw_all(3)
    for draw in draws:
        log = problem.drawn._walk(problem.table.initial, draw, 0)
        assert log.flat.shape != level.shape or not np.array_equal(log.flat, level)
        assert draw.profile.height[:2].tolist() == [0.0, 0.0] and 0.018 < np.abs(draw.profile.height).max() <= 0.02
    assert len({draw.profile.height.tobytes() for draw in draws}) == 3
    # A slope is followed, too.
    uphill = replace(run, env=EnvConfig(sim_time=3.0, slope_deg=5.0))
    check_draws(uphill)
    assert DrawnWalks(uphill, problem.simulator)._draw_all(3)[0].profile.slope == pytest.approx(np.tan(np.deg2rad(5.0)))


@pytest.mark.parametrize("footholds", [0.0, 0.01])
def test_costs_do_not_depend_on_the_number_of_workers(footholds):
    run = RunConfig(
        model=ModelConfig(device=None),
        env=EnvConfig(sim_time=12.0),
        cost=replace(
            COST,
            draw_noise=replace(DrawNoiseConfig(), ground=0.0, footholds=footholds),
            risk="cvar",
            hopeless_time=5.0,
        ),
    )
    generator = np.random.default_rng(0)
    walks = read_vector(find_vector_file(CONTROLLER)).vector
    vectors = [walks * (1.0 + sd * generator.standard_normal(len(walks))) for sd in (0.0, 1e-3, 0.3)]
    results = []
    for n in (1, 3):
        with Workers(WalkProblem(run, n), 4, common=True) as workers:
            results.append(workers.evaluate(vectors, 7))
    assert [r.parts for r in results[0]] == [r.parts for r in results[1]]
    first, _, last = results[0]
    assert first.stage == "3" and len(first.terms["Draw_Costs"]) == 3
    assert len(set(first.terms["Draw_Costs"].tolist())) == 3
    # Whoever falls without being disturbed is not simulated again.
    assert last.stage == "1a" and last.parts["draws_lost"] == pytest.approx(WORST_FALL * 2 / 3)


def test_rough_ground_is_walked_at_the_target_speed_too():
    noise = replace(QUIET, ground=0.01)
    slow, usual = (
        WalkProblem(
            RunConfig(
                model=ModelConfig(plant="human", sensing="contact", physics="fast"),
                control=ControlConfig(controller="guided"),
                env=EnvConfig(sim_time=1.0),
                cost=replace(COST, draw_noise=noise, draws=2, tgt_vel=speed),
            ),
            1,
        )
        for speed in (1.0, 1.25)
    )
    vector = np.ones(len(slow.table))
    logs = [problem.drawn.grounds[0].simulate(vector) for problem in (slow, usual)]
    same = [problem.simulator.simulate(vector) for problem in (slow, usual)]
    assert not np.array_equal(logs[0].excitation[0], logs[1].excitation[0])
    for log, flat in zip(logs, same, strict=True):
        # The other foot may touch what is not level.
        np.testing.assert_array_equal(log.excitation[0, :11], flat.excitation[0, :11])
