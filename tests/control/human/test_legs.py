"""Own gains of each leg: equal ones walk as shared ones do, and a leg without muscles lacks idle gains only."""

import numpy as np
import pytest

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig, RunConfig
from myoassist.control.human.reflex.controller import make_reflex, reset_reflex, update_reflex
from myoassist.control.human.reflex.indices import N_GAINS
from myoassist.control.human.reflex.parameters import is_idle, reflex_entries
from myoassist.control.legs import both_legs, legs_of
from myoassist.control.signals import BODY_SIGNALS, LEG_SIGNALS, MUSCLE_NAMES
from myoassist.control.table import build_table
from myoassist.model.build import build_walker
from myoassist.model.devices.table import find_device
from myoassist.optimize.start.vector import load_start
from myoassist.rollout.simulator import Simulator
from tests.walkers import make_walker

KNEE_AND_SHANK = find_device("osl_ka").prosthesis.muscles


def make_simulator(legs, device=None, exo="none", sim_time=3.0, walker=None, **control):
    env = EnvConfig(sim_time=sim_time)
    config = ControlConfig(legs=legs, **control)
    return Simulator(walker or make_walker(device), env, ExoConfig(controller=exo), control=config)


def walk(simulator, shipped):
    config = RunConfig()
    config.optimizer.param_path = f"shipped:{shipped}"
    return simulator.simulate(load_start(config, simulator.table, clamp=False)).flat.copy()


@pytest.mark.long
@pytest.mark.parametrize(
    ("device", "exo", "shipped", "names"),
    [
        (None, "none", "walk_22", {"bilateral": "2d.bilateral"}),
        ("osl_a", "impedance", "osl_a", {"bilateral": "2d.osl_a.bilateral", "amp": "2d.osl_a.amp"}),
        ("osl_ka", "impedance", "osl_ka", {"bilateral": "2d.osl_ka.bilateral", "amp": "2d.osl_ka.amp"}),
    ],
)
def test_a_symmetric_start_walks_as_shared_gains_do_bit_for_bit(device, exo, shipped, names):
    expected = walk(make_simulator("shared", device, exo), shipped)
    assert len(expected) == 300
    for legs, layout in names.items():
        simulator = make_simulator(legs, device, exo)
        assert simulator.table.layout.partition("-")[0] == layout
        assert legs_of(simulator.table.layout) == legs
        np.testing.assert_array_equal(walk(simulator, shipped), expected)


@pytest.mark.long
@pytest.mark.parametrize("controller", ["cpg", "network"])
@pytest.mark.parametrize("device", [None, "osl_ka"])
def test_other_controllers_do_too_and_what_is_left_out_excites_nothing(controller, device):
    expected = make_simulator("shared", device, sim_time=0.6, controller=controller)
    flat = expected.simulate(expected.table.initial).flat.copy()
    for legs in ("bilateral", "amp") if device else ("bilateral",):
        simulator = make_simulator(legs, device, sim_time=0.6, controller=controller)
        np.testing.assert_array_equal(simulator.simulate(simulator.table.initial).flat, flat)
        np.testing.assert_array_equal(simulator.simulate_slowly(simulator.table.initial).flat, flat)
        for side in ("r", "l"):
            moved = simulator.table.initial.copy()
            moved[[name.endswith(f"SOL_{side}") or f"_TA_1_height_{side}" in name or f"_TA_h1_{side}" in name
                   for name in simulator.table.names]] += 0.5  # fmt: skip
            changed = not np.array_equal(simulator.simulate(moved).flat, flat)
            assert changed == (side == "l" or device is None), (legs, side)


def test_delayed_reflexes_do_too():
    walker = make_walker(None)
    flats = []
    for legs in ("shared", "bilateral"):
        simulator = make_simulator(legs, sim_time=0.4, walker=walker, delayed=True)
        flats.append(simulator.simulate(simulator.table.initial).flat.copy())
        assert len(flats[-1]) > 100
    np.testing.assert_array_equal(flats[0], flats[1])


def test_factors_of_the_80_muscles_are_those_of_a_leg():
    walker = build_walker(ModelConfig(musculature=80), EnvConfig())
    shared = make_simulator("shared", walker=walker, sim_time=0.5, reflex_mode="ind")
    own = make_simulator("bilateral", walker=walker, sim_time=0.5, reflex_mode="ind")
    assert own.table.layout == "3d.ind.bilateral"
    assert len(own.table) - len(shared.table) == 63 + sum(group == "share" for group in shared.table.groups)
    values = dict(zip(shared.table.names, shared.table.initial, strict=True))
    for i, group in enumerate(shared.table.groups):
        if group == "share":
            values[shared.table.names[i]] = 0.5 + 0.02 * i % 1.0
    symmetric = np.array([values.get(name, values.get(both_legs(name))) for name in own.table.names])
    expected = shared.simulate(np.array(list(values.values()))).flat.copy()
    np.testing.assert_array_equal(own.simulate(symmetric).flat, expected)
    row, column, place = (own._workers[0].command.share != shared._workers[0].command.share).nonzero()
    assert len(row) == len(column) == len(place) == 0
    symmetric[own.table.index("share_gasmed_l")] *= 2.0
    own.simulate(symmetric)
    changed = own._workers[0].command.share != shared._workers[0].command.share
    assert (changed[0].sum(), changed[1].sum()) == (0, 1)


def signals(steps=400):
    """Return body and leg signals of a lively random gait, shapes (steps, 8) and (steps, 2, 19)."""
    draws = np.random.default_rng(3)
    body = 0.3 * draws.standard_normal((steps, len(BODY_SIGNALS)))
    legs = np.abs(draws.standard_normal((steps, 2, len(LEG_SIGNALS))))
    for name, low, high in (
        ("phi_hip", 1.0, 3.5),
        ("phi_knee", 1.5, 3.4),
        ("phi_ankle", 1.0, 2.2),
        ("load_ipsi", 0.2, 1),
    ):
        legs[:, :, LEG_SIGNALS.index(name)] = draws.uniform(low, high, (steps, 2))
    for name in ("dphi_hip", "dphi_knee", "phi_hip_add"):
        legs[:, :, LEG_SIGNALS.index(name)] = draws.uniform(-5.0, 5.0, (steps, 2))
    # Feet strike and leave the ground every tenth step, in turn.
    swinging = (np.arange(steps) // 10) % 4
    legs[swinging == 0, 0, LEG_SIGNALS.index("load_ipsi")] = 0.0
    legs[swinging == 2, 1, LEG_SIGNALS.index("load_ipsi")] = 0.0
    return body, legs


def stimulations(gains, dimensions, body, legs, swing_leg=0):
    """Return what reflexes with gains, shape (2, 63), make of signals, shape (steps, 2, 13)."""
    reflex = make_reflex(0.01, False, dimensions)
    reset_reflex(reflex, np.ones(N_GAINS), gains, body[0], legs[0], swing_leg, np.full((2, 13), 0.01))
    found = []
    for row, pair in zip(body, legs, strict=True):
        update_reflex(reflex, row, pair)
        found.append(reflex.stimulation.copy())
    return np.array(found)


def decoded(dimensions):
    rows = reflex_entries(dimensions).rows
    gains = np.zeros(N_GAINS)
    # Half of what a search starts from keeps stimulations off their upper bound.
    gains[: len(rows)] = [row.scale * (0.3 if row.offset == 0.0 else 1.0) + row.offset for row in rows]
    return gains


def test_a_mirrored_body_with_mirrored_gains_is_stimulated_mirrored():
    body, legs = signals()
    gains = np.array([decoded(2), 1.3 * decoded(2)])
    one = stimulations(gains, 2, body, legs, 0)
    other = stimulations(gains[::-1].copy(), 2, body, legs[:, ::-1].copy(), 1)
    np.testing.assert_array_equal(one, other[:, ::-1])
    assert not np.array_equal(one, stimulations(gains[::-1].copy(), 2, body, legs, 0))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_gains_left_out_do_nothing_and_all_others_something(dimensions):
    body, legs = signals()
    # What is gone pulls no more.
    for name in KNEE_AND_SHANK:
        if f"F_{name}" in LEG_SIGNALS:
            legs[:, 0, LEG_SIGNALS.index(f"F_{name}")] = 0.0
    there = np.ones((2, len(MUSCLE_NAMES)), dtype=bool)
    there[0, [MUSCLE_NAMES.index(name) for name in KNEE_AND_SHANK]] = False
    gains = np.array([decoded(dimensions)] * 2)
    expected = stimulations(gains, dimensions, body, legs)[:, there]
    entries = reflex_entries(dimensions)
    for i, row in enumerate(entries.rows):
        changed = gains.copy()
        changed[0, i] = 0.5 * changed[0, i] + 0.05
        same = np.array_equal(stimulations(changed, dimensions, body, legs)[:, there], expected)
        assert same == is_idle(row.name, KNEE_AND_SHANK), row.name


def test_the_tables_of_legs():
    shared, own = build_table(3), build_table(3, legs="bilateral")
    assert (len(own), own.layout) == (97 + 63, "3d.bilateral")
    assert own.names[:63] == tuple(f"{name}_r" for name in shared.names[:63])
    assert own.names[63:126] == tuple(f"{name}_l" for name in shared.names[:63])
    assert own.names[126:] == shared.names[63:]
    ankle, knee = (find_device(name) for name in ("osl_a", "osl_ka"))
    left_out = {"1_SOL_FG_r", "1_FDL_FG_r", "ankle_tgt_r", "mtp_tgt_r", "5_TA_PG_r", "5_TA_SOL_FG_r", "5_EDL_PG_r"}
    left_out |= {"5_EDL_FDL_FG_r"}
    full = build_table(2, device=ankle, legs="bilateral").names
    assert set(full) - set(build_table(2, device=ankle, legs="amp").names) == left_out
    assert len(build_table(2, device=knee, legs="bilateral")) - len(build_table(2, device=knee, legs="amp")) == 22
    # Without a prosthesis nothing is gone.
    assert build_table(2, legs="amp").names == build_table(2, legs="bilateral").names
