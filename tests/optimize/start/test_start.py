import json

import numpy as np
import pytest

from myoassist.config.schema.run import RunConfig
from myoassist.control.device.parameters import default_npoint_torques
from myoassist.control.device.resample import four_param_to_npoint, resample_npoint
from myoassist.control.table import build_table
from myoassist.files.errors import LayoutError, UserError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.start.vector import load_start
from myoassist.space.table import ParameterTable
from tests.optimize.analytic_problem import StagedSphere, open_folder, small_config, small_table

DEFAULTS = [0.5, 0.467, 0.9, 0.075]


def start(path, table, **options):
    config = RunConfig()
    config.optimizer.param_path = None if path is None else str(path)
    return load_start(config, table, **options)


def store(path, values):
    np.savetxt(path, values)
    return path


def name_layout(path, table):
    """Write the initial values of a table as named parameters."""
    rows = [{"name": name, "raw": value} for name, value in zip(table.names, table.initial.tolist(), strict=True)]
    path.write_text(json.dumps({"layout": table.layout, "parameters": rows}))
    return path


def human(n=77):
    return 1.0 + 0.01 * np.arange(n)


@pytest.mark.parametrize(
    ("n", "torques"),
    [
        (1, [0.5]),
        (2, [0.25, 0.5]),
        (3, [0.25, 0.5, 0.25]),
        (4, [0.125, 0.25, 0.5, 0.25]),
        (6, [0.0625, 0.125, 0.25, 0.5, 0.25, 0.125]),
    ],
)
def test_fresh_start(n, torques):
    vector = start(None, build_table(2, controller="npoint", n_points=n))
    np.testing.assert_array_equal(vector, [1.0] * 77 + torques + [0.5] * n)
    np.testing.assert_array_equal(default_npoint_torques(n), torques)


def test_exo_defaults_are_appended(tmp_path):
    table = build_table(2, controller="four_param")
    vector = start(store(tmp_path / "p.txt", human()), table)
    assert vector.shape == (81,)
    np.testing.assert_array_equal(vector[-4:], DEFAULTS)
    np.testing.assert_array_equal(vector, table.clamp(np.concatenate([human(), DEFAULTS])))


def test_exo_entries_are_kept_and_clamped(tmp_path):
    path = store(tmp_path / "p.txt", [*human(), 0.3, 1.7, -0.2, 0.1])
    vector = start(path, build_table(2, controller="four_param"))
    np.testing.assert_array_equal(vector[-4:], [0.3, 1.0, 0.0, 0.1])
    unclamped = start(path, build_table(2, controller="four_param"), clamp=False)
    np.testing.assert_array_equal(unclamped[-4:], [0.3, 1.7, -0.2, 0.1])


def test_fixed_exo_entries_stay(tmp_path):
    path = store(tmp_path / "p.txt", [*human(), 0.3, 0.2, 0.1, 0.1])
    vector = start(path, build_table(2, controller="four_param", fixed_exo=True))
    np.testing.assert_array_equal(vector[-4:], DEFAULTS)


def test_exo_entries_are_dropped_without_exo(tmp_path):
    vector = start(store(tmp_path / "p.txt", [*human(), *DEFAULTS]), build_table(2))
    np.testing.assert_array_equal(vector, build_table(2).clamp(human()))


@pytest.mark.parametrize(("n_stored", "n_points"), [(4, 6), (6, 4), (3, 1)])
def test_another_number_of_points_is_resampled(tmp_path, n_stored, n_points):
    old = np.concatenate([default_npoint_torques(n_stored), np.linspace(0.3, 0.7, n_stored)])
    path = store(tmp_path / "p.txt", [*human(), *old])
    table = build_table(2, controller="npoint", n_points=n_points)
    with pytest.warns(UserWarning, match=f"curve of {n_stored} points resampled to {n_points}"):
        vector = start(path, table)
    np.testing.assert_array_equal(vector[:77], table.clamp(vector)[:77])
    np.testing.assert_array_equal(vector[77:], resample_npoint(old, n_points))
    assert vector[77 : 77 + n_points].max() == pytest.approx(0.5, abs=1e-3)


def test_four_parameters_become_points_where_the_file_names_them(tmp_path):
    unnamed = store(tmp_path / "p.txt", [*human(), *DEFAULTS])
    with pytest.raises(LayoutError, match=r"four-parameter curve or two points(.|\n)*best_parameters") as caught:
        start(unnamed, build_table(2, controller="npoint", n_points=6))
    assert "81 entries" in str(caught.value) and "2d-npoint6" in str(caught.value)
    for n_points in (6, 2):
        named = name_layout(tmp_path / "named.json", build_table(2, controller="four_param"))
        with pytest.warns(UserWarning, match="four-parameter torque curve resampled"):
            vector = start(named, build_table(2, controller="npoint", n_points=n_points))
        np.testing.assert_array_equal(vector[77:], four_param_to_npoint(DEFAULTS, n_points))


def test_points_do_not_become_four_parameters(tmp_path):
    for n_points in (2, 6):
        named = name_layout(tmp_path / "named.json", build_table(2, controller="npoint", n_points=n_points))
        with pytest.raises(LayoutError, match=rf"2d-npoint{n_points}(.|\n)*2d-four_param"):
            start(named, build_table(2, controller="four_param"))


def test_vector_with_slopes_over_conditions_is_no_single_walk(tmp_path):
    table = build_table(2, controller="npoint", n_points=2)
    named = name_layout(tmp_path / "named.json", ParameterTable(list(table.parameters), f"{table.layout}-affine51"))
    with pytest.raises(LayoutError, match=r"2d-npoint2-affine51(.|\n)*2d-npoint2 with"):
        start(named, table)


def test_coinciding_points_are_refused(tmp_path):
    path = store(tmp_path / "p.txt", [*human(), 0.2, 0.3, 0.2, 1.0, 0.0, 0.5])
    with pytest.raises(LayoutError, match="torque curve is unusable"):
        start(path, build_table(2, controller="npoint", n_points=6))


@pytest.mark.parametrize("n", [1, 76, 78, 97, 101, 200])
def test_other_lengths_are_refused_naming_both(tmp_path, n):
    path = store(tmp_path / "p.txt", np.ones(n))
    for table in (build_table(2), build_table(2, controller="four_param")):
        with pytest.raises(LayoutError, match=rf"has {n} entries(.|\n)*layout {table.layout} with {len(table)}"):
            start(path, table)


def test_2d_vector_in_3d_is_refused(tmp_path):
    with pytest.raises(LayoutError, match="layout 3d with 97"):
        start(store(tmp_path / "p.txt", human()), build_table(3))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("1.0\nnan\n", "NaN or infinity at entry 2"),
        ("one\ntwo\n", "no list of numbers"),
        ("1 2\n3 4\n", "shape"),
    ],
)
def test_unusable_files_are_refused(tmp_path, text, words):
    path = tmp_path / "p.txt"
    path.write_text(text)
    with pytest.raises(UserError, match=words):
        start(path, build_table(2))


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        start(tmp_path / "nowhere", build_table(2))
    with pytest.raises(UserError, match="no parameter file"):
        start(tmp_path, build_table(2))
    (tmp_path / "p.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read"):
        start(tmp_path / "p.txt", build_table(2))


def test_folder_prefers_best_last(tmp_path):
    table = small_table()
    store(tmp_path / "x_Best.txt", np.full(6, 2.0))
    np.testing.assert_array_equal(start(tmp_path, table), np.full(6, 2.0))
    store(tmp_path / "x_BestLast.txt", np.full(6, 3.0))
    np.testing.assert_array_equal(start(tmp_path, table), np.full(6, 3.0))


def test_our_run_folder_and_json(tmp_path):
    table = small_table()
    result = minimize(StagedSphere(table), small_config(2), open_folder(tmp_path / "a"), plot=False)
    np.testing.assert_array_equal(start(tmp_path / "a", table), result.best_last.vector)
    np.testing.assert_array_equal(start(tmp_path / "a" / "best_parameters.json", table), result.best.vector)
    # The folder names the layout, so a vector of the right length and the wrong kind is noticed.
    with pytest.raises(LayoutError, match=r"layout 2d(.|\n)*layout 3d"):
        start(tmp_path / "a", small_table(layout="3d"))
    content = json.loads((tmp_path / "a" / "best_parameters.json").read_text())
    content["parameters"][0]["name"] = "renamed"
    (tmp_path / "renamed.json").write_text(json.dumps(content))
    with pytest.raises(LayoutError, match="other names"):
        start(tmp_path / "renamed.json", table)
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(UserError, match="no parameter file"):
        start(tmp_path / "broken.json", table)
