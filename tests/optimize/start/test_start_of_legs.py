"""Vectors of legs that share their gains start a search of legs with their own; no other way round."""

import json

import numpy as np
import pytest

from myoassist.config.schema.run import RunConfig
from myoassist.control.human.cpg.parameters import cpg_entries
from myoassist.control.legs import both_legs
from myoassist.control.table import build_table, join_table
from myoassist.files.errors import LayoutError
from myoassist.model.devices.table import find_device
from myoassist.optimize.start.affine import add_slopes, load_affine_start
from myoassist.optimize.start.vector import load_start
from myoassist.space.parameter import Entries
from myoassist.space.table import ParameterTable


def start(path, table, **options):
    config = RunConfig()
    config.optimizer.param_path = str(path)
    return load_start(config, table, clamp=False, **options)


def store(path, table):
    """Write a vector of a table as named parameters, each with a value of its own, and return these by name."""
    values = dict(zip(table.names, (1.0 + 0.001 * np.arange(len(table))).tolist(), strict=True))
    rows = [{"name": name, "raw": value} for name, value in values.items()]
    path.write_text(json.dumps({"layout": table.layout, "parameters": rows}))
    return values


def expected(table, values):
    return np.array([values[name] if name in values else values[both_legs(name)] for name in table.names])


@pytest.mark.parametrize(
    ("device", "options"),
    [
        (None, {}),
        ("tutorial", {"controller": "four_param"}),
        ("osl_ka", {"controller": "impedance"}),
        (None, {"reflex_mode": "ind"}),
    ],
)
@pytest.mark.parametrize("legs", ["bilateral", "amp"])
def test_every_gain_is_doubled(tmp_path, device, options, legs):
    shared = build_table(2, device=find_device(device), **options)
    own = build_table(2, device=find_device(device), legs=legs, **options)
    values = store(tmp_path / "best_parameters.json", shared)
    np.testing.assert_array_equal(start(tmp_path / "best_parameters.json", own), expected(own, values))
    # Without names: alone, and in the folder of a run, whose description names the layout.
    for name in ("plain.txt", "myorfl_x_BestLast.txt"):
        np.savetxt(tmp_path / name, list(values.values()))
        np.testing.assert_array_equal(start(tmp_path / name, own), expected(own, values))
    np.testing.assert_array_equal(start(tmp_path, own), expected(own, values))


def test_another_device_is_brought_along(tmp_path):
    walks = build_table(2)
    values = store(tmp_path / "p.json", walks)
    for device, controller in (("osl_a", "impedance"), ("kfoot", "none"), ("tutorial", "npoint")):
        own = build_table(2, controller=controller, device=find_device(device), legs="amp")
        defaults = dict(zip(own.names, own.initial.tolist(), strict=True))
        wanted = [values.get(name, values.get(both_legs(name), defaults[name])) for name in own.names]
        np.testing.assert_array_equal(start(tmp_path / "p.json", own), wanted)
    # A device of the stored vector that this run does not wear.
    exo = build_table(2, controller="four_param")
    values = store(tmp_path / "exo.json", exo)
    own = build_table(2, legs="bilateral")
    np.testing.assert_array_equal(start(tmp_path / "exo.json", own), expected(own, values))


def test_a_vector_of_own_gains_is_kept(tmp_path):
    own = build_table(2, legs="bilateral")
    values = store(tmp_path / "p.json", own)
    np.testing.assert_array_equal(start(tmp_path / "p.json", own), list(values.values()))
    np.savetxt(tmp_path / "p.txt", list(values.values()))
    np.testing.assert_array_equal(start(tmp_path / "p.txt", own), list(values.values()))


def test_the_amputated_leg_keeps_its_gains_when_the_device_changes(tmp_path):
    knee, ankle = (build_table(2, device=find_device(name), legs="amp") for name in ("osl_ka", "osl_a"))
    values = store(tmp_path / "p.json", ankle)
    taken = start(tmp_path / "p.json", knee)
    np.testing.assert_array_equal(taken, [values[name] for name in knee.names])
    # The other way some of its gains would be unknown.
    store(tmp_path / "p.json", knee)
    with pytest.raises(LayoutError, match=r"2d\.osl_ka\.amp(.|\n)*layout 2d\.osl_a\.amp"):
        start(tmp_path / "p.json", ankle)


@pytest.mark.parametrize(
    ("stored", "wanted"), [("bilateral", "shared"), ("amp", "shared"), ("amp", "bilateral"), ("bilateral", "amp")]
)
@pytest.mark.parametrize("device", [None, "osl_a"])
def test_any_other_way_is_refused_naming_both(tmp_path, stored, wanted, device):
    store(tmp_path / "p.json", build_table(2, device=find_device(device), legs=stored))
    table = build_table(2, device=find_device(device), legs=wanted)
    with pytest.raises(LayoutError) as caught:
        start(tmp_path / "p.json", table)
    middle = f".{device}" if device else ""
    for words in (f"2d{middle}.{stored}", f"layout {table.layout} with", f"control.legs={stored}"):
        assert words in str(caught.value)


def test_own_gains_without_names_are_refused_where_legs_share(tmp_path):
    for dimensions in (2, 3):
        own = build_table(dimensions, legs="bilateral")
        np.savetxt(tmp_path / "p.txt", own.initial)
        for controller in ("none", "four_param", "npoint"):
            with pytest.raises(LayoutError, match=f"has {len(own)} entries"):
                start(tmp_path / "p.txt", build_table(dimensions, controller=controller))


def test_gains_of_another_controller_are_not_doubled(tmp_path):
    store(tmp_path / "p.json", build_table(2))
    none = Entries()
    cpg = join_table(cpg_entries(2), none, dimensions=2, init_pose="walk_left", legs="bilateral")
    assert cpg.layout == "2d.cpg.bilateral"
    with pytest.raises(LayoutError, match=r"layout 2d(.|\n)*layout 2d\.cpg\.bilateral"):
        start(tmp_path / "p.json", cpg)
    shared = join_table(cpg_entries(2), none, dimensions=2, init_pose="walk_left")
    values = store(tmp_path / "p.json", shared)
    np.testing.assert_array_equal(start(tmp_path / "p.json", cpg), expected(cpg, values))


@pytest.mark.parametrize("legs", ["bilateral", "amp"])
def test_slopes_over_conditions_are_doubled_too(tmp_path, legs):
    worn = find_device("osl_a")
    shared = build_table(2, device=worn)
    own = build_table(2, device=worn, legs=legs)
    affine = add_slopes(own, "m/s")
    assert affine.layout == f"2d.osl_a.{legs}-affine{102 if legs == 'bilateral' else 94}"
    config = RunConfig()
    for table in (shared, add_slopes(shared, "m/s")):
        values = store(tmp_path / "p.json", table)
        config.optimizer.param_path = str(tmp_path / "p.json")
        zeros = dict.fromkeys((f"slope_{name}" for name in shared.names), 0.0)
        taken = load_affine_start(config, own, affine, clamp=False)
        np.testing.assert_array_equal(taken, expected(affine, zeros | values))
    values = store(tmp_path / "p.json", affine)
    np.testing.assert_array_equal(load_affine_start(config, own, affine, clamp=False), list(values.values()))
    with pytest.raises(LayoutError, match=r"control\.legs="):
        load_affine_start(config, shared, add_slopes(shared, "m/s"), clamp=False)


def test_names_alone_do_not_make_a_layout(tmp_path):
    own = build_table(2, legs="bilateral")
    broken = ParameterTable(list(build_table(2).parameters[1:]), "2d")
    store(tmp_path / "p.json", broken)
    with pytest.raises(LayoutError, match=r"2d\.bilateral"):
        start(tmp_path / "p.json", own)
