"""Keys that moved to `control`, and `task=reflex`, are taken at their old places, with a notice."""

import dataclasses
import shutil
from pathlib import Path

import pytest
import yaml

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.aliases import alias_keys
from myoassist.config.schema.groups import config_folder
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from myoassist.runs.differences import find_changes, to_plain
from myoassist.runs.folder import open_run
from myoassist.runs.record import build_config, read_run_config
from myoassist.runs.stored_config import load_shipped_config, load_stored_config
from myoassist.sweep.evolution.state import find_differences

MOVED = {
    "env.delayed=true": ("control", "delayed", True),
    "model.reflex_mode=ind": ("control", "reflex_mode", "ind"),
}


def as_before(config: RunConfig) -> dict:
    """Return a configuration as the version before the move has stored it."""
    content = to_plain(config)
    control = content.pop("control")
    content["env"]["delayed"], content["model"]["reflex_mode"] = control["delayed"], control["reflex_mode"]
    content["task"] = {"search": "reflex"}.get(content["task"], content["task"])
    return content


@pytest.mark.parametrize("argument", MOVED)
def test_the_old_place_is_taken_with_a_notice(argument):
    group, name, value = MOVED[argument]
    with pytest.warns(UserWarning, match=rf"{argument.partition('=')[0]} has moved .*{group}\.{name}="):
        config = compose_run(["exp=baseline", argument]).config
    assert getattr(getattr(config, group), name) == value
    assert config.env.delayed is config.model.reflex_mode is None
    new = compose_run(["exp=baseline", f"{group}.{name}={argument.partition('=')[2]}"]).config
    assert dataclasses.asdict(config) == dataclasses.asdict(new)


def test_an_old_experiment_file_is_taken(tmp_path, monkeypatch):
    shutil.copytree(config_folder(), tmp_path / "configs")
    content = yaml.safe_dump({"env": {"delayed": True}, "task": "reflex"})
    (tmp_path / "configs" / "exp" / "mine.yaml").write_text(f"# @package _global_\n{content}")
    for name in ("myoassist.config.compose.run.config_folder", "myoassist.config.schema.groups.config_folder"):
        monkeypatch.setattr(name, lambda: tmp_path / "configs")
    with pytest.warns(UserWarning, match="has moved"):
        config = compose_run(["exp=mine"]).config
    assert config.control.delayed
    assert config.task == "search"


def test_both_places_at_once_are_refused():
    with pytest.raises(ConfigError, match=r"env\.delayed=true and control\.delayed"):
        compose_run(["exp=baseline", "env.delayed=true", "control.delayed=false"])


def test_a_wrong_value_at_the_old_place_names_it():
    with pytest.raises(ConfigError, match=r"model\.reflex_mode"):
        compose_run(["exp=baseline", "model.reflex_mode=amp"])


def test_the_old_task_is_taken_with_a_notice():
    with pytest.warns(UserWarning, match="task=reflex has been renamed"):
        config = compose_run(["exp=baseline", "task=reflex"]).config
    assert config.task == "search"
    check(config)


@pytest.mark.long
def test_a_run_of_the_version_before_is_the_same_run(tmp_path):
    arguments = ["exp=baseline", "control.delayed=true", f"logdir={tmp_path / 'run'}"]
    new = compose_run(arguments)
    assert find_changes(build_config(as_before(new.config)), new.config) == {}
    with open_run(new.config, new.exp, new.all_overrides) as folder:
        assert folder.state == "new"
    file = tmp_path / "run" / "config.yaml"
    file.write_text(yaml.safe_dump(as_before(new.config)))
    assert read_run_config(file).control.delayed is True
    with open_run(new.config, new.exp, new.all_overrides) as folder:
        assert folder.state == "resume"
    # Evaluated with changes, at either place.
    assert load_stored_config(tmp_path / "run", ["control.delayed=false"]).control.delayed is False
    with pytest.warns(UserWarning, match="has moved"):
        assert load_stored_config(tmp_path / "run", ["env.delayed=false"]).control.delayed is False


def test_what_differs_from_an_old_run_is_named_at_the_new_place():
    old = build_config(as_before(compose_run(["exp=baseline", "control.delayed=true"]).config))
    assert list(find_changes(old, compose_run(["exp=baseline"]).config)) == ["control.delayed"]


def test_shipped_walks_of_the_version_before_are_read():
    config = load_shipped_config("walk_22")
    assert (config.control.delayed, config.control.reflex_mode) == (False, "uni")
    assert config.env.delayed is config.model.reflex_mode is None


def test_an_evolution_of_the_version_before_is_the_same_evolution():
    signature = {"optimizer": "CMA", "task": {"env.timestep": 0.001, "control.delayed": True, "task": "search"}}
    signature["task"]["control.controller"] = "reflex"
    before = {"optimizer": "CMA", "task": {"env.timestep": 0.001, "env.delayed": True, "task": "reflex"}}
    asked = {**signature, "task": signature["task"] | {"env.delayed": None}}
    assert find_differences(before, asked) == []
    other = {**asked, "task": asked["task"] | {"control.delayed": False}}
    assert find_differences(before, other) == ["task.control.delayed: true -> false"]


def test_the_page_lists_every_moved_key():
    page = (Path(__file__).parents[3] / "docs" / "control.md").read_text()
    moved = {alias: key for alias, key in alias_keys().items() if run_keys()[alias].metadata["moved"]}
    assert set(moved.values()) == {"control.delayed", "control.reflex_mode"}
    for alias, key in [*moved.items(), ("task=reflex", "task=search")]:
        assert f"| `{alias}` | `{key}` |" in page
