"""Presets of MyoAssist, in every form, become the experiments that we have under their names."""

import dataclasses

import numpy as np
import pytest
import yaml
from myoassist_presets import COMMON, FORMS, PRESETS, write_bat, write_json, write_sh

from myoassist.check.run import check
from myoassist.compat.exp_file import compose_experiment, draft_experiment, format_experiment, map_preset
from myoassist.compat.preset.arguments import ALIASES, ARGUMENTS, COST_FLAGS
from myoassist.compat.preset.file import read_preset
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.cost_formula import target_names
from myoassist.config.schema.groups import config_folder
from myoassist.config.schema.keys import run_keys
from myoassist.files.errors import UserError
from tests.walkers import WALKING_VECTOR

# What the presets say and our experiments of the same name leave to the machine, or to the user.
EXPECTED = {
    # Ours is another search.
    "tutorial": ["exp=debug", "overlays=published", "model=tutorial", "cost=effort"],
    "exo_npoint_cont": ["exp=exo_npoint_cont", "overlays=published", "optimizer.param_path=null"],
    "tutorial_prep": ["exp=exo_npoint", "overlays=published", "model=tutorial", "exo.n_points=3", "exo.max_torque=100"],
}


def read(path):
    preset = read_preset(path)
    return preset, draft_experiment(preset)


def compose(preset, draft):
    return compose_experiment(format_experiment(preset, draft, preset.name), preset.name)


def mapped(folder, **arguments):
    """Return what arguments become, read from a batch file, without composing it."""
    return map_preset(read_preset(write_bat(folder, "some", arguments)))


def value_of(draft, key):
    """Return the value of a key: the draft's own, else that of its group option, else the default."""
    group, _, name = key.partition(".")
    content = {}
    if group in draft.groups:
        content = yaml.safe_load((config_folder() / group / f"{draft.groups[group]}.yaml").read_text())
    return draft.values.get(key, content.get(name, run_keys()[key].default))


@pytest.mark.parametrize("name", PRESETS)
def test_preset_is_our_experiment_in_every_form(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    presets = [read_preset(write(tmp_path, name, PRESETS[name])) for write in FORMS.values()]
    assert presets[0].values == presets[1].values == presets[2].values
    assert [preset.notes for preset in presets] == [[], [], []]
    draft = draft_experiment(presets[0])
    config = compose(presets[0], draft)
    check(config)
    assert config.optimizer.threads == PRESETS[name]["threads"]
    assert config.expname == ("exo_4param_tutorial" if name == "tutorial_prep" else name)
    ours = compose_run(EXPECTED.get(name, [f"exp={name}", "overlays=published"])).config
    ours.optimizer.threads, ours.expname = config.optimizer.threads, config.expname
    assert dataclasses.asdict(config) == dataclasses.asdict(ours)
    # Only the start points lie in another checkout.
    assert [text.split()[0] for text in draft.unmapped] == (["param_path"] if "param_path" in PRESETS[name] else [])


def test_start_point_is_found_around_the_preset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "ctrl_optim" / "optim" / "training_configs"
    results = tmp_path / "ctrl_optim" / "results" / "optim_results" / "tutorial_prep"
    folder.mkdir(parents=True)
    results.mkdir(parents=True)
    preset, draft = read(write_sh(folder, "tutorial", PRESETS["tutorial"]))
    # What a run would say at its start is said now.
    assert len(draft.unmapped) == 1 and "tutorial_prep holds no parameter file" in draft.unmapped[0]
    np.savetxt(results / "myorfl_Kine_2D_1_25_2025Aug11_1439_None_Best.txt", WALKING_VECTOR)
    preset, draft = read(write_sh(folder, "tutorial", PRESETS["tutorial"]))
    assert draft.unmapped == []
    assert compose(preset, draft).optimizer.param_path == "ctrl_optim/results/optim_results/tutorial_prep"


# One row per argument: what is given, the key that it sets, its value.
VALUES = [
    ({"musc_model": 26}, "model.musculature", 26),
    ({"musc_model": "leg_11"}, "model.musculature", 22),
    ({"musc_model": "80"}, "model.musculature", 80),
    ({"msk": "myolegs26"}, "model.musculature", 26),
    ({"move_dim": 3}, "model.musculature", 26),
    ({"move_dim": 2}, "model.musculature", 22),
    ({"model": "dephy"}, "model.device", "dephy"),
    ({"model": "hmedi"}, "model.device", "hmedi"),
    ({"model": "openexo"}, "model.device", "openexo"),
    ({"model": "baseline"}, "model.device", None),
    ({"model": "default"}, "model.device", None),
    ({"device": "Tutorial_L1"}, "model.device", "tutorial"),
    ({"sim_time": 12}, "env.sim_time", 12.0),
    ({"pose_key": "walk_right"}, "env.init_pose", "walk_right"),
    ({"pose_key": "walk"}, "env.init_pose", "walk_left"),
    ({"init_pose": "walk_right"}, "env.init_pose", "walk_right"),
    ({"num_strides": 7}, "cost.num_strides", 7),
    ({"delayed": 1}, "control.delayed", True),
    ({"delayed": "true"}, "control.delayed", True),
    ({"optim_mode": "evaluate"}, "optimizer.mode", "evaluate"),
    ({"tgt_vel": 1.5}, "cost.tgt_vel", 1.5),
    ({"tgt_slope": -5}, "env.slope_deg", -5.0),
    ({"slope_deg": 2.5}, "env.slope_deg", 2.5),
    ({"trunk_err_type": "vel_square"}, "cost.trunk_err_type", "vel_square"),
    ({"tgt_sym_th": 0.2}, "cost.tgt_sym_th", 0.2),
    ({"tgt_grf_th": 1.1}, "cost.tgt_grf_th", 1.1),
    ({"model": "dephy", "ExoOn": 1}, "exo.controller", "npoint"),
    ({"model": "dephy", "exo_bool": "True"}, "exo.controller", "npoint"),
    ({"model": "dephy", "exo_bool": "False"}, "exo.controller", "none"),
    ({"model": "dephy", "ExoOn": 1, "use_4param_spline": True}, "exo.controller", "four_param"),
    ({"model": "dephy", "ExoOn": 1, "use_4param_spline": True, "fixed_exo": True}, "exo.fixed", True),
    ({"model": "dephy", "ExoOn": 1, "n_points": 9}, "exo.n_points", 9),
    ({"model": "dephy", "ExoOn": 1, "max_torque": 55.5}, "exo.max_torque", 55.5),
    ({"popsize": 12}, "optimizer.popsize", 12),
    ({"maxiter": 3}, "optimizer.maxiter", 3),
    ({"threads": 5}, "optimizer.threads", 5),
    ({"threads": 0}, "optimizer.threads", 1),
    ({"sigma_gain": 2.5}, "optimizer.sigma_gain", 2.5),
    ({"sigma": 4}, "optimizer.sigma_gain", 4.0),
    ({"cma_options": "tolfun:1e-9,CMA_active:false,tolstagnation:100"}, "optimizer.cma_options",
     {"tolfun": 1e-9, "CMA_active": False, "tolstagnation": 100}),
    ({"runSuffix": "trial3"}, "optimizer.run_suffix", "trial3"),
    ({"runSuffix": "None"}, "optimizer.run_suffix", None),
    ({"cost_print": True}, "optimizer.cost_print", True),
    ({"save_path": "results/deeper/mine"}, "expname", "mine"),
    ({"seed": 4}, "seed", 4),
    ({"cost_mode": "compat"}, "cost.mode", "compat"),
    ({"l1_weight": 0.5}, "cost.l1_weight", 0.5),
    ({"checkpoint_every": 10}, "optimizer.checkpoint_every", 10),
    ({"terrain": '\'{"terrain":"slope","deg":3}\''}, "env.slope_deg", 3.0),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "key", "value"), VALUES, ids=lambda item: str(item)[:40])
def test_argument_sets_its_key(arguments, key, value, tmp_path):
    draft = mapped(tmp_path, velocity=True, **arguments)
    assert value_of(draft, key) == value
    assert draft.unmapped == []


@pytest.mark.parametrize("flag", COST_FLAGS)
@pytest.mark.parametrize("form", ["short", "long", "json"])
def test_cost_flag_sets_the_target(flag, form, tmp_path):
    name = COST_FLAGS[flag]
    path = tmp_path / "some.bat"
    path.write_text(f"python train.py {'-' + flag if form == 'short' else '--' + name} --popsize 8\n")
    if form == "json":
        path = write_json(
            tmp_path, "some", {name: True, "popsize": 8, "effort" if name != "effort" else "classic": False}
        )
    draft = map_preset(read_preset(path))
    if name in target_names():
        assert value_of(draft, "cost.target") == name
        assert draft.unmapped == []
    else:
        assert any(name in text for text in draft.unmapped)


# What has no counterpart, or none with this value: it has to be said.
REPORTED = [
    ({"model": "nothing"}, "model nothing", "tutorial"),
    ({"model": "custom", "model_path": "none.xml"}, "model_path none.xml", "no such file"),
    ({"model_path": "none.xml"}, "model_path none.xml", "model custom"),
    ({"musc_model": "44"}, "musc_model 44", "leg_11"),
    ({"musc_model": "22", "move_dim": 3}, "move_dim 3", "2 dimensions"),
    ({"ExoOn": 1}, "ExoOn 1", "no device"),
    ({"pose_key": "crouch"}, "pose_key crouch", "walk_right"),
    ({"tgt_slope": 30}, "tgt_slope 30", "at most 15"),
    ({"sim_time": 0}, "sim_time 0", "more than 0"),
    ({"tgt_vel": "fast"}, "tgt_vel fast", "a number"),
    ({"trunk_err_type": "other"}, "trunk_err_type other", "zero_diff"),
    ({"optim_mode": "multispeed"}, "optim_mode multispeed", "optim_params"),
    ({"optim_mode": "dance"}, "optim_mode dance", "single"),
    ({"reflex_mode": "amp"}, "reflex_mode amp", "control.legs"),
    ({"optimize_stiffness": True}, "optimize_stiffness", "no parameter"),
    ({"ankle_range": [-0.3, 0.2]}, "ankle_range -0.3 0.2", "range of the ankle"),
    ({"terrain": "rocks.json"}, "terrain rocks.json", "flat"),
    ({"env_spec": "a.json"}, "env_spec a.json", "msk and device"),
    ({"cma_options": "tolfun:1e-9,popsize:4"}, "cma_options popsize:4", "optimizer.popsize"),
    ({"cma_options": "tolfun:exec"}, "cma_options tolfun:exec", "finite number"),
    ({"cma_options": "tolfun"}, "cma_options tolfun", "key:value"),
    ({"param_path": "results/exo_npoint_0630_1557"}, "param_path", "newest:exo_npoint"),
    ({"pickle_path": "nowhere"}, "pickle_path nowhere", "no such folder"),
    ({"config": "nowhere"}, "config nowhere", "no such preset"),
    ({"popsize": "$SIZE"}, "--popsize $SIZE", "environment variable"),
    ({"popsiz": "4"}, None, None),
    ({"popsize": 2.5}, "--popsize 2.5", "a whole number"),
    ({"colour": "red"}, "--colour red", "no argument"),
    ({"kinematics": True, "effort": True}, "effort, kinematics", "effort counts"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "given", "reason"), REPORTED, ids=lambda item: str(item)[:40])
def test_what_has_no_counterpart_is_said(arguments, given, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draft = mapped(tmp_path, **{"maxiter": 3, **arguments})
    assert draft.values["optimizer.maxiter"] == 3
    if given is None:
        # The beginning of a name is enough, as there.
        assert draft.unmapped == [] and draft.values["optimizer.popsize"] == 4
        return
    assert [text for text in draft.unmapped if text.removeprefix("--").startswith(given.removeprefix("--"))] != []
    assert reason in " ".join(draft.unmapped)


@pytest.mark.parametrize(("mode", "conditions"), [("multispeed", [0.75, 1.25, 1.5]), ("multislope", [-5, 0, 2.5])])
def test_conditions_are_kept(mode, conditions, tmp_path):
    arguments = {"kinematics": True, "optim_mode": mode, "optim_params": conditions, "optim_weights": [1, 2, 1]}
    preset, draft = read(write_bat(tmp_path, "some", arguments))
    config = compose(preset, draft)
    check(config)
    assert draft.unmapped == []
    assert (config.optimizer.mode, config.optimizer.optim_params) == (mode, conditions)
    assert config.optimizer.optim_weights == [1.0, 2.0, 1.0]


def test_factors_of_80_muscles_are_kept(tmp_path):
    draft = mapped(tmp_path, musc_model="80", reflex_mode="ind")
    assert draft.values["control.reflex_mode"] == "ind"
    assert not any("reflex_mode" in remark for remark in draft.remarks)


REMARKS = [
    ({"reflex_mode": "ind"}, "reflex_mode ind"),
    ({"cluster": True}, "cluster"),
    ({"n_points": 4}, "n_points"),
    ({"tgt_slope": 5}, "1.117 deg"),
    ({"seed": 0}, "seed 0"),
    ({"optim_params": [1.0, 2.0]}, "optim_params 1 2"),
    ({"model": "dephy", "ExoOn": 1, "fixed_exo": True}, "fixed_exo"),
    ({"model": "dephy", "ExoOn": 1, "use_4param_spline": True, "n_points": 4}, "n_points"),
    ({"sim_time": 20}, "no cost flag"),
]


@pytest.mark.parametrize(("arguments", "words"), REMARKS, ids=lambda item: str(item)[:40])
def test_what_means_something_else_is_said(arguments, words, tmp_path):
    draft = mapped(tmp_path, **arguments)
    assert words in " ".join(draft.remarks)
    assert draft.unmapped == []


def test_every_argument_is_tested():
    given = {name for row in (*VALUES, *REPORTED, *REMARKS) for name in row[0]} | set(COMMON) | {"pickle_path"}
    given |= {"optim_weights"} | set(COST_FLAGS.values()) | {ALIASES.get(name, name) for name in given}
    assert set(ARGUMENTS) - given == set()


def test_foreign_pickles_need_the_word_of_the_user(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    preset, draft = read(write_bat(tmp_path, "some", {"pickle_path": "old", "param_path": "old"}))
    config = compose(preset, draft)
    assert (config.optimizer.pickle_path, config.optimizer.param_path) == ("old", None)
    assert not config.optimizer.trust_pickle
    assert "optimizer.trust_pickle=true" in " ".join(draft.remarks)
    assert "param_path old: without effect" in " ".join(draft.remarks)


def test_own_model_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.xml").write_text("<mujoco/>")
    preset, draft = read(write_bat(tmp_path, "some", {"model": "custom", "model_path": "mine.xml", "velocity": True}))
    assert compose(preset, draft).model.path == "mine.xml"
    assert draft.unmapped == []


def test_preset_that_names_another_one(tmp_path):
    write_json(tmp_path, "base", {"popsize": 9, "maxiter": 5, "kinematics": True, "colour": 1})
    draft = mapped(tmp_path, config="base", maxiter=7)
    found = [value_of(draft, key) for key in ("optimizer.popsize", "optimizer.maxiter", "cost.target")]
    assert found == [9, 7, "kinematics"]
    assert any("base.json" in text and "colour" in text for text in draft.unmapped)
    (tmp_path / "launch.sh").write_text('python run_optim.py base --maxiter 7 "$@"\n')
    assert read_preset(tmp_path / "launch.sh").values == read_preset(tmp_path / "some.bat").values
    # A preset that names itself ends.
    write_json(tmp_path, "round", {"config": "round", "popsize": 4})
    assert "no such preset" in " ".join(read_preset(tmp_path / "round.json").notes)


def test_refused_configuration_is_announced(tmp_path):
    _, draft = read(write_bat(tmp_path, "some", {"musc_model": "80", "model": "hmedi", "sim_time": 0.001}))
    assert any(text.startswith("the whole: it will be refused") for text in draft.unmapped)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "python train.py --popsize 3", "is no preset"),
        ("a.bat", "echo hello", "no train command"),
        ("a.sh", "python train.py --popsize 3\npython train.py --popsize 4", "2 train commands"),
        ("a.sh", "python train.py --colour red", "gives no argument that is known"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[1]", "no JSON object"),
        ("a.json", '{"results_dir": "x", "evaluation_mode": "short"}', "configures an evaluation"),
        ("a.json", "{}", "gives no argument"),
        ("a.bat", b"\xff\xfe\x00\x01", "cannot be read as text"),
    ],
)
def test_other_files_are_refused(name, text, words, tmp_path):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=words):
        read_preset(path)
