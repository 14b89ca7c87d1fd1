"""Runs told to trackers: what is told, once, also after a kill; what fails stops nothing."""

import json
import sys
from pathlib import Path

import pytest

from myoassist.check.tools import check_tracking, check_watch
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import ConfigError
from myoassist.tracking import follow
from myoassist.tracking.follow import Follower, track_evaluation
from myoassist.train import main

FAKE = ["exp=debug", "task=fake", "logdir=logs/2026-01-01/run"]
HEAD = "generation,best,median,name\n"


class Store:
    """A tracker in memory."""

    def __init__(self):
        self.runs, self.rows, self.summary, self.files, self.ended = [], [], {}, [], []

    def open(self, run, run_id):
        self.runs.append((run, run_id))
        return run_id or "first"

    def add_rows(self, rows):
        self.rows += [(row.place, row.axis, row.step, dict(row.values)) for row in rows]

    def add_summary(self, values):
        self.summary |= values

    def add_files(self, files):
        self.files += [file.name for file in files]

    def close(self, status):
        self.ended.append(status)


@pytest.fixture
def store(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    store = Store()
    monkeypatch.setattr(follow, "make_tracker", lambda name: store)
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: name)
    return store


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "logs/2026-01-01/run"
    (folder / "member_00").mkdir(parents=True)
    (folder / "history_generations.csv").write_text(HEAD + "1,5.0,6.0,x\n2,4.0,nan,x\n3,3.")
    (folder / "member_00/history_generations.csv").write_text(HEAD + "1,2.5,2.6,x\n")
    (folder / "status.json").write_text(json.dumps({"status": "running", "best": 4.0}))
    (folder / "checkpoint.bin").write_bytes(b"x")
    (folder / "eval_score.json").write_text(json.dumps({"speed_m_s": 1.2, "gate": {"walked": True}, "missing": None}))
    return folder


def configured(*overrides):
    return compose_run(["exp=debug", "tracking=mlflow", *overrides]).config


def test_rows_are_told_once(store, run):
    follower = Follower(configured(), run, "debug")
    follower.open()
    follower.send_rows()
    expected = [
        ("", "generation", 1, {"best": 5.0, "median": 6.0}),
        ("", "generation", 2, {"best": 4.0}),
        ("member_00/", "generation", 1, {"best": 2.5, "median": 2.6}),
    ]
    assert store.rows == expected
    with (run / "history_generations.csv").open("a") as stream:
        stream.write("0,3.5,x\n")
    follower.send_rows()
    follower.send_rows()
    assert store.rows[3:] == [("", "generation", 3, {"best": 3.0, "median": 3.5})]
    # Another start goes on with the same run.
    later = Follower(configured(), run, "debug")
    later.open()
    later.send_rows()
    assert len(store.rows) == 4 and store.runs[1][1] == "first"
    # A run that was killed before its checkpoint computes its last rows again.
    (run / "history_generations.csv").write_text(HEAD + "1,5.0,6.0,x\n")
    later.send_rows()
    with (run / "history_generations.csv").open("a") as stream:
        stream.write("2,4.0,5.0,x\n")
    later.send_rows()
    assert store.rows[4:] == [("", "generation", 2, {"best": 4.0, "median": 5.0})]


def test_what_a_run_is_called_and_what_it_holds(store, run):
    follower = Follower(configured("cost.tgt_vel=1.1"), run, "debug")
    follower.open()
    follower.send_results()
    told = store.runs[0][0]
    assert (told.experiment, told.name, told.uri) == ("debug", "2026-01-01/run", None)
    assert told.params["cost.tgt_vel"] == "1.1" and told.params["optimizer.algorithm"] == "cma"
    assert store.summary == {"best_total": 4.0, "score/speed_m_s": 1.2, "score/gate/walked": 1.0}
    assert store.files == ["eval_score.json", "history_generations.csv", "status.json"]
    assert str(run) not in (run / "tracking.json").read_text()


def test_an_evaluation_adds_its_score_to_a_known_run(store, run):
    track_evaluation(configured(), run)
    assert store.runs == []
    Follower(configured(), run, "debug").open()
    track_evaluation(configured(), run)
    assert store.summary["score/speed_m_s"] == 1.2 and store.ended == ["finished"]


def test_every_scenario_of_a_policy_has_its_score(store, run):
    Follower(configured(), run, "debug").open()
    for number, speed in ((0, 1.0), (1, 1.4)):
        scenario = run / f"analyze_results_{number:02d}"
        scenario.mkdir()
        (scenario / "eval_score.json").write_text(json.dumps({"speed_m_s": speed}))
    track_evaluation(configured(), run)
    told = {name: value for name, value in store.summary.items() if "analyze" in name}
    assert told == {"score/analyze_results_00/speed_m_s": 1.0, "score/analyze_results_01/speed_m_s": 1.4}


@pytest.mark.parametrize("place", ["open", "add_rows", "add_files", "close"])
def test_a_tracker_that_fails_is_said_once_and_stops_nothing(store, monkeypatch, place):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(store, place, fail)

    def train(config, folder):
        (folder.path / "history_generations.csv").write_text(HEAD + "1,5.0,6.0,x\n")
        folder.write_status("finished", best=5.0)
        return 5.0

    monkeypatch.setattr("myoassist.sweep.fake_task.train_fake", train)
    with pytest.warns(UserWarning, match="tracking=mlflow has failed") as told:
        assert main([*FAKE, "tracking=mlflow"]) == 0
    assert len([item for item in told if "tracking" in str(item.message)]) == 1
    assert json.loads(Path("logs/2026-01-01/run/status.json").read_text())["status"] == "finished"


@pytest.mark.parametrize(
    ("error", "status"), [(None, "finished"), (KeyboardInterrupt(), "interrupted"), (ValueError(), "failed")]
)
def test_how_a_run_ended_is_told(store, monkeypatch, error, status):
    def train(*_):
        if error is not None:
            raise error
        return 1.0

    monkeypatch.setattr("myoassist.sweep.fake_task.train_fake", train)
    main([*FAKE, "tracking=wandb"])
    assert store.ended == [status]


def test_off_imports_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(FAKE) == 0
    assert not {"mlflow", "wandb"} & set(sys.modules)
    assert not Path("logs/2026-01-01/run/tracking.json").exists()


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["tracking=mlflow"], ["needs the package mlflow", "python -m pip install mlflow-skinny"]),
        (["tracking=wandb"], ["needs the package wandb", "python -m pip install wandb"]),
        (["tracking_uri=http://127.0.0.1:5000"], ["with tracking=none", "tracking=mlflow tracking_uri="]),
        (["watch=true"], ["mjviser", "python -m pip install mjviser viser"]),
        (["watch=true", "task=fake"], ["watch=true with task=fake"]),
        (
            [
                "watch=true",
                "optimizer.mode=multispeed",
                "optimizer.optim_params=[1.0,1.2]",
                "optimizer.multi_strategy=chain",
            ],
            ["a chain of searches"],
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_before_anything_is_written(tmp_path, monkeypatch, capsys, overrides, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    assert main(["exp=debug", *overrides]) == 2
    text = capsys.readouterr().err
    assert [word for word in words if word not in text] == []
    assert list(tmp_path.iterdir()) == []


def test_a_page_for_each_run_of_a_grid_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["exp=debug", "seed=0,1", "watch=true", "--multirun"]) == 2
    assert "each would open a page" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_a_policy_has_a_display_of_its_own():
    config = configured()
    config.watch, config.task = True, "rl"
    with pytest.raises(ConfigError, match=r"watch=true with task=rl"):
        check_watch(config)
    config.tracking = "none"
    check_tracking(config)
