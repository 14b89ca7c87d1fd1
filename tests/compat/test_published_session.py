"""Published sessions as they lie in a checkout: found, understood, and walked from another folder."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from published_model import write_model
from published_rl import STEPS, Bomb, make_walking_session, write_stride

from myoassist import cli
from myoassist.compat.session.checkpoint_run import open_session
from myoassist.compat.session.exp_file import draft_session
from myoassist.compat.session_file import find_session_file, read_session
from myoassist.files.errors import UnsafeFileError, UserError
from myoassist.rl.motion.file import load_reference
from myoassist.rl.motion.motion import ReferenceMotionError, resample

ROOT = Path(__file__).resolve().parents[2]
PLACE = "docs/assets/tutorial_rl_models/train_session_20250728-161129_tutorial_partial_obs"
STRIDE = "rl_train/reference_data/segmented.npz"


def draft_of(folder):
    return draft_session(read_session(find_session_file(folder)))


def make_stride(duration=1.125, shift=-0.924, n=100):
    """Channels of a stride at 1.27 m/s whose points reach from its first to its last sample at 100 Hz."""
    time = np.linspace(0.0, duration - 0.01, n)
    phase = 2 * np.pi * time / duration
    return {
        "q_pelvis_tx": 9.99 + 1.27 * time,
        "dq_pelvis_tx": np.full(n, 1.27),
        "q_pelvis_ty": 0.906 + 0.02 * np.cos(2 * phase) + shift,
        "dq_pelvis_ty": -0.08 * np.pi / duration * np.sin(2 * phase),
        "q_hip_flexion_r": 0.4 * np.cos(phase),
        "dq_hip_flexion_r": -0.8 * np.pi / duration * np.sin(phase),
    }


def save(path, arrays, bomb=None):
    np.savez(path, **arrays, **({} if bomb is None else {"meta_data": np.array(Bomb(bomb), dtype=object)}))
    return str(path)


def test_the_mean_stride_is_a_periodic_motion_and_its_object_is_never_made(tmp_path):
    motion = load_reference(save(tmp_path / "segmented.npz", make_stride(), tmp_path / "bomb"))
    assert not (tmp_path / "bomb").exists()
    # Its own duration is in the object; distance and speed tell it nearly.
    assert motion.periodic and motion.duration == pytest.approx(1.125) and motion.length == 100
    assert motion.advance == pytest.approx(1.27 * 1.125) and motion.q["pelvis_tx"][0] == 0.0
    assert motion.q["pelvis_ty"].mean() == pytest.approx(0.906, abs=1e-3)
    at_30 = resample(motion, 30.0)
    assert at_30.length == 135 and at_30.q["hip_flexion_r"][0] == motion.q["hip_flexion_r"][0]
    # A stride of another length, of a pelvis at its height.
    other = load_reference(save(tmp_path / "other.npz", make_stride(1.4, 0.0)))
    assert other.duration == pytest.approx(1.4, rel=0.01) and other.q["pelvis_ty"].mean() == pytest.approx(
        0.906, abs=1e-3
    )


def test_strides_that_cannot_be_read_are_refused_with_the_reason(tmp_path):
    standing = make_stride() | {"q_pelvis_tx": np.zeros(100), "dq_pelvis_tx": np.zeros(100)}
    with pytest.raises(ReferenceMotionError, match="does not move forward"):
        load_reference(save(tmp_path / "a.npz", standing))
    blind = {name: values for name, values in make_stride().items() if "pelvis_tx" not in name}
    with pytest.raises(ReferenceMotionError, match="no q_pelvis_tx"):
        load_reference(save(tmp_path / "b.npz", blind))
    hidden = make_stride() | {"q_knee_angle_r": np.array([Bomb(tmp_path / "bomb")], dtype=object)}
    with pytest.raises(UnsafeFileError, match="pickled objects"):
        load_reference(save(tmp_path / "c.npz", hidden))
    assert not (tmp_path / "bomb").exists()


def test_the_stride_is_found_in_the_checkout_or_beside_the_session(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    session = make_walking_session(tmp_path / "checkout" / PLACE)
    draft = draft_of(session)
    assert draft.values["env.reference_data_path"] == "shipped:tutorial_fast"
    assert any("segmented.npz beside it" in note for note in draft.unmapped)
    assert open_session(str(session), None, []).any_start
    for place in (tmp_path / "checkout" / STRIDE, session / "segmented.npz"):
        write_stride(place, tmp_path / "bomb")
        draft = draft_of(session)
        assert Path(draft.values["env.reference_data_path"]).samefile(place)
        assert any("mean stride" in note for note in draft.remarks)
        run = open_session(str(session), None, [])
        # A stride is repeated, whatever the published program does at the end of its motion.
        assert not run.any_start and run.config.env.reference_end == "loop"
        place.unlink()
    given = ["env.reference_data_path=shipped:tutorial_fast"]
    assert not open_session(str(session), None, given).any_start
    assert not (tmp_path / "bomb").exists()


def test_names_of_the_oldest_sessions_are_known(tmp_path):
    session = make_walking_session(tmp_path / "session", old=True)
    run = open_session(str(session), None, [])
    assert run.path.name == f"session_name_step_{STEPS}.zip" and run.config.env.reward_version == "compat_a"
    assert open_session(str(session), "newest", []).path == run.path
    run.path.unlink()
    with pytest.raises(UserError, match="holds no policy") as refusal:
        open_session(str(session), None, [])
    assert "params=" in str(refusal.value.remedy)


def test_an_evaluation_says_nothing_that_does_not_concern_it(tmp_path, capsys):
    session = make_walking_session(tmp_path / PLACE, prev_trained_policy_path="docs/assets/gone/model_1")
    model = tmp_path / "models" / "22muscle_2D" / "myoLeg22_2D_TUTORIAL.xml"
    open_session(str(session), None, [])
    said = capsys.readouterr().out
    assert "our own model of the same name instead" in said and "it is not here" in said
    assert "prev_trained_policy_path" not in said and "walks with" not in said
    open_session(str(session), None, ["model=custom", f"model.path={model}", "model.trust_path=true"])
    assert "our own model" not in capsys.readouterr().out
    # An import does: whoever trains goes on from there.
    assert any("prev_trained_policy_path docs/assets/gone/model_1" in note for note in draft_of(session).unmapped)


def printed_command(said):
    """Return the arguments of the evaluation that an import names."""
    line = re.search(r"walks with: \S.*? (?:eval|scripts/eval\.sh) (.*) ; training", said)
    return shlex.split(line[1])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout whose name a shell and Hydra would take apart, with a session that walks."""
    folder = tmp_path_factory.mktemp("a") / "check out, 1"
    folder.mkdir()
    write_model(folder, "fast")
    make_walking_session(folder / PLACE)
    make_walking_session(
        folder / "docs/assets/tutorial_rl_models/train_session_20250803-154021_rough",
        "walk_rough",
        old=True,
        terrain_type="random",
        terrain_params="0.06",
        prev_trained_policy_path=f"{PLACE}/trained_models/model_{STEPS}",
    )
    return folder


def evaluate(arguments, cwd):
    """Evaluate in a process of its own, as the scripts do."""
    command = [sys.executable, "-m", "myoassist.evaluate", *arguments, "env.render_modes=[]"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    answer = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def read_walk(cwd, name):
    (folder,) = cwd.glob(f"logs/*/session_{name}/analyze_results_00")
    terms = json.loads((folder / "eval_terms.json").read_text())
    return terms, (folder / "report.html").read_text()


@pytest.mark.long
def test_the_printed_command_walks_on_the_published_model_from_another_folder(checkout, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_stride(checkout / STRIDE, tmp_path / "bomb")
    session = checkout / PLACE
    before = sorted(session.rglob("*"))
    assert cli.main(["import", str(session), "--out", "exp"]) == 0
    command = printed_command(capsys.readouterr().out)
    assert any(word.startswith("model.path=") for word in command) and "model.trust_path=true" in command
    said = evaluate([*command, "starts=0"], tmp_path)
    assert "mean stride" in said and "start phases of its stand-in" not in said and "our own model" not in said
    terms, _ = read_walk(tmp_path, session.name)
    assert terms["outcome"] == "SURVIVED" and terms["distance"] > 5.5, terms
    # Beside the session nothing was written, and no object was made.
    assert sorted(session.rglob("*")) == before and not (tmp_path / "bomb").exists()
    (checkout / STRIDE).unlink()


@pytest.mark.long
def test_a_rough_session_walks_on_its_field_and_on_level_ground(checkout, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_stride(checkout / STRIDE, tmp_path / "bomb")
    session = checkout / "docs/assets/tutorial_rl_models/train_session_20250803-154021_rough"
    assert cli.main(["import", str(session)]) == 0
    command = printed_command(capsys.readouterr().err)
    for overrides in ([], ["env.terrain=flat", "env.terrain_params=''"]):
        evaluate([*command, *overrides, "starts=0"], tmp_path)
        terms, _ = read_walk(tmp_path, session.name)
        assert terms["outcome"] == "SURVIVED" and terms["distance"] > 5.5, terms
        touched = contacts_of(tmp_path, session.name)
        # Bumps carry alone; on level ground plane and field do, as published.
        assert touched == ({"terrain"} if not overrides else {"terrain", "ground-plane"})
        shutil.rmtree(tmp_path / "logs")
    (checkout / STRIDE).unlink()


def contacts_of(cwd, name):
    """Return which grounds the walk of an evaluation has touched."""
    (file,) = cwd.glob(f"logs/*/session_{name}/analyze_results_00/gait_evaluated_data.json")
    steps = json.loads(file.read_text())["series_data"]["physics_data"]["contacts"]["data"]
    return {contact[end] for step in steps for contact in step for end in ("geom1", "geom2")} & {
        "terrain",
        "ground-plane",
    }


@pytest.mark.long
def test_without_the_stride_the_walk_that_lasts_longest_is_shown_and_that_is_said(
    checkout, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["import", str(checkout / PLACE)]) == 0
    command = printed_command(capsys.readouterr().err)
    said = evaluate([*command, "starts=4", "rl.evaluate_param_list=[{num_timesteps: 60}]"], tmp_path)
    words = "Of 4 start phases of its stand-in the walk is shown from"
    assert words in " ".join(said.split())
    terms, page = read_walk(tmp_path, (checkout / PLACE).name)
    assert terms["outcome"] == "SURVIVED" and words in page
    assert (checkout / PLACE / "trained_models").is_dir()
