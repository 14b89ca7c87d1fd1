"""The packages themselves, each for one short run in a process of its own; skipped where they are not installed."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

RUN = ["exp=debug", "task=fake", "expname=run"]
# Whoever asks for an address of another machine is caught.
_GUARD = """
import runpy, socket, sys
def refuse(*arguments, **_):
    if arguments and str(arguments[0]) not in ("127.0.0.1", "localhost", "::1", "None", ""):
        print("NETWORK", arguments[0], file=sys.stderr)
        raise OSError("no network")
    return original(*arguments, **_)
original, socket.getaddrinfo = socket.getaddrinfo, refuse
sys.argv = ["train", *sys.argv[1:]]
runpy.run_module("myoassist.train", run_name="__main__")
"""


def train(folder, *overrides):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB", "MLFLOW"))}
    answer = subprocess.run(
        [sys.executable, "-c", _GUARD, *RUN, *overrides],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "NETWORK" not in answer.stderr and "has failed" not in answer.stderr, answer.stderr
    (note,) = folder.glob("logs/*/run/tracking.json")
    return json.loads(note.read_text())


@pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="the extra mlflow is not installed")
def test_mlflow(tmp_path):
    first = train(tmp_path, "tracking=mlflow", "fake.steps=2")["mlflow"]["run"]
    assert train(tmp_path, "tracking=mlflow", "fake.steps=3", "fresh=true")["mlflow"]["run"] != first
    question = (
        "import os, json; os.environ['MLFLOW_DISABLE_TELEMETRY']='true'\n"
        "from mlflow.tracking import MlflowClient\n"
        "client = MlflowClient('sqlite:///logs/mlflow.db')\n"
        f"run = client.get_run('{first}')\n"
        "print(json.dumps([run.info.status, run.info.run_name, run.data.params['cost.target'], run.data.metrics,"
        " [file.path for file in client.list_artifacts(run.info.run_id)]]))"
    )
    answer = subprocess.run([sys.executable, "-c", question], cwd=tmp_path, capture_output=True, text=True, check=True)
    status, name, target, metrics, files = json.loads(answer.stdout.splitlines()[-1])
    assert status == "FINISHED" and name.endswith("/run") and target
    assert metrics["best_total"] > 0.0 and {"config.yaml", "status.json"} <= set(files)


@pytest.mark.skipif(importlib.util.find_spec("wandb") is None, reason="the extra wandb is not installed")
def test_wandb_offline(tmp_path):
    name = train(tmp_path, "tracking=wandb")["wandb"]["run"]
    (folder,) = tmp_path.glob(f"logs/wandb/offline-run-*-{name}")
    data = (folder / f"run-{name}.wandb").read_bytes()
    assert b"best_total" in data and b"cost.tgt_vel" in data
    assert (folder / "files/config.yaml").exists() and (folder / "files/status.json").exists()
    assert not (tmp_path / "wandb").exists()
