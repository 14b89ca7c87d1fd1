"""What the files of a run folder say, and how a run is closed."""

import datetime
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from myoassist.config.schema.run import RunConfig
from myoassist.runs import writer as run_writer
from myoassist.runs.catalogue import describe_run, read_status
from myoassist.runs.folder import open_run
from myoassist.runs.overrides import format_command, format_exp_file
from myoassist.runs.record import read_run_config

DAY = datetime.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


def open_walk(config=None, overrides=()):
    return open_run(config or RunConfig(expname="walk"), "baseline", list(overrides), today=DAY)


def test_configuration_comes_back_as_it_went(empty_place):
    config = RunConfig(expname="walk", plugins=["a.py"], seed=2**31 - 1)
    config.optimizer.cma_options = {"tolfun": 1e-9, "list": [1, 2.5, None]}
    config.cost.weights = {"effort": 0.1}
    config.model.device = "on"
    config.env.timestep = 1e-3 / 3
    with open_walk(config) as run:
        assert read_run_config(run.path) == config
        assert read_run_config(run.path / "config.yaml") == config


def test_no_file_of_a_run_holds_an_absolute_path(empty_place):
    inside, outside = empty_place / "my models" / "walker.xml", empty_place.parent / "elsewhere.txt"
    config = RunConfig(expname="walk", logdir=str(empty_place / "runs" / "walk"), plugins=[str(empty_place / "p.py")])
    config.model.path = str(inside)
    config.optimizer.param_path = str(outside)
    overrides = [f"model.path='{inside}'", f"optimizer.param_path={outside}", f"plugins=[{empty_place / 'p.py'}]"]
    with open_walk(config, overrides) as run:
        run.write_status("running", plot=run.path / "plot.png", text=str(inside))
        for file in run.path.iterdir():
            assert str(empty_place.parent) not in file.read_text(), file.name
        stored = read_run_config(run.path)
    assert stored.model.path == "my models/walker.xml"
    assert stored.optimizer.param_path == "../elsewhere.txt"
    assert stored.plugins == ["p.py"]


def test_absolute_and_relative_spelling_of_a_path_are_the_same_run(empty_place):
    config = RunConfig(expname="walk")
    config.model.path = str(empty_place / "walker.xml")
    open_walk(config).close()
    config.model.path = "walker.xml"
    with open_walk(config) as run:
        assert run.state == "resume"


def test_overrides_are_kept_once_per_variant():
    for overrides in (["seed=1"], ["seed=1"], ["seed=1"]):
        open_walk(overrides=overrides).close()
    folder = Path("logs/2026-03-01/walk")
    (file,) = folder.glob("baseline_*.yaml")
    first, second = file.read_text().splitlines()[:2]
    assert (first, second) == ("# @package _global_", "# command: python -m myoassist.train exp=baseline seed=1")


def test_exp_file_of_overrides_composes_to_the_same_configuration(empty_place):
    """Hydra composes the written file to what it composes from the command, on a tree of the same shape as ours."""
    tree = {
        "config.yaml": "defaults: [_self_, {exo: none}, {cost: effort}, {exp: null}, {optional overlays: null}]\n"
        "seed: 0\nplugins: []\noptimizer: {popsize: 16, cma_options: null}\n",
        "exo/none.yaml": "controller: none\n",
        "exo/npoint.yaml": "controller: npoint\nn_points: 4\n",
        "exo/four_param.yaml": "controller: four_param\n",
        "cost/effort.yaml": "target: effort\n",
        "cost/velocity.yaml": "target: velocity\n",
        "exp/base.yaml": "# @package _global_\n"
        "defaults: [{override /exo: npoint}, {override /cost: velocity}]\nseed: 5\n",
        "overlays/short.yaml": "# @package _global_\noptimizer: {popsize: 2}\n",
        "extra/more.yaml": "answer: 42\n",
    }
    for name, text in tree.items():
        (empty_place / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (empty_place / "tree" / name).write_text(text)

    def compose_tree(overrides):
        with initialize_config_dir(str(empty_place / "tree")):
            return OmegaConf.to_container(compose("config", overrides))

    for overrides in (
        ["exp=base", "exo=four_param", "seed=7"],
        ["exp=base", "optimizer.cma_options={tolfun: 1e-9, a: [1, two, null]}", "+optimizer.cma_options.b='x y'"],
        ["exp=base", "plugins=[p.py,q.py]", "exo.n_points=6", "+extra=more", "overlays=short"],
        ["exo=npoint", "cost=velocity", "++optimizer.popsize=3"],
        ["exp=base"],
        [],
    ):
        exp = "base" if "exp=base" in overrides else None
        text = format_exp_file(exp, [*overrides, "hydra/launcher=basic", "hydra.verbose=true"])
        (empty_place / "tree" / "exp" / "mine.yaml").write_text(text)
        assert compose_tree(["exp=mine"]) == compose_tree(overrides), text


def test_exp_file_leaves_out_where_the_run_lives_and_notes_what_it_cannot_say():
    text = format_exp_file("base", ["exp=base", "expname=a", "logdir=b", "resume=must", "fresh=true", "~cost.weights"])
    content = yaml.safe_load(text)
    assert content == {"defaults": ["base", "_self_"]}
    assert "# not expressible here: ~cost.weights" in text


def test_command_survives_the_shell():
    import shlex

    overrides = ["expname='a b'", "note=${seed}", "env.render_modes=[rgb_array, human]"]
    assert shlex.split(format_command(overrides)) == ["python", "-m", "myoassist.train", *overrides]


def test_status_is_json_whatever_the_numbers():
    with open_walk() as run:
        run.write_status(
            "running", best=np.float64("nan"), generation=np.int64(3), parts={"a": np.array([1.0, np.inf])}
        )
        content = json.loads((run.path / "status.json").read_text())
        assert content["best"] is None
        assert content["generation"] == 3
        assert content["parts"] == {"a": [1.0, None]}
        assert content["exp"] == "baseline"
        run.write_status("finished", best=2.0)
        assert (
            describe_run(run.path) == "logs/2026-03-01/walk: finished in generation 3 of 1000 best 2.0 (exp=baseline)"
        )
        with pytest.raises(ValueError, match="done"):
            run.write_status("done")
    assert read_status(run.path)["status"] == "finished"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), "interrupted"),
        (SystemExit(143), "interrupted"),
        (RuntimeError("boom\nmore"), "failed"),
        (None, "interrupted"),
    ],
)
def test_leaving_notes_how_it_ended_and_unlocks(error, status):
    def work():
        with open_walk() as run:
            run.write_status("running", generation=4)
            if error is not None:
                raise error
        return run

    if error is None:
        work()
    else:
        with pytest.raises(type(error)):
            work()
    content = read_status(Path("logs/2026-03-01/walk"))
    assert (content["status"], content["generation"]) == (status, 4)
    assert content.get("reason") == ("RuntimeError: boom" if status == "failed" else None)
    with open_walk() as run:
        assert run.state == "resume"
        assert "reason" not in read_status(run.path)


def test_error_after_the_end_does_not_undo_a_finished_run():
    with pytest.raises(RuntimeError), open_walk() as run:
        run.write_status("finished")
        raise RuntimeError("plotting failed")
    assert read_status(run.path)["status"] == "finished"


def test_unwritable_status_does_not_hide_the_error_and_unlocks(monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    with pytest.raises(RuntimeError, match="real"), open_walk():
        monkeypatch.setattr(run_writer, "write_text_atomic", fail)
        raise RuntimeError("real")
    monkeypatch.undo()
    monkeypatch.chdir(Path.cwd())
    assert not list(Path.cwd().rglob("run.lock"))


def test_failure_while_opening_unlocks(monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_writer, "collect_versions", stop)
    with pytest.raises(KeyboardInterrupt):
        open_walk()
    monkeypatch.undo()
    assert not list(Path.cwd().rglob("run.lock"))


def test_changed_versions_are_said_and_both_are_kept(monkeypatch):
    open_walk().close()
    file = Path("logs/2026-03-01/walk/versions.json")
    first = json.loads(file.read_text())
    assert first["packages"]["mujoco"] == "3.11.0"
    changed = {**first, "packages": {**first["packages"], "mujoco": "9.9.9"}}
    monkeypatch.setattr(run_writer, "collect_versions", lambda: dict(changed))
    with open_walk() as run:
        assert "mujoco 3.11.0 -> 9.9.9" in run.notice
    with open_walk() as run:
        assert "mujoco" not in run.notice
    stored = json.loads(file.read_text())
    assert stored["packages"]["mujoco"] == "9.9.9"
    assert stored["earlier"] == [first]


@pytest.mark.parametrize(("task", "counter"), [("search", "generation"), ("rl", "steps"), ("fake", None)])
def test_a_run_counts_from_its_first_instant(task, counter):
    config = RunConfig(task=task, expname="walk")
    with open_walk(config) as run:
        counted = {key: value for key, value in read_status(run.path).items() if key in ("generation", "steps")}
        assert counted == ({} if counter is None else {counter: 0})
        run.write_status("running", **{counter or "best": 7})
    with open_walk(config) as run:
        assert counter is None or read_status(run.path)[counter] == 7
