"""A run that evaluated one vector has no best of its own: what reads the best of a run takes that vector."""

from pathlib import Path

import pytest

from myoassist import cli, train
from myoassist.files.errors import UserError
from myoassist.runs.choice import choose_evaluated
from myoassist.runs.record import read_run_config

VECTOR = "optimizer.param_path=shipped:walk_22"
EVALUATE = ["exp=baseline", "overlays=published", "optimizer=evaluate", "optimizer.threads=1", "env.sim_time=2"]


@pytest.fixture
def evaluated(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert train.main([*EVALUATE, VECTOR, "logdir=run"]) == 0
    return Path("run")


def test_export_and_record(evaluated, capsys):
    capsys.readouterr()
    assert cli.main(["export", "run"]) == 0
    assert {"kinematics.mot", "ground_reaction.sto"} <= {path.name for path in (evaluated / "export").iterdir()}
    assert len((evaluated / "export/kinematics.mot").read_text().splitlines()) > 150
    assert cli.main(["export", "exp=baseline"]) == 2
    assert "no run of baseline" in capsys.readouterr().err


def test_the_vector_is_the_one_that_was_evaluated(evaluated, tmp_path):
    config = read_run_config(evaluated)
    chosen = choose_evaluated(None, evaluated, config)
    assert chosen is not None and "walk_22" in chosen.as_posix()
    config.optimizer.param_path = None
    assert choose_evaluated(None, evaluated, config) is None
    config.optimizer.param_path = "gone.txt"
    with pytest.raises(UserError, match=r"gone\.txt does not exist"):
        choose_evaluated(None, evaluated, config)
    config.optimizer.mode = "run"
    with pytest.raises(UserError, match="no best yet"):
        choose_evaluated(None, evaluated, config)
