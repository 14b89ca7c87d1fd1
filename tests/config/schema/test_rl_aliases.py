"""Published names of keys that have another name here."""

import shutil

import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.aliases import alias_keys
from myoassist.config.schema.groups import config_folder
from myoassist.config.schema.keys import run_keys
from myoassist.files.errors import ConfigError
from myoassist.runs.folder import open_run
from myoassist.runs.stored_config import load_stored_config


def composed(*arguments):
    return compose_run(["exp=rl_test", *arguments]).config


def read(config, name):
    for part in name.split("."):
        config = getattr(config, part)
    return config


@pytest.mark.parametrize(
    ("alias", "value", "canonical", "meant"),
    [
        ("env.physics_sim_framerate", "1200", "env.timestep", 1.0 / 1200.0),
        ("env.terrain_type", "slope", "env.terrain", "slope"),
        ("env.terrain_type", "dev", "env.terrain", "flat"),
        ("env.model_path", "own.xml", "model.path", "own.xml"),
        ("env.seed", "0", "seed", 0),
        ("rl.ppo_params.device", "cuda", "rl.device", "cuda"),
    ],
)
def test_an_alias_sets_its_canonical_key_and_is_null_afterwards(alias, value, canonical, meant):
    config = composed(f"{alias}={value}")
    assert read(config, canonical) == meant
    assert read(config, alias) is None
    assert alias_keys()[alias] == canonical


def test_every_alias_is_of_the_kind_of_an_existing_key():
    assert set(alias_keys().values()) <= set(run_keys())
    assert len(alias_keys()) == 7


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [
        ("env.physics_sim_framerate=1000", "env.timestep=0.001"),
        ("env.terrain_type=flat", "env.terrain=flat"),
        ("env.model_path=a.xml", "model.path=a.xml"),
        ("env.seed=1", "seed=1"),
        ("rl.ppo_params.device=cpu", "rl.device=cpu"),
    ],
)
def test_both_at_once_are_refused(alias, canonical):
    for arguments in ((alias, canonical), (canonical, alias)):
        with pytest.raises(ConfigError) as caught:
            composed(*arguments)
        assert alias in str(caught.value)
        assert canonical.partition("=")[0] in str(caught.value)


def test_a_typed_canonical_key_wins_over_an_alias_in_a_file(tmp_path, monkeypatch):
    folder = tmp_path / "configs"
    shutil.copytree(config_folder(), folder)
    text = (folder / "exp" / "rl_test.yaml").read_text().replace("\nenv:\n", "\nenv:\n  physics_sim_framerate: 1200\n")
    (folder / "exp" / "rl_test.yaml").write_text(text)
    monkeypatch.setattr("myoassist.config.compose.run.config_folder", lambda: folder)
    assert composed().env.timestep == 1.0 / 1200.0
    config = composed("env.timestep=0.0005")
    assert (config.env.timestep, config.env.physics_sim_framerate) == (0.0005, None)
    assert composed("env.physics_sim_framerate=900").env.timestep == 1.0 / 900.0


def test_a_value_out_of_range_is_refused_under_the_name_that_was_typed():
    with pytest.raises(ConfigError, match=r"env\.physics_sim_framerate=0 is not allowed"):
        composed("env.physics_sim_framerate=0")
    with pytest.raises(ConfigError, match=r"env\.terrain_type=uphill"):
        composed("env.terrain_type=uphill")


def test_a_stored_run_is_changed_under_either_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = compose_run(["exp=rl_test", "rl.policy_params.custom_policy_params.net_arch.exo_actor=[4]"])
    with open_run(run.config, run.exp, run.all_overrides) as folder:
        folder.write_status("finished")
    assert load_stored_config(folder.path, []) == run.config
    changed = load_stored_config(folder.path, ["env.physics_sim_framerate=1200", "env.num_envs=2"])
    assert (changed.env.timestep, changed.env.num_envs) == (1.0 / 1200.0, 2)
    # Everything else, lists and mappings among it, is as it was.
    changed.env.timestep, changed.env.num_envs = run.config.env.timestep, run.config.env.num_envs
    changed.expname = run.config.expname
    assert changed == run.config
