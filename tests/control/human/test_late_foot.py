"""A foot that is late to land: the clock of the leg that stands waits too, the late leg reaches, a scuff is lifted."""

from dataclasses import replace

import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.control import ALONE, AWAITED, ControlConfig
from myoassist.config.schema.resolved import control_of
from myoassist.config.schema.run import OptimizerConfig
from myoassist.config.sources.shipped import find_controller
from myoassist.control.human.contributions import Contribution
from myoassist.control.human.guided.clocks import HOLD, WAIT, run_clocks
from myoassist.control.human.guided.part import GuidedController, controller
from myoassist.control.human.guided.reflexes import excite_leg
from myoassist.control.human.guided.state import AIR, GROUND, SCUFF, Sideways
from myoassist.control.signals import MUSCLE_NAMES, N_MUSCLES
from myoassist.model.build import build_walker
from myoassist.model.ground.footholds import draw_profile
from myoassist.optimize.start.vector import load_start
from myoassist.rollout.disturbance import draw_disturbance
from myoassist.rollout.log import Outcome
from myoassist.rollout.simulator import make_simulator
from myoassist.rollout.uneven import UnevenWalks
from myoassist.runs.stored_config import load_shipped_config

NOTHING_SIDEWAYS = Sideways(0.0, 0.0, 0.0, 0.0, 0.0)


def late(awaits=True, phase=0.53, load=(0.0, 1.0)):
    """Return guided reflexes whose right foot is late, in the air, while the left leg stands."""
    guided = GuidedController(2, 1.25, stumbles=True, awaits=awaits).make(0.01)
    guided.phase[:], guided.since[:] = (WAIT, phase), (1.1, 0.55)
    guided.senses[0]["load"] = load
    guided.contact[:] = AIR, GROUND
    return guided


def run(guided, steps=15):
    """Run the clocks and return the phase of the left leg after each step."""
    phases = []
    for _ in range(steps):
        run_clocks(guided, 0.01)
        phases.append(guided.phase[1])
    return np.array(phases)


def test_the_clock_of_the_leg_that_stands_waits_for_a_late_foot():
    waiting, alone = late(), late(awaits=False)
    np.testing.assert_allclose(run(waiting), 0.53, atol=1e-12)
    assert waiting.phase[0] == WAIT
    # As in runs before the key.
    np.testing.assert_allclose(np.diff(run(alone)), 0.01 / alone.clock[1, 0], atol=1e-12)
    assert alone.phase[0] == WAIT


def test_a_clock_that_is_early_goes_on_to_where_it_waits_and_one_in_swing_goes_on():
    early = late(phase=HOLD - 0.05)
    phases = run(early)
    assert phases[0] == pytest.approx(HOLD - 0.05 + 0.01 / early.clock[1, 0])
    assert phases.max() <= HOLD + 0.01 / early.clock[1, 0] and np.ptp(phases[-5:]) < 1e-12
    assert run(late(phase=0.76))[-1] > 0.8


def test_it_goes_on_as_soon_as_the_foot_bears_or_its_own_leg_is_unloaded():
    guided = late()
    guided.clock[:, 1:] = 0.0
    held = run(guided, 3)[-1]
    guided.senses[0]["load"], guided.senses[0]["hip"][0] = (0.5, 1.0), 0.5
    assert run(guided, 3)[-1] == pytest.approx(held + 3 * 0.01 / guided.clock[1, 0])
    assert guided.contact[0] == GROUND
    # Who stands on nothing does not wait.
    flying = late(load=(0.0, 0.0))
    assert run(flying, 3)[-1] == pytest.approx(0.53 + 3 * 0.01 / flying.clock[1, 0])


def test_nobody_waits_on_one_leg_for_good():
    guided = late()
    phases = run(guided, 60)
    assert phases[15] == pytest.approx(0.53) and phases[-1] > 0.75


def test_it_does_not_wait_for_a_foot_that_has_just_left_the_ground():
    guided = late()
    guided.phase[0], guided.since[0] = 0.3, 0.3
    assert run(guided, 3)[-1] == pytest.approx(0.53 + 3 * 0.01 / guided.clock[1, 0])


def excite(guided, leg=0):
    excite_leg(guided, leg, 0.0, NOTHING_SIDEWAYS, out := np.zeros(N_MUSCLES))
    return out


def test_the_knee_of_the_late_leg_extends_and_nothing_else_changes():
    added = excite(late()) - excite(late(awaits=False))
    assert added[MUSCLE_NAMES.index("VAS")] == pytest.approx(0.12)
    assert np.count_nonzero(added) == 1
    # Not while it still swings or is hardly late, nor in the leg that stands.
    for phase, since in ((0.9, 1.1), (WAIT, 1.04)):
        guided, plain = late(), late(awaits=False)
        guided.phase[0], guided.since[0] = plain.phase[0], plain.since[0] = phase, since
        np.testing.assert_array_equal(excite(guided), excite(plain))
    np.testing.assert_array_equal(excite(late(), 1), excite(late(awaits=False), 1))


def test_a_scuffing_foot_is_lifted_with_all_its_flexors_have():
    hard, soft = late(), late(awaits=False)
    for guided in (hard, soft):
        guided.phase[0] = 0.75
        guided.contact[0] = SCUFF
    lifted = dict(zip(MUSCLE_NAMES, excite(hard), strict=True))
    assert [lifted[name] for name in ("HFL", "BFSH", "TA")] == [1.0, 1.0, 1.0]
    assert excite(soft)[MUSCLE_NAMES.index("BFSH")] < 0.9


def test_the_calf_of_the_standing_leg_lifts_the_body_while_the_other_foot_scuffs():
    guided, plain = late(), late(awaits=False)
    for item in (guided, plain):
        item.contact[0] = SCUFF
    added = dict(zip(MUSCLE_NAMES, excite(guided, 1) - excite(plain, 1), strict=True))
    assert {name for name, value in added.items() if value != 0.0} == {"SOL", "GAS"}
    np.testing.assert_allclose([added["SOL"], added["GAS"]], 0.2, atol=1e-12)
    # Two feet that scuff: nobody stands.
    guided.contact[1] = plain.contact[1] = SCUFF
    assert excite(guided, 1)[MUSCLE_NAMES.index("SOL")] == excite(plain, 1)[MUSCLE_NAMES.index("SOL")]


def shipped(late_foot, time):
    """Return the configuration of a shipped walk of a length, s, its late feet awaited or not."""
    config = load_shipped_config("human_near_robust")
    config.env = replace(config.env, sim_time=time)
    config.control = replace(config.control, late_foot=late_foot)
    config.optimizer = OptimizerConfig(param_path=str(find_controller("human_near_robust")))
    return config


def stand_grounds(late_foot, count=12):
    """Return how many grounds of 2 cm, that no trial and no search has, a shipped walk stands for 20 s."""
    config = shipped(late_foot, 20.0)
    walks = UnevenWalks(config, 1)
    vector = load_start(config, walks.simulators[0].table)
    lasting = 0
    for number in range(count):
        profile = draw_profile(0.02, 0.0, np.random.default_rng([20261202, number]))
        lasting += walks.simulate(vector, profile, 0).outcome is Outcome.SURVIVED
    return lasting


def test_who_waits_for_late_feet_stands_uneven_ground():
    assert stand_grounds(AWAITED) >= stand_grounds(ALONE) + 4


def test_what_reaches_is_logged_and_logging_changes_nothing():
    config = shipped(AWAITED, 4.0)
    walker = build_walker(config.model, config.env, exo=config.exo)
    logs = []
    for inner in (False, True):
        simulator = make_simulator(config, walker, inner=inner)
        calm = draw_disturbance(config.env.perturbation, simulator.step_limit, simulator.dt, 0)
        # A push backward delays the next foot.
        push = np.where(abs(np.arange(simulator.step_limit) * simulator.dt - 1.5) < 0.05, -300.0, 0.0)
        vector = load_start(config, simulator.table, clamp=False)
        logs.append(simulator.simulate(vector, disturbance=calm._replace(push=push)))
    plain, inner = logs
    columns = inner.layout.human_column
    np.testing.assert_array_equal(inner.flat[:, :columns], plain.flat[:, :columns])
    parts = [channel for channel in inner.layout.channels if isinstance(channel, Contribution)]
    reach = [channel for channel in parts if channel.source == "reach"]
    assert {channel.muscle for channel in parts if channel.source == "support"} == {"SOL", "GAS"}
    assert [channel.muscle for channel in reach] == ["VAS"]
    values = getattr(inner, reach[0].name)
    assert set(np.round(np.unique(values), 12)) == {0.0, 0.12}
    # The clocks wait there.
    assert (inner.clock_phase[values > 0.0] == WAIT).all()
    for muscle in ("VAS", "HFL"):
        total = sum(getattr(inner, channel.name) for channel in parts if channel.muscle == muscle)
        for leg in range(2):
            for actuator in walker.layout.muscle_group[leg, MUSCLE_NAMES.index(muscle)]:
                if actuator >= 0:
                    given = inner.excitation[:, list(walker.layout.all_muscles).index(actuator)]
                    np.testing.assert_allclose(given, np.clip(total[:, leg], 0.01, 1.0), rtol=0.0, atol=1e-9)


def test_older_runs_know_no_awaiting_and_delayed_reflexes_have_it():
    assert ControlConfig(controller="guided").late_foot == ALONE
    words = ["exp=human_level", f"control.late_foot={AWAITED}", "control.delayed=true", "env.timestep=0.001"]
    made = controller(control_of(compose_run(words).config), 2).make(0.001)
    assert made.guided.awaits[0] == 1.0
