"""A person below models/subjects of the current folder is an option of `model`."""

import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.groups import group_options, option_purpose
from myoassist.files.errors import ConfigError

OPTION = """# @package _global_
# anna: 61.0 kg.
model:
  musculature: 22
  device: null
  path: null
  physics: full
  segment_scale: {thigh: 1.02}
  body_mass: 61.0
cost: {tgt_vel: 1.13, people: models/subjects/anna/gait.csv}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "subjects" / "model").mkdir(parents=True)
    (tmp_path / "models" / "subjects" / "model" / "anna.yaml").write_text(OPTION, encoding="utf-8")
    return tmp_path


def test_it_is_found_and_listed(folder):
    config = compose_run(["exp=human_level", "model=anna"]).config
    assert config.model.segment_scale == {"thigh": 1.02}
    assert config.model.body_mass == 61.0
    # The experiment's own choice of physics counts, the person's speed and gait too.
    assert config.model.physics == "fast"
    assert (config.cost.tgt_vel, config.cost.people) == (1.13, "models/subjects/anna/gait.csv")
    assert "anna" in group_options("model") and option_purpose("model", "anna") == "anna: 61.0 kg."


def test_the_command_line_changes_it(folder):
    config = compose_run(["exp=human_level", "model=anna", "model.segment_scale.shank=0.98", "cost.people=null"]).config
    assert config.model.segment_scale == {"thigh": 1.02, "shank": 0.98}
    assert config.cost.people is None


def test_elsewhere_there_is_no_such_person(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="model=anna"):
        compose_run(["exp=human_level", "model=anna"])
