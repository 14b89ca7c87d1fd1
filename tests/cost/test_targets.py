import math

import pytest

from myoassist.check.cost import check_terms
from myoassist.config.schema.cost_formula import shipped_target, target_names
from myoassist.config.schema.run import CostConfig
from myoassist.cost.registry import built_in_terms
from myoassist.cost.targets import assemble
from myoassist.files.errors import ConfigError

GOOD = {"velocity": 0.005, "symmetry": 0.02, "pelvis": 0.0, "effort": 1.634, "kinematics": 71.21911, "trunk": 5.84576}
GOOD |= {"pain": 60.2, "grf": 0.12912, "emg": 211.2207, "l1": 26.0}
# Costs of one recorded walk at 1.5 m/s without the regularizer, as the public implementation prints them (pain is 0).
PUBLISHED = {
    "effort": 1.63400,
    "effort_knee": 1.63400,
    "velocity": 10000.0,
    "velocity_grf": 7.60888,
    "vel_musc": 212.85474,
    "vel_musc_grf": 218.82961,
    "classic": 7.47976,
    "kinematics": 78.69887,
    "kinematics_grf": 78.82800,
    "kinematics_grf_musc": 290.04873,
}
GATED = {name: shipped_target(name) for name in target_names() if shipped_target(name).grading == "gated"}
# total, effort, kinematics, trunk, L1, velocity error, symmetry error of published controllers (kinematics target).
CONTROLLERS = [
    (97.954, 2.951, 61.70, 7.54, 25.77, 0.0074, 0.0157),
    (124.241, 2.528, 84.27, 10.33, 27.12, 0.0018, 0.0093),
    (104.776, 1.634, 71.22, 5.85, 26.08, 0.0093, 0.0178),
    (148.799, 1.590, 99.66, 15.13, 32.42, 0.0086, 0.0176),
    (198.646, 1.263, 132.55, 28.70, 36.13, 0.0025, 0.0296),
    (150.117, 2.286, 108.24, 11.83, 27.76, 0.0008, 0.0362),
    (140.256, 1.946, 101.09, 10.67, 26.55, 0.0033, 0.0700),
    (10051.4, 1.172, 111.92, 12.19, 33.65, 0.1779, 0.0238),
    (10040.0, 1.260, 134.48, 29.02, 36.34, 0.0367, 0.0234),
    (10038.3, 2.459, 128.35, 14.37, 28.91, 0.0938, 0.0807),
]


@pytest.mark.parametrize(("name", "cost"), PUBLISHED.items())
def test_every_formula_gives_the_published_value_of_one_walk(name, cost):
    stage, parts = assemble(GOOD | {"pain": 0.0}, CostConfig(target=name))
    assert stage == "3"
    assert sum(parts.values()) - 26.0 == pytest.approx(cost, abs=2e-4)


@pytest.mark.parametrize("row", CONTROLLERS)
def test_terms_of_published_controllers_add_up_to_their_totals(row):
    total, *values = row
    keys = ("effort", "kinematics", "trunk", "l1", "velocity", "symmetry")
    stage, parts = assemble(GOOD | dict(zip(keys, values, strict=True)), CostConfig(target="kinematics"))
    assert stage == ("2" if total > 1000 else "3")
    assert sum(parts.values()) == pytest.approx(total, abs=0.1 if total > 1000 else 0.02)


def test_penalties_of_missed_gates():
    values = GOOD | {"velocity": 0.1, "symmetry": 0.05, "l1": 8.1}
    for name, target in GATED.items():
        stage, parts = assemble(values, CostConfig(target=name))
        expected = 10000.0 + (100.0 if name == "classic" else 10.0)
        assert stage == ("2" if target.gated else "3")
        if target.gated:
            assert sum(parts.values()) == pytest.approx(expected + 8.1)
    assert sum(assemble(values | {"symmetry": 0.2}, CostConfig())[1].values()) == pytest.approx(10000 + 10 + 20 + 8.1)


def test_values_on_the_gate_neither_pass_nor_cost():
    for values in ({"velocity": 0.01}, {"symmetry": 0.1}, {"pelvis": 20.0}):
        stage, parts = assemble(GOOD | values, CostConfig(target="kinematics"))
        assert stage == "2"
        assert sum(parts.values()) == pytest.approx(10000.0 + GOOD["l1"])


def test_the_pelvis_gate_applies_where_it_is_listed():
    for name, target in GATED.items():
        stage, parts = assemble(GOOD | {"pelvis": 25.0}, CostConfig(target=name))
        assert stage == ("2" if target.pelvis_gate else "3")
        assert parts.get("pelvis", 0.0) == (25.0 if target.pelvis_gate else 0.0)


def test_weights_scale_their_own_part_only():
    plain = assemble(GOOD, CostConfig(target="kinematics"))[1]
    weights = {"kinematics": 0.5, "effort": 3.0}
    parts = assemble(GOOD, CostConfig(target="kinematics", weights=weights, l1_weight=0.25))[1]
    assert parts == plain | {
        "kinematics": 0.5 * GOOD["kinematics"],
        "effort": 3.0 * GOOD["effort"],
        "l1": 0.25 * GOOD["l1"],
    }
    bad = GOOD | {"velocity": 0.2, "symmetry": 0.3}
    parts = assemble(bad, CostConfig(weights={"velocity": 2.0, "symmetry": 0.0}))[1]
    assert parts == {"stage": 10000.0, "velocity": 40.0, "symmetry": 0.0, "l1": 26.0}


def test_every_published_target_has_a_file_of_known_terms():
    assert {*PUBLISHED, "combined", "metabolic"} <= set(target_names())
    assert {term for name in target_names() for term in shipped_target(name).terms} <= set(built_in_terms())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"target": "speed"}, "cost.target=speed"),
        ({"mode": "exact"}, "cost.mode=exact"),
        ({"weights": {"efort": 1.0}}, "cost.weights.efort"),
        ({"target": "effort", "weights": {"velocity": 2.0}}, "with cost.target=effort"),
        ({"weights": {"velocity": -1.0}}, "cost.weights.velocity=-1.0"),
        ({"weights": {"velocity": math.nan}}, "cost.weights.velocity=nan"),
        ({"weights": {"velocity": "2"}}, "cost.weights.velocity=2"),
    ],
)
def test_bad_configurations_are_refused(fields, message):
    with pytest.raises(ConfigError, match=message):
        check_terms(CostConfig(**fields))


def test_good_configurations_pass():
    check_terms(CostConfig(target="kinematics", weights={"effort": 2, "velocity": 0.0, "trunk": 1.5}))
