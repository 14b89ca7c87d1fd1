"""Neural delays of the guided reflexes: what they change, what no delay does, and where a walk begins."""

import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.control.human.guided import delayed as module
from myoassist.control.human.guided.clocks import sample
from myoassist.control.human.guided.parameters import STANCE_PHASE
from myoassist.control.human.guided.part import GuidedController
from myoassist.control.human.guided.pattern import make_pattern, stride_time
from myoassist.control.signals import B_THETA, GLU, LOAD, MUSCLE_NAMES, P_ANKLE, P_KNEE, PRE_STIMULATION, SOL, VAS
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from myoassist.rollout import simulator as simulator_module
from myoassist.rollout.simulator import Simulator


def make_simulator(duration=0.4, musculature=22, delayed=True):
    env = EnvConfig(sim_time=duration, timestep=0.001)
    model = ModelConfig(musculature=musculature, plant="human_3", physics="fast", sensing="contact")
    control = ControlConfig(controller="guided", delayed=delayed)
    return Simulator(build_walker(model, env), env, ExoConfig(), control=control)


@pytest.mark.long
@pytest.mark.parametrize("musculature", [22, 26])
def test_without_any_way_to_go_the_walk_is_that_without_delays(monkeypatch, musculature):
    with monkeypatch.context() as patch:
        patch.setattr(simulator_module, "choose_human", lambda _, dimensions, inner: GuidedController(dimensions, 1.25))
        simulator = make_simulator(musculature=musculature)
        vector = simulator.table.initial.copy()
        vector[simulator.table.group_slice("control")] += 0.1
        plain = simulator.simulate(vector).flat.copy()
    late = make_simulator(musculature=musculature).simulate(vector).flat.copy()
    monkeypatch.setattr(module, "DELAYS_MS", np.zeros_like(module.DELAYS_MS))
    none = make_simulator(musculature=musculature).simulate(vector).flat
    np.testing.assert_array_equal(none, plain)
    assert len(plain) > 200
    assert len(late) != len(plain) or not np.array_equal(late, plain)


@pytest.mark.parametrize("musculature", [22, 26])
def test_the_compiled_loop_equals_the_plain_one_bit_for_bit(musculature):
    simulator = make_simulator(musculature=musculature)
    vector = simulator.table.initial
    compiled = simulator.simulate(vector).flat.copy()
    np.testing.assert_array_equal(compiled, simulator.simulate_slowly(vector).flat)
    assert len(compiled) == 400
    # What an earlier walk has left in the buffers is gone.
    np.testing.assert_array_equal(compiled, simulator.simulate(vector).flat)


def standing(values):
    """Return a simulator at the start of a walk with these parameters, the others 0, and the left leg loaded."""
    simulator = make_simulator()
    vector = simulator.table.initial.copy()
    for i, p in enumerate(simulator.table.parameters):
        if p.group == "control":
            vector[i] = (values.get(p.name, 1.0 if p.name == "clock_period" else 0.0) - p.offset) / p.scale
    worker = simulator.first_worker
    assert simulator._reset(worker, simulator.table.decode(vector), vector) == ""
    return simulator, worker


def excite(simulator, worker, steps, change):
    """Return the excitation of a muscle over control steps from which on some signals are changed."""
    rows = []
    worker.signals.noisy_legs[:], worker.signals.noisy_body[:] = worker.signals.legs, worker.signals.body
    change(worker.signals)
    for _ in range(steps):
        arguments = worker.human, worker.buffers, simulator._ids, simulator._constants, worker.signals, worker.command
        simulator.human.update(*arguments)
        rows.append(worker.command.excitation.copy())
    return np.array(rows)


def test_every_buffer_begins_with_what_is_felt_at_the_start():
    simulator, worker = standing({})
    delays = worker.human.delays
    for slot, length in enumerate(delays.length):
        assert len(set(delays.values[slot, :length])) == 1
        assert length == module.DELAYS_MS[slot] + 1
    felt = worker.signals
    assert delays.values[module.PITCH, 0] == felt.body[B_THETA]
    for leg in range(2):
        base = module.N_BODY + leg * module.N_LEG
        assert delays.values[base + module.LOAD, 0] == felt.legs[leg, LOAD]
        assert delays.values[base + module.KNEE, 0] == np.pi - felt.legs[leg, P_KNEE]
        values = dict(zip(simulator.table.names, simulator.table.decode(simulator.table.initial), strict=True))
        start = delays.values[base + module.OUT + MUSCLE_NAMES.index("SOL"), 0]
        assert start == values["act_SOL_" + "rl"[leg]]


@pytest.mark.parametrize(
    ("parameter", "muscle", "signal", "late_ms"),
    [
        ("VAS_knee_swing_PG", VAS, P_KNEE, 5 + 5),
        ("SOL_ankle_swing_PG", SOL, P_ANKLE, 10 + 10),
    ],
)
def test_a_stretch_reflex_answers_after_the_way_there_and_back(parameter, muscle, signal, late_ms):
    rows = []
    for bend in (0.0, -0.3):
        simulator, worker = standing({parameter: 5.0})

        def change(signals, bend=bend):
            signals.noisy_legs[:, LOAD] = 0.0
            signals.noisy_legs[1, signal] += bend

        rows.append(excite(simulator, worker, 40, change)[:, 1, muscle])
    first = int(np.flatnonzero(rows[0] != rows[1])[0])
    assert first == late_ms
    assert rows[1][first] > rows[0][first]


def test_a_lean_is_answered_by_way_of_the_brain():
    rows = []
    for lean in (0.0, 0.2):
        simulator, worker = standing({"theta_PG": 2.0})

        def change(signals, lean=lean):
            signals.noisy_legs[:, LOAD] = 0.0, 1.0
            signals.noisy_body[B_THETA] += lean

        rows.append(excite(simulator, worker, 40, change)[:, 1, GLU])
    assert int(np.flatnonzero(rows[0] != rows[1])[0]) == 3 + 15 + 3


def test_a_heel_strike_reaches_the_clock_late():
    simulator, worker = standing({"clock_reset": 1.0})
    guided = worker.human.guided
    guided.phase[0], guided.since[0], guided.contact[0] = 0.95, 0.95, 0.0
    worker.human.delays.values[module.N_BODY + module.LOAD] = 0.0
    phases = []

    def land(signals):
        signals.noisy_legs[0, LOAD] = 1.0

    for _ in range(12):
        excite(simulator, worker, 1, land)
        phases.append(guided.phase[0])
    # Set to the beginning of the stride by the step in which the strike has arrived.
    assert phases[9] > 0.95
    assert phases[10] == 0.0
    assert 0.0 < phases[11] < 0.01


def test_activity_arrives_when_its_lead_says():
    simulator, worker = standing({"activity_SOL": 0.5, "activity_GLU": 0.5})
    rows = excite(simulator, worker, 30, lambda signals: None)
    drive, period = make_pattern(1.25).drive, stride_time(1.25)
    for muscle in (SOL, GLU):
        late = STANCE_PHASE + 0.001 * 30 / period
        expected = PRE_STIMULATION + 0.5 * sample(drive[muscle], late)
        assert rows[-1, 1, muscle] == pytest.approx(expected, abs=1e-9)


def test_a_joint_that_moves_as_people_do_is_no_deviation():
    simulator, worker = standing({"VAS_knee_stance_PG": 5.0, "VAS_knee_swing_PG": 5.0, "BFSH_knee_swing_PG": 5.0})
    guided, angle = worker.human.guided, make_pattern(1.25).angle[1]
    rows = []
    for _ in range(60):

        def follow(signals):
            for leg in range(2):
                ahead = guided.phase[leg] + 0.001 / guided.clock[leg, 0]
                signals.noisy_legs[leg, P_KNEE] = np.pi - sample(angle, ahead)

        rows.append(excite(simulator, worker, 1, follow))
    muscles = [VAS, MUSCLE_NAMES.index("BFSH")]
    # The buffers begin with a joint that stands still.
    np.testing.assert_allclose(np.array(rows)[20:, 0][:, :, muscles], PRE_STIMULATION, atol=1e-9)


def test_delays_are_for_controllers_that_have_some():
    check(compose_run(["exp=baseline", "control=guided", "control.delayed=true", "env.timestep=0.001"]).config)
    with pytest.raises(ConfigError, match=r"control\.delayed=true") as error:
        check(compose_run(["exp=baseline", "control=network", "control.delayed=true"]).config)
    assert "reflex or guided" in str(error.value)
