"""Result folders of MyoAssist are evaluated as they lie there, each into a folder of its own."""

import json
import os
import shlex
from pathlib import Path

import numpy as np
import pytest
from myoassist_presets import PRESETS, write_bat, write_json, write_sh

from myoassist import cli, evaluate
from myoassist.commands.evaluate.command import COMMAND
from myoassist.commands.evaluate.prepared_run import prepare_runs
from myoassist.compat.result.batch_file import read_batch
from myoassist.compat.result.folder import is_result_folder
from myoassist.files.errors import ConfigError, UserError
from tests.walkers import WALKING_VECTOR

NAME = "myorfl_Kine_2D_1_25_2025Aug11_1439_None"
SHORT = ["env.sim_time=0.3", "env.render_modes=[]"]
COSTS = "Effort_Cost : 1.634\nKinematic_Cost : 77.06\nActual_velocity : [1.5093e+00 2.2880e-08]\nPelvis_Cost : None\n"


def write_result(folder, preset="tutorial", name=NAME, **changes):
    """Write a folder as the published program leaves it, with Windows line ends and a pickle that runs code."""
    folder.mkdir(parents=True, exist_ok=True)
    for label, shift in (("Best", 0.0), ("BestLast", 0.01)):
        text = "".join(f"{value:.18e}\r\n" for value in WALKING_VECTOR + shift)
        (folder / f"{name}_{label}.txt").write_bytes(text.encode())
        (folder / f"{name}_{label}_Cost.txt").write_text(COSTS)
    (folder / f"{name}_Pickle.pkl").write_bytes(b"cos\nsystem\n(S'touch broken'\ntR.")
    if preset:
        # What is left out has no value; the folder of the start point does not exist here.
        arguments = {key: value for key, value in {**PRESETS[preset], **changes}.items() if value is not None}
        write_bat(folder, folder.name.replace(" ", "_"), arguments)
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory with a blank in its name, away from the results."""
    place = tmp_path / "my work"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return place


def run(*arguments, code=0):
    assert evaluate.main([*arguments, *SHORT]) == code


def prepare(*arguments):
    """Return what would be simulated, with the folders made that the results would go into."""
    prepared = prepare_runs(COMMAND.parse([*arguments, *SHORT]))
    for item in prepared.runs:
        item.result.claim()
    return prepared.runs


def places(*arguments):
    """Return the parameter file by the name of the folder that its evaluation goes into."""
    return {item.folder.name: item.parameters for item in prepare(*arguments)}


@pytest.mark.long
def test_the_preset_in_the_folder_says_how(here, tmp_path, capsys):
    folder = write_result(tmp_path / "my results" / "tutorial 0811_1439")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run(f"run={folder}")
    shown = capsys.readouterr().out
    (place,) = Path("logs").glob("*/result_tutorial_0811_1439_Best")
    terms = json.loads((place / "eval_terms.json").read_text())
    assert terms["parameters"].endswith(f"tutorial 0811_1439/{NAME}_Best.txt") and terms["target"] == "effort"
    assert terms["walked_time"] == pytest.approx(0.3) and (place / "report.html").is_file()
    # What differs from its name is said; what concerned the search is not.
    assert "named after kinematics, but cost.target is effort: add cost.target=kinematics" in shown
    assert "param_path" not in shown and "tutorial_0811_1439.bat" in shown
    # Nothing is written into the folder, and its pickle is not read.
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not Path("broken").exists() and not list(here.parent.glob("**/broken"))
    # No file of ours names a folder of this machine.
    assert str(tmp_path) not in (place / "evaluated_result.json").read_text()
    assert [path.name for path in here.iterdir()] == ["logs"]


@pytest.mark.long
def test_overrides_and_another_file_win(here, tmp_path, capsys):
    folder = write_result(tmp_path / "result")
    np.savetxt("mine.txt", WALKING_VECTOR + 0.02)
    run(f"run={folder}", "params=mine.txt", "cost=kinematics", "cost.mode=compat")
    (place,) = Path("logs").glob("*/*")
    terms = json.loads((place / "eval_terms.json").read_text())
    assert (terms["parameters"], terms["target"], terms["mode"]) == ("mine.txt", "kinematics", "compat")
    assert place.name == "result_result_mine"
    run(f"run={folder}", "params=none.txt", code=2)
    assert "params=none.txt does not exist" in capsys.readouterr().err


@pytest.mark.long
def test_best_and_bestlast_do_not_overwrite_one_another(here, tmp_path):
    folder = write_result(tmp_path / "result")
    best, last = folder / f"{NAME}_Best.txt", folder / f"{NAME}_BestLast.txt"
    for _ in range(2):
        assert places(f"run={folder}", "params=best") == {"result_result_Best": best}
        assert places(f"run={folder}", "params=bestlast") == {"result_result_BestLast": last}
    best.unlink()
    with pytest.raises(UserError, match="to fix:   params=bestlast"):
        prepare(f"run={folder}", "params=best")
    # Without a wish the one that is there is taken.
    assert places(f"run={folder}") == {"result_result_BestLast": last}


@pytest.mark.long
def test_several_results_get_a_folder_each(here, tmp_path):
    one, other = write_result(tmp_path / "a" / "exo"), write_result(tmp_path / "b" / "exo")
    second = NAME.replace("1439", "1500")
    np.savetxt(other / f"{second}_Best.txt", WALKING_VECTOR + 0.03)
    expected = {
        "result_exo_Best": one / f"{NAME}_Best.txt",
        f"result_exo_{NAME}_Best": other / f"{NAME}_Best.txt",
        f"result_exo_{second}_Best": other / f"{second}_Best.txt",
    }
    for _ in range(2):
        assert places(f"run={one},{other}") == expected
    # The same name elsewhere: a number tells them apart, again and again, in whatever order they come.
    (other / f"{second}_Best.txt").unlink()
    numbered = {"result_exo_Best": one / f"{NAME}_Best.txt", "result_exo_Best_2": other / f"{NAME}_Best.txt"}
    assert places(f"run={tmp_path}/*/exo") == numbered
    assert places(f"run={other},{one}") == numbered
    assert places(f"run={other}") == {"result_exo_Best_2": other / f"{NAME}_Best.txt"}


def test_a_folder_of_somebody_else_is_not_overwritten(here, tmp_path):
    folder = write_result(tmp_path / "exo")
    (item,) = prepare(f"run={folder}")
    (item.folder / "evaluated_result.json").write_text("{")
    assert set(places(f"run={folder}")) == {"result_exo_Best_2"}
    assert (item.folder / "evaluated_result.json").read_text() == "{"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_log_folder_that_cannot_be_written(here, tmp_path):
    folder = write_result(tmp_path / "exo")
    here.chmod(0o500)
    with pytest.raises(ConfigError, match="MYOASSIST_LOGS"):
        prepare(f"run={folder}")


def test_a_log_folder_that_is_a_file(here, tmp_path):
    folder = write_result(tmp_path / "exo")
    Path("logs").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be used(.|\n)*MYOASSIST_LOGS"):
        prepare(f"run={folder}")


@pytest.mark.long
def test_without_a_preset_the_remedy_works_when_pasted(here, tmp_path, capsys):
    folder = write_result(tmp_path / "exo 4param_2deg", preset=None, name=NAME.replace("1_25", "0_75"))
    run(f"run={folder}", code=2)
    said = capsys.readouterr().err
    assert "holds no preset, which would say model, exo and target" in said
    (remedy,) = [line.partition("to fix:")[2] for line in said.splitlines() if "to fix:" in line]
    words = shlex.split(remedy)
    options = words[[word.startswith("run=") for word in words].index(True) :]
    assert options[1:] == [
        "exp=exo_4param",
        "model=tutorial",
        "exo.max_torque=100",
        "env.slope_deg=2",
        "env.slope_mode=compat",
    ]
    run(*options)
    assert "cost.target=kinematics cost.tgt_vel=0.75, as" in capsys.readouterr().out
    (place,) = Path("logs").glob("*/result_exo_4param_2deg_Best")
    assert json.loads((place / "eval_terms.json").read_text())["target"] == "kinematics"
    # A preset that lies elsewhere does as well.
    preset = write_sh(tmp_path, "exo_4param", PRESETS["exo_4param"])
    (item,) = prepare(f"run={folder}", f"preset={preset}")
    assert item.config.exo.max_torque == 10.0 and "as exo_4param.sh says" in capsys.readouterr().out


@pytest.mark.parametrize(("entries", "wanted"), [(77, "exp=baseline"), (83, "exp=exo_npoint exo.n_points=3")])
def test_the_length_tells_the_exo(here, tmp_path, capsys, entries, wanted):
    folder = tmp_path / "other"
    folder.mkdir()
    np.savetxt(folder / "other_Best.txt", np.append(WALKING_VECTOR[:77], np.full(entries - 77, 0.5)))
    run(f"run={folder}", code=2)
    remedy = capsys.readouterr().err.partition("to fix:")[2]
    assert wanted in remedy
    run(*[word for word in shlex.split(remedy) if "=" in word])


def _two_presets(folder):
    write_json(folder, "first", PRESETS["tutorial"])
    write_sh(folder, "second", PRESETS["baseline"])


def _no_command(folder):
    (folder / "run_eval.bat").write_text("@echo off\r\npython -m results.evaluation\r\n")


def _no_vector(folder):
    for file in folder.glob("*Best*.txt"):
        file.unlink()
    write_bat(folder, "tutorial", PRESETS["tutorial"])


def _words(folder):
    write_bat(folder, "tutorial", PRESETS["tutorial"])
    (folder / f"{NAME}_Best.txt").write_text("hello\n")


def _wrong_length(folder):
    write_bat(folder, "tutorial", PRESETS["tutorial"])
    np.savetxt(folder / f"{NAME}_Best.txt", np.ones(80))


@pytest.mark.parametrize(
    ("spoil", "found", "remedy"),
    [
        (_two_presets, "holds 2 presets: first.json, second.sh", "to fix:   preset="),
        (_no_command, "run_eval.bat holds no train command", "exp=exo_4param model=tutorial"),
        (_no_vector, "holds no *_BestLast.txt or *_Best.txt", "copy the file that the run has written"),
        (_words, "is no list of numbers", ""),
        (_wrong_length, "has 80 entries", "set the model and exo options as in the run that wrote it"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(here, tmp_path, capsys, spoil, found, remedy):
    # A blank in the path: what the remedies name has to be quoted.
    folder = write_result(tmp_path / "my results" / "result", preset=None)
    spoil(folder)
    run(f"run={folder}", code=2)
    said = capsys.readouterr().err
    assert found in said and remedy in said and "expected:" in said and "Traceback" not in said
    assert not Path("logs").exists()


def test_what_does_not_fit_a_result_is_refused(here, tmp_path, capsys):
    folder = write_result(tmp_path / "result")
    for option, found in (
        ("starts=3", "starts=3 for a result of a search"),
        ("exp=rl_test", "exp=rl_test trains a policy"),
        ("preset=none.bat", "preset=none.bat does not exist"),
    ):
        run(f"run={folder}", option, code=2)
        assert found in capsys.readouterr().err
    (tmp_path / "neither").mkdir()
    run(f"run={tmp_path / 'neither'}", code=2)
    assert "or a result folder of MyoAssist, with its *_Best.txt" in capsys.readouterr().err
    file = folder / f"{NAME}_Best.txt"
    run(f"run={file}", code=2)
    remedy = capsys.readouterr().err.partition("to fix:")[2]
    assert places(*[word for word in shlex.split(remedy) if "=" in word])[f"result_result_{file.stem}"] == file
    assert not is_result_folder(tmp_path / "neither") and not is_result_folder(file)


def test_a_run_of_ours_takes_no_preset_and_no_exp(here, tmp_path, capsys):
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "config.yaml").write_text("task: reflex\n")
    run(f"run={ours}", "exp=tutorial", code=2)
    assert "exp= and run= are both given" in capsys.readouterr().err
    run(f"run={ours}", "preset=x.bat", code=2)
    assert "preset=x.bat" in capsys.readouterr().err


def test_published_terms_stand_beside_those_of_the_walk(here, tmp_path):
    folder = write_result(tmp_path / "checkout" / "ctrl_optim" / "results" / "optim_results" / "result")
    terms = {"Effort_Cost": 1.7, "Kinematic_Cost": 80.0, "GRF_Cost": 0.1}
    (item,) = prepare(f"run={folder}")
    (advice,) = item.result.compare_costs(terms)
    assert "'model.path=<its MJCF file>' model.trust_path=true model.mujoco_compat=3.3 cost.mode=compat" in advice
    model = tmp_path / "checkout" / "models" / "22muscle_2D" / "myoLeg22_2D_TUTORIAL.xml"
    model.parent.mkdir(parents=True)
    model.write_text("<mujoco/>")
    (advice,) = item.result.compare_costs(terms)
    assert "model.path=../checkout/models/22muscle_2D/myoLeg22_2D_TUTORIAL.xml" in advice
    # What is advised can be given, and then the numbers stand beside one another.
    options = shlex.split(advice.partition("adding ")[2])
    (item,) = prepare(f"run={folder}", *options)
    assert item.config.model.path.endswith("TUTORIAL.xml") and item.config.model.device is None
    (text,) = item.result.compare_costs(terms)
    assert "Effort_Cost 1.634 (1.7), Kinematic_Cost 77.06 (80)." in text and "GRF" not in text
    assert item.result.compare_costs({}) == []
    # Without the file of costs, how published numbers come out is said all the same.
    (folder / f"{NAME}_Best_Cost.txt").unlink()
    assert item.result.compare_costs(terms) == []
    (item,) = prepare(f"run={folder}")
    assert item.result.compare_costs(terms)[0].startswith("What was published is computed by adding model=custom")


def write_batch(folder, content):
    path = folder / "batch.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.long
def test_a_batch_file_evaluates_its_folders(here, tmp_path, capsys):
    root = tmp_path / "ctrl_optim"
    write_result(root / "results" / "optim_results" / "two words")
    content = {
        "results_dirs": ["results\\optim_results\\two words", "results/none"],
        "evaluation_mode": "short",
        "output_dir": "evaluation_outputs",
        "include_best": True,
        "include_bestlast": True,
    }
    path = write_batch(root, content)
    run(f"run={path}", code=2)
    shown = capsys.readouterr()
    assert "results_dir results/none does not exist" in shown.err and "2 of 3 runs evaluated" in shown.out
    assert {place.name for place in Path("evaluation_outputs").iterdir()} == {"two_words_Best", "two_words_BestLast"}
    assert all((place / "eval_terms.json").is_file() for place in Path("evaluation_outputs").iterdir())
    assert not Path("logs").exists()


def test_the_public_batch_file(here, tmp_path):
    """The published example, but for the name of the folder."""
    write_result(tmp_path / "results" / "optim_results" / "tutorial_debug")
    content = {
        "results_dir": "results/optim_results/tutorial_debug",
        "evaluation_mode": "short",
        "output_dir": "evaluation_outputs",
        "include_best": False,
        "include_bestlast": True,
    }
    batch = read_batch(write_batch(tmp_path, content))
    assert batch.labels == ("BestLast",) and batch.sim_time == 5.0 and batch.root == Path("evaluation_outputs")
    # Five seconds, not the twenty of the preset; what is typed wins.
    (item,) = prepare_runs(COMMAND.parse([f"run={tmp_path / 'batch.json'}"])).runs
    assert item.folder == Path("evaluation_outputs/tutorial_debug_BestLast") and item.config.env.sim_time == 5.0
    (item,) = prepare_runs(COMMAND.parse([f"run={tmp_path / 'batch.json'}", "env.sim_time=7", "params=best"])).runs
    assert item.folder.name == "tutorial_debug_Best" and item.config.env.sim_time == 7.0


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("{", "is no JSON"),
        ("[1]", "names no results_dir or results_dirs"),
        ({"evaluation_mode": "short"}, "names no results_dir or results_dirs"),
        ({"results_dirs": []}, "results_dirs is empty"),
        ({"results_dirs": [1]}, "1 names no folder"),
        ({"results_dir": ""}, "'' names no folder"),
        ({"results_dir": "nowhere", "include_bst": True}, "there is no key include_bst"),
        ({"results_dir": "nowhere", "include_best": "false"}, "include_best is 'false'"),
        ({"results_dir": "nowhere", "include_best": False, "include_bestlast": False}, "are both false"),
        ({"results_dir": "nowhere", "evaluation_mode": "medium"}, "evaluation_mode is 'medium'"),
        ({"results_dir": "nowhere", "evaluation_mode": ["short"]}, "evaluation_mode is ['short']"),
        ({"results_dir": "nowhere", "output_dir": "../../etc"}, "output_dir is ../../etc"),
        ({"results_dir": "nowhere", "output_dir": "C:\\out"}, "output_dir is C:"),
        ({"results_dir": "nowhere", "output_dir": 3}, "output_dir is 3"),
        ({"results_dir": "results/tutorial_YOUR RESULTS FOLDER"}, "tutorial_YOUR RESULTS FOLDER does not exist"),
    ],
)
def test_what_is_wrong_with_a_batch_file_is_said(here, tmp_path, capsys, content, found):
    path = write_batch(tmp_path, content)
    run(f"run={path}", code=2)
    said = capsys.readouterr().err
    assert found in said and "expected:" in said and "to fix:" in said and "Traceback" not in said
    assert not list(here.iterdir())


def test_a_missing_batch_file_and_a_comment_in_one(here, tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        read_batch(tmp_path / "none.json")
    path = write_batch(tmp_path, {"_comment": "mine", "results_dir": "nowhere"})
    assert read_batch(path).folders == {"nowhere": None}
    with pytest.raises(ConfigError, match="include_best"):
        read_batch(write_batch(tmp_path, {"results_dir": "nowhere", "includ_best": True}))


def test_help_names_result_folders(capsys):
    assert cli.main(["eval", "-h"]) == 0
    shown = capsys.readouterr().out
    assert "run=RESULT" in shown and "params=bestlast" in shown and "preset=FILE" in shown
