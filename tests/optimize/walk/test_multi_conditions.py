"""Conditions of a run, its strategy, names, and vectors that depend on the condition."""

import re

import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import RunConfig
from myoassist.control.table import build_table
from myoassist.files.errors import ConfigError
from myoassist.optimize.chain import order_chain
from myoassist.optimize.conditions import choose_strategy, condition_config, list_conditions
from myoassist.optimize.names import make_run_name
from myoassist.optimize.start.affine import add_slopes, affine_l1, load_affine_start, vector_at
from myoassist.optimize.store.search_state import cost_fingerprint


def make_config(mode="multispeed", params=(1.0, 1.25, 1.75), **fields):
    config = RunConfig()
    config.optimizer.mode, config.optimizer.optim_params = mode, list(params)
    for name, value in fields.items():
        setattr(config.optimizer, name, value)
    return config


def test_conditions_hold_the_other_key_and_scale_weights():
    config = make_config(optim_weights=[2.0, 1.0, 1.0])
    config.env.slope_deg = 2.0
    conditions = list_conditions(config)
    assert [(c.number, c.speed, c.slope_deg, c.weight) for c in conditions] == [
        (1, 1.0, 2.0, 0.5),
        (2, 1.25, 2.0, 0.25),
        (3, 1.75, 2.0, 0.25),
    ]
    np.testing.assert_allclose([c.deviation for c in conditions], np.array([1.0, 1.25, 1.75]) - 4.0 / 3.0)
    slopes = list_conditions(make_config("multislope", (-5.0, 5.0)))
    assert [(c.speed, c.slope_deg, c.weight, c.deviation) for c in slopes] == [
        (1.25, -5, 0.5, -0.5),
        (1.25, 5, 0.5, 0.5),
    ]
    (single,) = list_conditions(RunConfig())
    assert (single.speed, single.slope_deg, single.weight) == (1.25, 0.0, 1.0)


def test_strategy_defaults():
    assert choose_strategy(RunConfig().optimizer) == "single"
    assert choose_strategy(make_config().optimizer) == "affine"
    assert choose_strategy(make_config("multislope").optimizer) == "shared"
    assert choose_strategy(make_config(multi_strategy="chain").optimizer) == "chain"
    assert choose_strategy(make_config("evaluate", evaluate_over="slope").optimizer) == "shared"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (make_config(params=()), "optim_params=[] with optimizer.mode=multispeed"),
        (make_config("multislope", ()), "optim_params=[-5,0,5]"),
        (make_config("evaluate", (), evaluate_over="slope"), "optim_params=[]"),
        (make_config(params=(0.0, 1.0)), "0 is out of range"),
        (make_config(params=(float("nan"), 1.0)), "nan is out of range"),
        (make_config("multislope", (-20.0, 0.0)), "-20 is out of range"),
        (make_config(params=(1.0, 1.0)), "twice"),
        (make_config(params=(1.0,)), "affine with 1 condition"),
        (make_config(optim_weights=[1.0]), "1 weights for 3"),
        (make_config(optim_weights=[1.0, 0.0, 1.0]), "larger than 0"),
        (make_config(multi_strategy="chain", pickle_path="x"), "chain with optimizer.pickle_path"),
    ],
)
def test_bad_conditions_are_refused(config, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        list_conditions(config)


def test_lists_compose_from_the_command_line():
    config = compose_run(
        [
            "exp=multislope",
            "optimizer.optim_params=[-2,4]",
            "optimizer.optim_weights=[1,3]",
            "model=baseline",
            "exo=none",
        ]
    ).config
    check(config)
    assert [c.weight for c in list_conditions(config)] == [0.25, 0.75]
    with pytest.raises(ConfigError, match=r"optimizer\.optim_params"):
        compose_run(["exp=multislope", "optimizer.optim_params=[a]"])


def test_condition_config_is_a_single_run():
    config = make_config("multislope", (-5.0, 5.0), param_path="x")
    own = condition_config(config, list_conditions(config)[0])
    assert (own.env.slope_deg, own.cost.tgt_vel, own.optimizer.mode, own.optimizer.param_path) == (
        -5,
        1.25,
        "single",
        None,
    )
    assert (config.env.slope_deg, config.optimizer.mode) == (0.0, "multislope")


def test_run_names_hold_the_conditions():
    table = build_table()
    assert "_2D_ms_1_0-1_25-1_75_" in make_run_name(make_config(), table)
    assert "_2D_sl_n5_0-2_5_" in make_run_name(make_config("multislope", (-5, 2.5)), table)
    assert "_2D_1_25_" in make_run_name(RunConfig(), table)


def test_costs_of_other_conditions_are_not_compared():
    assert cost_fingerprint(make_config()) == cost_fingerprint(make_config())
    others = [make_config(params=(1.0, 1.25)), make_config(optim_weights=[2.0, 1.0, 1.0]), RunConfig()]
    assert len({cost_fingerprint(config) for config in [make_config(), *others]}) == 4


def test_affine_table_has_a_slope_per_reflex_parameter():
    base = build_table(controller="four_param")
    table = add_slopes(base, "m/s")
    assert (table.layout, len(table)) == ("2d-four_param-affine51", 81 + 51)
    assert table.names[81:83] == ("slope_theta_tgt", "slope_alpha_0")
    assert add_slopes(build_table(3), "m/s").layout == "3d-affine63"
    assert (table.initial[81:] == 0.0).all()
    assert np.isneginf(table.lower[81:]).all()
    assert np.isposinf(table.upper[81:]).all()
    # A slope of 1 over a deviation of 1 adds one raw unit.
    np.testing.assert_allclose(table.decode(np.ones(132))[81:], base.scale[:51])


def test_vector_of_a_condition():
    base = build_table()
    vector = np.concatenate([np.ones(77), np.zeros(51)])
    vector[77], vector[77 + 12] = 0.4, -8.0
    faster = vector_at(vector, base, 0.25)
    assert faster[0] == pytest.approx(1.1)
    # A gain does not turn negative.
    assert faster[12] == 0.0
    assert vector_at(vector, base, -0.25)[12] == 3.0
    np.testing.assert_array_equal(np.delete(faster, [0, 12]), np.ones(75))
    np.testing.assert_array_equal(vector_at(vector, base, 0.0), np.ones(77))
    assert affine_l1(vector, base) == pytest.approx(8.4)
    vector[:77] = 1.1
    assert affine_l1(vector, base) == pytest.approx(8.4 + 7.7)


def test_affine_start_from_vectors_with_and_without_slopes(tmp_path):
    base = build_table()
    table = add_slopes(base, "m/s")
    config = make_config()
    np.testing.assert_array_equal(load_affine_start(config, base, table), table.initial)
    plain, full = np.linspace(1.0, 2.0, 77), np.linspace(1.0, 2.0, 128)
    for name, stored, slopes in (("plain.txt", plain, np.zeros(51)), ("full.txt", full, full[77:])):
        np.savetxt(tmp_path / name, stored)
        config.optimizer.param_path = str(tmp_path / name)
        start = load_affine_start(config, base, table)
        np.testing.assert_allclose(start[:77], stored[:77])
        np.testing.assert_allclose(start[77:], slopes)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ([1.0, 1.25, 1.75, 1.5], [(1, None), (3, 1), (2, 3), (0, 1)]),
        ([-5.0, 0.0, 5.0], [(1, None), (2, 1), (0, 1)]),
        ([3.0, 1.0], [(1, None), (0, 1)]),
        ([2.0], [(0, None)]),
    ],
)
def test_chain_starts_in_the_middle(values, order):
    assert order_chain(values) == order
