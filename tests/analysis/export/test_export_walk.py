"""What `myoassist export` writes, read back by a reader that forgives nothing."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from myoassist import __version__, cli
from myoassist.config.compose.run import compose_run
from myoassist.runs.folder import open_run

WALKING = Path(__file__).parents[2] / "data" / "closedloop_2d_vectors.json"
RUN = ["exp=debug", "overlays=published", "model=tutorial", "env.sim_time=5", "cost.num_strides=2"]
TABLES = ["activations.sto", "exo_torque.sto", "ground_reaction.sto", "joint_moments.sto", "muscle_forces.sto"]


def read_storage(path):
    """Read a table in the way of OpenSim: counts have to be true, columns named once, times increase."""
    lines = path.read_text(encoding="ascii").split("\n")
    assert lines[-1] == ""
    end = lines.index("endheader")
    header = dict(line.split("=") for line in lines[1:end])
    assert set(header) == {"version", "nRows", "nColumns", "inDegrees"}
    assert header["version"] == "1"
    names = lines[end + 1].split("\t")
    rows = [[float(cell) for cell in line.split("\t")] for line in lines[end + 2 : -1]]
    assert len(rows) == int(header["nRows"])
    assert {len(names), *map(len, rows)} == {int(header["nColumns"])}
    assert names[0] == "time" and len(set(names)) == len(names)
    assert not any(" " in name for name in names)
    table = np.array(rows)
    assert np.isfinite(table).all() and (np.diff(table[:, 0]) > 0).all()
    return lines[0], header["inDegrees"], dict(zip(names, table.T, strict=True))


def make_run(root, overrides, vector):
    """Return a run folder whose best is a vector."""
    from myoassist.optimize.store.result_files import format_vector

    before = Path.cwd()
    os.chdir(root)
    try:
        run = compose_run(overrides)
        with open_run(run.config, run.exp, run.all_overrides) as folder:
            (folder.path / "myorfl_x_Best.txt").write_bytes(format_vector(vector))
            folder.write_status("finished", generation=1)
    finally:
        os.chdir(before)
    return root / folder.path


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A run, the folder of its export, and the walk it shows."""
    from myoassist.analysis.walk.evaluation import evaluate_parameters
    from myoassist.runs.record import read_run_config

    root = tmp_path_factory.mktemp("export")
    vector = np.array(json.loads(WALKING.read_text())["params"])
    # A clear torque, which the published optimum does not have.
    vector[-4] = 0.4
    folder = make_run(root, RUN, vector)
    assert cli.main(["export", str(folder)]) == 0
    return folder, folder / "export", evaluate_parameters(read_run_config(folder), folder / "myorfl_x_Best.txt")


def test_files_are_the_promised_ones_and_hold_no_place(exported):
    folder, out, _ = exported
    names = ["exo_torque_profile.csv", "exo_torque_profile.json", "kinematics.mot", *TABLES]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    for path in out.iterdir():
        assert str(folder.parent).encode() not in path.read_bytes()


def test_profile_is_the_programmed_torque(exported):
    _, out, walk = exported
    with (out / "exo_torque_profile.csv").open(newline="", encoding="ascii") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["stance_percent", "torque_N_m", "torque_N_m_per_kg"]
    table = np.array(rows[1:], dtype=float)
    assert table.shape == (101, 3)
    np.testing.assert_array_equal(table[:, 0], np.arange(101))
    np.testing.assert_allclose(table[:, 1], np.clip(walk.curve(np.arange(101.0)), 0, 100), atol=1e-6)
    about = json.loads((out / "exo_torque_profile.json").read_text(encoding="utf-8"))
    assert list(about["columns"]) == rows[0]
    assert about["columns"]["torque_N_m_per_kg"]["unit"] == "N·m/kg"
    # The person, not the device: the library's 22-muscle model has 78.09 kg, the teaching device 2.33 kg.
    assert about["body_mass_kg"] == pytest.approx(78.09, abs=0.01)
    np.testing.assert_allclose(table[:, 2] * about["body_mass_kg"], table[:, 1], atol=1e-6)
    assert about["peak"]["torque_N_m"] == pytest.approx(table[:, 1].max(), abs=1e-6)
    assert about["controller"]["parameters"]["exo_peak_torque"] == 0.4
    assert about["controller"]["max_torque_N_m"] == about["torque_limit_N_m"] == 100.0
    assert about["myoassist"] == __version__
    assert 0.4 < about["timing"]["simulated_stance_time_s"]["r"] < 1.2
    # What the walk was given is what the profile says, at its place in stance.
    percent, torque = walk.log.exo_percent, walk.log.exo_torque
    given = np.interp(percent, table[:, 0], table[:, 1])
    assert torque.max() > 20.0
    np.testing.assert_allclose(torque[1:], given[1:], atol=0.5)


def test_kinematics_are_those_of_the_walk(exported):
    _, out, walk = exported
    title, degrees, table = read_storage(out / "kinematics.mot")
    assert (title, degrees) == ("Coordinates", "yes")
    legs = [f"{joint}_{side}" for side in "rl" for joint in ("hip_flexion", "knee_angle", "ankle_angle", "mtp_angle")]
    assert set(table) == {"time", "pelvis_tx", "pelvis_ty", "pelvis_tilt", *legs}
    log = walk.log
    np.testing.assert_allclose(table["time"], log.time, atol=1e-9)
    np.testing.assert_allclose(table["pelvis_tx"], log.pelvis_pos_w[:, 0], atol=1e-6)
    np.testing.assert_allclose(table["pelvis_ty"], log.pelvis_pos_w[:, 2], atol=1e-6)
    np.testing.assert_allclose(table["hip_flexion_r"], 180.0 - np.rad2deg(log.joint_angle[:, 0, 0]), atol=1e-5)
    np.testing.assert_allclose(table["knee_angle_l"], np.rad2deg(log.joint_angle[:, 1, 1]) - 180.0, atol=1e-5)
    np.testing.assert_allclose(table["ankle_angle_r"], 90.0 - np.rad2deg(log.joint_angle[:, 0, 2]), atol=1e-5)
    # Backward tilt is positive in OpenSim.
    np.testing.assert_allclose(table["pelvis_tilt"], -np.rad2deg(log.pelvis_pitch), atol=1e-5)


def test_ground_reaction_carries_the_body(exported):
    _, out, walk = exported
    title, degrees, table = read_storage(out / "ground_reaction.sto")
    assert (title, degrees) == ("ground_reaction", "no")
    log = walk.log
    vertical = np.column_stack([table["ground_force_r_vy"], table["ground_force_l_vy"]])
    assert vertical.min() >= 0.0
    # Over whole strides the ground carries exactly the weight.
    first, last = np.flatnonzero(log.new_step[:, 1])[[1, -1]]
    carried = vertical[first:last].sum(axis=1).mean()
    assert carried == pytest.approx(log.mass * 9.81, rel=0.04)
    # The touch sensors of the feet measure less, because part of the soles lies beside their zones.
    ratio = log.felt_load.sum() * log.mass * 9.8 / vertical.sum()
    assert 0.75 < ratio < 1.0
    np.testing.assert_allclose(log.ground_force_w[:, :, 2], vertical, atol=1e-3)
    for leg, side in enumerate("rl"):
        loaded = vertical[:, leg] > 50.0
        ahead = table[f"ground_force_{side}_px"] - log.joint_pos_w[:, leg, 2, 0]
        # From heel to toe: a foot of 30 cm, of which a quarter lies behind the ankle.
        assert ahead[loaded].min() > -0.12 and 0.1 < ahead[loaded].max() < 0.25
        np.testing.assert_allclose(table[f"ground_force_{side}_py"][loaded], 0.0, atol=0.01)
        # The left foot lies to the left, which is -z in OpenSim.
        assert (np.sign(table[f"ground_force_{side}_pz"][loaded]) == (1 if side == "r" else -1)).all()
        # Braking after contact, then propulsion.
        forward = table[f"ground_force_{side}_vx"]
        assert forward.min() < -50.0 and forward.max() > 50.0
        silent = vertical[:, leg] == 0.0
        assert silent.any() and (forward[silent] == 0.0).all()


def test_muscles_moments_and_exo_are_those_of_the_walk(exported):
    _, out, walk = exported
    log = walk.log
    for name in TABLES:
        title, degrees, table = read_storage(out / name)
        assert (f"{title}.sto", degrees) == (name, "no")
        np.testing.assert_allclose(table["time"], log.time, atol=1e-9)
    muscle = log.muscle_names.index("soleus_r")
    _, _, table = read_storage(out / "activations.sto")
    assert set(table) == {"time", *log.muscle_names}
    np.testing.assert_allclose(table["soleus_r"], log.activation[:, muscle], rtol=1e-8, atol=1e-12)
    _, _, table = read_storage(out / "muscle_forces.sto")
    np.testing.assert_allclose(table["soleus_r"], log.muscle_force[:, muscle], rtol=1e-8, atol=1e-9)
    _, _, table = read_storage(out / "joint_moments.sto")
    np.testing.assert_allclose(table["knee_angle_l_moment"], log.joint_moment[:, 1, 1], rtol=1e-8, atol=1e-9)
    _, _, table = read_storage(out / "exo_torque.sto")
    np.testing.assert_allclose(table["exo_torque_l"], log.exo_torque[:, 1], rtol=1e-8, atol=1e-9)
    assert set(table) == {"time", "exo_torque_r", "exo_torque_l", "exo_stance_percent_r", "exo_stance_percent_l"}


def test_other_folder_parameters_and_overrides(exported, tmp_path, monkeypatch, capsys):
    folder, _, walk = exported
    monkeypatch.chdir(tmp_path)
    vector = walk.vector.copy()
    vector[-4] = 0.2
    np.savetxt("mine.txt", vector)
    assert cli.main(["export", f"run={folder}", "params=mine.txt", "--out", "files", "env.sim_time=0.3"]) == 0
    assert "files/kinematics.mot" in capsys.readouterr().out
    assert len(read_storage(tmp_path / "files" / "kinematics.mot")[2]["time"]) == 30
    about = json.loads((tmp_path / "files" / "exo_torque_profile.json").read_text())
    assert about["peak"]["torque_N_m"] == pytest.approx(20.0, abs=0.5)
    assert about["parameters_from"] == "mine.txt"
    assert about["timing"]["simulated_stance_time_s"] == {"r": None, "l": None}


@pytest.mark.long
def test_without_a_controller_or_a_walk_the_rest_is_written(exported, tmp_path, monkeypatch, capsys):
    folder, _, walk = exported
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", str(folder), "exo=none", "--out", "a", "env.sim_time=0.2"]) == 0
    assert "no torque controller" in capsys.readouterr().err
    assert {path.suffix for path in Path("a").iterdir()} == {".mot", ".sto"}
    assert not Path("a/exo_torque.sto").exists()
    vector = walk.vector.copy()
    # The right knee far beyond its range.
    vector[54] = 40.0
    np.savetxt("bad.txt", vector)
    assert cli.main(["export", str(folder), "params=bad.txt", "--out", "b"]) == 0
    assert "the walk could not start" in capsys.readouterr().err
    assert sorted(path.name for path in Path("b").iterdir()) == ["exo_torque_profile.csv", "exo_torque_profile.json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no run is chosen"),
        (["nowhere"], "run=nowhere does not exist"),
        (["a", "b"], "run is given twice"),
        (["--fast"], "no argument of an export"),
        (["run="], "names nothing"),
    ],
)
def test_refusals(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["params=none.txt"], "params=none.txt does not exist"),
        (["env.sim_time=-1"], "env.sim_time=-1"),
        (["--out", "taken"], "is a file"),
    ],
)
def test_refusals_of_a_run(exported, arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("")
    assert cli.main(["export", str(exported[0]), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_run_without_a_best(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run = compose_run(RUN)
    with open_run(run.config, run.exp, run.all_overrides) as folder:
        pass
    assert cli.main(["export", str(folder.path)]) == 2
    assert "no best yet" in capsys.readouterr().err


def test_help(capsys):
    assert cli.main(["export", "-h"]) == 0
    assert "kinematics.mot" in capsys.readouterr().out
