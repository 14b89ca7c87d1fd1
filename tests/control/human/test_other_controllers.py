"""Pattern generator and network: what they compute, beside plain NumPy, and that they walk in the same loop."""

import numpy as np
import pytest

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig
from myoassist.control.human.cpg.parameters import PULSES, cpg_rows
from myoassist.control.human.cpg.part import MIN_STRIDE, CpgController, pulse, run_clock
from myoassist.control.human.network.parameters import INPUTS, N_INPUTS, network_muscles, network_rows
from myoassist.control.human.network.part import NetworkController
from myoassist.control.human.network.part import update_human as update_network
from myoassist.control.signals import MUSCLE_NAMES, PRE_STIMULATION
from myoassist.gait.reference.gait import EMG_MUSCLES, load_reference_gait
from myoassist.rollout.simulator import Simulator
from tests.walkers import make_walker

PHASE = np.arange(100) / 100.0


@pytest.mark.parametrize("muscle", EMG_MUSCLES)
def test_pulses_start_as_the_activity_of_the_reference_gait(muscle):
    fitted = np.array([sum(pulse(*shape, phase) for shape in PULSES[muscle]) for phase in PHASE]) + PRE_STIMULATION
    emg = load_reference_gait().emg[:, EMG_MUSCLES.index(muscle)]
    assert np.corrcoef(fitted, emg)[0, 1] > 0.95
    assert np.abs(fitted - emg).mean() < 0.03


def test_a_pulse_is_periodic_and_ends_at_its_width():
    assert pulse(0.5, 0.95, 0.1, 0.95) == pytest.approx(0.5)
    assert pulse(0.5, 0.95, 0.1, 0.0) == pytest.approx(pulse(0.5, 0.95, 0.1, 0.9))
    assert pulse(0.5, 0.95, 0.1, 0.06) == 0.0
    assert pulse(0.5, 1.95, 0.1, 0.95) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("phase", "reset", "after"), [(0.9, 1.0, 0.0), (0.9, 0.5, 0.955), (0.2, 1.0, 0.0), (0.2, 0.0, 0.21)]
)
def test_heel_strike_sets_the_clock_the_short_way_round(phase, reset, after):
    cpg = CpgController(2).make(0.01)
    cpg.clock[0] = 1.0, reset
    cpg.phase[0], cpg.since[0] = phase, 0.9
    run_clock(cpg, 0, 1.0, 0.01)
    assert cpg.phase[0] == pytest.approx(after, abs=1e-12)
    assert cpg.contact[0] == 1.0
    # A foot that stays on the ground, and a scuff soon after, set nothing.
    run_clock(cpg, 0, 1.0, 0.01)
    assert cpg.phase[0] == pytest.approx(after + 0.01)
    if reset > 0.0:
        run_clock(cpg, 0, 0.0, 0.01)
        assert cpg.since[0] < MIN_STRIDE
        run_clock(cpg, 0, 1.0, 0.01)
        assert cpg.phase[0] == pytest.approx((after + 0.03) % 1.0)


@pytest.mark.long
def test_the_network_is_two_layers_with_weights_shared_by_the_legs():
    controller = NetworkController(2, 3)
    net = controller.make(0.01)
    rows = list(controller.entries.rows)
    values = np.array([row.scale * row.initial + row.offset for row in rows])
    assert [row.name for row in rows[: N_INPUTS + 1]] == [f"net_h1_{name}" for name in (*INPUTS, "constant")]
    simulator = make_simulator("network", hidden=3)
    log = simulator.simulate(simulator.table.initial)
    assert log.network_units.shape == (log.n_steps, 2, 3)
    worker = simulator.first_worker
    state = worker.human
    for leg in range(2):
        np.testing.assert_array_equal(state.hidden[leg].ravel(), values[: net.hidden[leg].size])
    update_network(state, worker.buffers, simulator._ids, simulator._constants, worker.signals, worker.command)
    s = state.senses[0]
    for leg, other, side in ((0, 1, 1.0), (1, 0, -1.0)):
        inputs = np.array([
            s["load"][leg], s["hip"][leg] / 0.5, s["knee"][leg], s["ankle"][leg] / 0.3, s["hip_rate"][leg] / 5.0,
            s["knee_rate"][leg] / 8.0, s["ankle_rate"][leg] / 5.0, s["load"][other], s["hip"][other] / 0.5,
            s["knee"][other], s["pitch"] / 0.2, s["pitch_rate"] / 2.0, side * s["roll"] / 0.2,
            side * s["roll_rate"] / 2.0, 1.0,
        ])  # fmt: skip
        units = np.append(np.tanh(state.hidden[leg] @ inputs), 1.0)
        expected = 1.0 / (1.0 + np.exp(-state.output[leg] @ units))
        places = [MUSCLE_NAMES.index(name) for name in network_muscles(2)]
        np.testing.assert_allclose(worker.command.excitation[leg, places], expected, rtol=1e-12)


def make_simulator(controller, dimensions=2, **control):
    walker = make_walker("tutorial")
    config = ControlConfig(controller=controller, **control)
    return Simulator(walker, EnvConfig(sim_time=0.6), ExoConfig(controller="none"), control=config)


@pytest.mark.long
@pytest.mark.parametrize("controller", ["cpg", "network"])
def test_another_controller_walks_in_the_same_loop_bit_for_bit(controller):
    simulator = make_simulator(controller)
    assert simulator.table.layout.startswith(f"2d.{controller}")
    vector = simulator.table.initial
    compiled = simulator.simulate(vector).flat.copy()
    np.testing.assert_array_equal(compiled, simulator.simulate_slowly(vector).flat)
    assert len(compiled) > 20
    # What is searched has an effect.
    moved = vector.copy()
    moved[simulator.table.group_slice("control")] += 0.2
    other = simulator.simulate(moved).flat
    assert len(other) != len(compiled) or not np.array_equal(other, compiled)


@pytest.mark.parametrize(("rows", "count"), [(cpg_rows, (68, 80)), (lambda d, g: network_rows(d, 6, g), (167, 181))])
def test_the_page_counts_the_parameters(rows, count):
    assert tuple(len(rows(dimensions, "control")) for dimensions in (2, 3)) == count


def test_the_logged_phase_is_0_at_heel_strike():
    simulator = make_simulator("cpg")
    log = simulator.simulate(simulator.table.initial)
    assert ((log.cpg_phase >= 0.0) & (log.cpg_phase < 1.0)).all()
    assert log.phase_bits.shape == (log.n_steps, 2)
    assert not log.phase_bits.any()
