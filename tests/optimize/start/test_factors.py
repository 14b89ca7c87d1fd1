"""Which factors the parameters of a run have: of every controller, of both legs, of devices; who is refused."""

import fnmatch

import numpy as np
import pytest

from myoassist.check.code import import_code
from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.control.entries import human_entries
from myoassist.control.table import HUMAN_GROUPS, table_of
from myoassist.files.errors import UserError
from myoassist.model.devices.table import device_of
from myoassist.optimize.start.factors import factor_groups, plan_factors
from myoassist.space.factors import FactorSpace


def planned_table(*overrides):
    config = compose_run(["exp=baseline", *overrides]).config
    return table_of(config, 2 if config.model.musculature == 22 else 3, device_of(config.model))


def planned(*overrides):
    table = planned_table(*overrides)
    return table, plan_factors(table)


def members(table, space, name):
    free = np.flatnonzero(table.free)
    return [table.names[free[i]] for i in space.members[space.names.index(name)]]


@pytest.mark.parametrize("control", ["guided", "reflex", "cpg"])
@pytest.mark.parametrize("musculature", [22, 26])
def test_every_parameter_of_a_controller_has_a_factor_or_an_amount(control, musculature):
    table, space = planned(f"control={control}", f"model.musculature={musculature}")
    moved = {i for item in space.members for i in item}
    assert moved == {i for i, group in enumerate(table.groups) if group in HUMAN_GROUPS}
    assert len(space) < 0.6 * len(table)
    assert len(set(space.names)) == len(space)
    base = table.initial
    np.testing.assert_array_equal(space.vector(base, np.zeros(len(space))), base)
    assert FactorSpace.decode(space.encode()).encode() == space.encode()


@pytest.mark.parametrize("control", ["guided", "reflex", "cpg"])
def test_factors_name_parameters_that_there_are(control):
    entries = human_entries(compose_run(["exp=baseline", f"control={control}"]).config.control, 3)
    names = [row.name for row in entries.rows]
    empty = {item.name for item in entries.factors if not any(fnmatch.filter(names, p) for p in item.patterns)}
    assert empty == set()


def test_groups_of_the_guided_reflexes():
    table, space = planned("control=guided")
    assert len(space) == 65
    assert members(table, space, "GAS_stance") == [
        f"GAS_{joint}_stance_{kind}" for joint in ("knee", "ankle") for kind in ("PG", "DG")
    ]
    assert members(table, space, "balance") == ["theta_PG", "theta_DG"]
    assert set(members(table, space, "rates_swing")) < set(table.names)
    k = space.names.index("lead_SOL")
    assert space.added[k] and space.steps[k] == 0.25
    assert space.steps[space.names.index("clock_period")] == 0.1
    # A factor of 2 on all that the gastrocnemius does in stance.
    z = np.zeros(len(space))
    z[space.names.index("GAS_stance")] = np.log(2.0)
    moved = table.decode(space.vector(table.initial, z)) / table.decode(table.initial)
    assert [n for n, ratio in zip(table.names, moved, strict=True) if not np.isclose(ratio, 1.0)] == members(
        table, space, "GAS_stance"
    )
    np.testing.assert_allclose(moved[moved > 1.5], 2.0)


def test_groups_of_a_parameter_are_the_factors_that_move_it():
    table, space = planned("control=guided")
    groups = factor_groups(table)
    assert set(groups) == set(table.names)
    assert groups["GAS_knee_stance_DG"] == ("GAS_stance", "rates_stance", "knee")
    assert groups["lead_SOL"] == ("+lead_SOL",) and groups["pelvis_tilt"] == ()
    for name in groups["activity_SOL"]:
        moved = space.vector(table.initial, np.where(np.array(space.names) == name, 0.3, 0.0)) != table.initial
        assert moved[table.index("activity_SOL")]
    with pytest.raises(UserError, match="names no groups"):
        factor_groups(planned_table("control=network"))


def test_legs_and_devices_have_their_own():
    table, space = planned("control=guided", "control.legs=bilateral", "model.device=tutorial", "exo=four_param")
    shared = planned("control=guided")[1]
    n_device = table.groups.count("exo")
    assert n_device > 0 and len(space) == 2 * len(shared) + n_device
    for side in "rl":
        assert members(table, space, f"activity_SOL_{side}") == [f"activity_SOL_{side}"]
        assert members(table, space, f"lead_SOL_{side}") == [f"lead_SOL_{side}"]
        assert all(name.endswith(f"_{side}") for name in members(table, space, f"rates_swing_{side}"))
    assert all(len(item) == 1 for item in space.members[-n_device:])
    assert list(space.steps[-n_device:]) == [1.0] * n_device
    fixed = planned("control=guided", "model.device=tutorial", "exo=four_param", "exo.fixed=true")[1]
    assert len(fixed) == len(shared)


def test_a_leg_without_muscles_has_fewer_factors():
    table, space = planned("control=guided", "control.legs=amp", "model=osl_a", "exo=impedance")
    right = {name for name in space.names if name.endswith("_r") and f"{name[:-2]}_l" in space.names}
    left = {name for name in space.names if name.endswith("_l")}
    assert {f"{name[:-2]}_l" for name in right} < left
    assert members(table, space, "activity_SOL_l") == ["activity_SOL_l"] and "activity_SOL_r" not in space.names


OWN = '''"""own.py"""
from myoassist.control.own import SOL, Human, parameter

class Own(Human):
    parameters = [parameter(n, start=0.3, low=0.0, high=1.0) for n in ("stance_a", "stance_b", "swing")]
    parameters.append(parameter("lean", start=0.0, low=-1.0, high=1.0))
{}
    def update(p, x, s, out, dt):
        out[0, SOL] = out[1, SOL] = p.stance_a
'''


def refused(*overrides):
    with pytest.raises(UserError) as error:
        config = compose_run(["exp=baseline", *overrides]).config
        check(config)
        import_code(config)
    return str(error.value)


def test_a_network_is_refused_before_a_model_is_loaded():
    for keys in (
        ["optimizer.factors=true"],
        ["optimizer.stages=[{factors: true, evaluations: 64}, {}]"],
        ["optimizer=multislope", "optimizer.stages=[{factors: true, evaluations: 64}, {}]"],
    ):
        message = refused("control=network", *keys)
        assert "names no groups" in message and "control=guided" in message


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "names no groups"),
        ("    factors = {'a': ['stanc_*']}", "no parameter is called that"),
        ("    factors = {'a': 'stance_*'}", "a list of names"),
        ("    factors = {'a': ['lean']}", "starts at 0"),
    ],
)
def test_a_file_of_the_user_needs_factors_that_fit(tmp_path, monkeypatch, line, words):
    monkeypatch.setenv("MYOASSIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN.format(line))
    message = refused("control.controller=own.py", "optimizer.factors=true")
    assert words in message


def test_a_file_of_the_user_names_its_factors(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOASSIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN.format("    factors = {'stance': ['stance_*']}"))
    config = compose_run(["exp=baseline", "control.controller=own.py", "optimizer.factors=true"]).config
    check(config)
    import_code(config)
    table = table_of(config, 2, None)
    space = plan_factors(table)
    assert space.names == ("stance", "swing", "lean") and list(space.added) == [False, True, True]
