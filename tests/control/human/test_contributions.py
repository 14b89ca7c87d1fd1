"""What the excitation is made of: the logged parts sum to what the muscles get, and logging them changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.control import STRIKE, STUMBLE
from myoassist.config.schema.run import OptimizerConfig
from myoassist.config.sources.shipped import find_controller
from myoassist.control.human.contributions import Contribution
from myoassist.control.signals import MUSCLE_NAMES, PRE_STIMULATION
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.store.search_state import cost_fingerprint
from myoassist.rollout.simulator import make_simulator
from myoassist.runs.stored_config import load_shipped_config

# The longest way from the spinal cord to a muscle, s.
LONGEST_WAY = 0.010


def walk_twice(name, delayed=False, swing_contact=STRIKE):
    """Return the walker and the logs of a shipped walk without and with its inside."""
    config = load_shipped_config(name)
    config.env = replace(config.env, sim_time=2.0)
    config.control = replace(config.control, delayed=delayed, swing_contact=swing_contact)
    config.optimizer = OptimizerConfig(param_path=str(find_controller(name)))
    walker = build_walker(config.model, config.env, exo=config.exo)
    logs = []
    for inner in (False, True):
        simulator = make_simulator(config, walker, inner=inner)
        logs.append(simulator.simulate(load_start(config, simulator.table, clamp=False)))
    return walker, *logs


def sum_parts(log):
    """Return the sum of all contributions to each muscle group that has any, each of shape (T, 2)."""
    sums = {}
    for channel in log.layout.channels:
        if isinstance(channel, Contribution):
            sums[channel.muscle] = sums.get(channel.muscle, 0.0) + getattr(log, channel.name)
    return sums


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "delayed", "swing_contact", "muscles"),
    [
        ("human_125", False, STRIKE, 11),
        ("human_125", False, STUMBLE, 11),
        ("human_125", True, STUMBLE, 11),
        ("walk_22", False, STRIKE, 11),
        ("walk_26", False, STRIKE, 13),
    ],
)
def test_the_parts_sum_to_what_the_muscles_get_and_the_walk_stays_the_same(name, delayed, swing_contact, muscles):
    walker, plain, inner = walk_twice(name, delayed, swing_contact)
    # With delays that it was not made with it falls after 0.4 s.
    assert len(inner.flat) > 0.3 / inner.dt
    columns = inner.layout.human_column
    np.testing.assert_array_equal(inner.flat[:, :columns], plain.flat[:, :columns])
    assert len(plain.layout.channels) < len(inner.layout.channels)
    begin = round(LONGEST_WAY / inner.dt) if delayed else 0
    sums = sum_parts(inner)
    assert len(sums) == muscles
    for muscle, values in sums.items():
        for leg in range(2):
            actuators = walker.layout.muscle_group[leg, MUSCLE_NAMES.index(muscle)]
            for actuator in actuators[actuators >= 0]:
                given = inner.excitation[begin:, list(walker.layout.all_muscles).index(actuator)]
                wanted = np.clip(values[begin:, leg], PRE_STIMULATION, 1.0)
                np.testing.assert_allclose(given, wanted, rtol=0.0, atol=1e-9)
    # Not all of it is in one part.
    active = {channel.source for channel in inner.layout.channels if isinstance(channel, Contribution)}
    busy = {s for s in active if any(np.ptp(getattr(inner, c.name)) for c in inner.layout.channels if of(c, s))}
    assert len(busy) >= 6


def of(channel, source):
    return isinstance(channel, Contribution) and channel.source == source


def test_phases_and_commands_of_the_reflexes_are_those_of_the_bits():
    _, _, log = walk_twice("walk_22")
    bits = log.phase_bits.astype(int)
    np.testing.assert_array_equal(log.phase_st, bits & 1)
    np.testing.assert_array_equal(log.phase_sw, bits >> 4 & 1)
    # A stance module works in stance alone, and a target is an angle of a leg.
    assert log.excitation_SOL_from_M1[log.phase_st == 0.0].max() == 0.0 < log.excitation_SOL_from_M1.max()
    assert 0.5 < np.median(log.leg_angle_target) < 2.5
    assert set(np.unique(log.swing_command)) == {0.0, 1.0}


def test_a_search_never_logs_them_and_the_cost_stays_comparable():
    plain, asked = (compose_run(["exp=tutorial", *more]).config for more in ([], ["control.log_modules=true"]))
    assert cost_fingerprint(plain) == cost_fingerprint(asked)
    walker = build_walker(asked.model, asked.env, exo=asked.exo)
    # As the search makes it.
    assert not any(isinstance(item, Contribution) for item in make_simulator(asked, walker).log_layout.channels)


def test_a_controller_without_modules_is_refused():
    with pytest.raises(ConfigError, match=r"control\.log_modules=true with control\.controller=cpg"):
        check(compose_run(["exp=tutorial", "control=cpg", "control.log_modules=true"]).config)
