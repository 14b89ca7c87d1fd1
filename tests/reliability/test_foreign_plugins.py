"""Code that a run folder names runs only if the user has run the very same content before, or says so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.fault.file import dump_fault
from myoassist.rollout.fault.find import capture_walk
from myoassist.runs.record import read_run_config
from tests.end_to_end.walk_runs import TINY

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "import pathlib\npathlib.Path('ran').open('a').write('x')\n"
RUN = "logs/run"
EVALUATE = ("-m", "myoassist.evaluate", f"run={RUN}", "env.render_modes=[]")
# Every command that reads the configuration of a run and then simulates it; each line runs the plugin once.
COMMANDS = {
    "eval": EVALUATE,
    "eval compare": ("-m", "myoassist.evaluate", "run=logs/plain", f"compare={RUN}", "env.render_modes=[]"),
    "export": ("-m", "myoassist", "export", RUN, "--out", "exported"),
    "reference": ("-m", "myoassist", "reference", "record", f"run={RUN}", "out=motion.npz", "duration=1"),
    "replay": ("-m", "myoassist", "replay", "fault.npz"),
}


def run(place, cache, *arguments):
    """Run a command in a folder, as somebody with a cache folder of their own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MYOASSIST_CACHE": str(cache), "MYOASSIST_LOGS": "logs"}
    # The compiled kernels of this process serve everybody; without this they would move with the cache folder.
    environment.pop("MYOASSIST_KERNEL_CACHE", None)
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def ran(place):
    path = place / "ran"
    return len(path.read_text()) if path.exists() else 0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a run that uses a plugin, one that uses none, and a fault, all made by somebody with a cache."""
    place, cache = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("cache")
    (place / "own.py").write_text(PLUGIN)
    for name, plugins in (("run", "plugins=[own.py]"), ("plain", "plugins=[]")):
        answer = run(place, cache, "-m", "myoassist.train", "exp=debug", *TINY, plugins, f"logdir=logs/{name}")
        assert answer.returncode == 0, answer.stdout + answer.stderr
    config = read_run_config(place / RUN)
    problem = WalkProblem(config, 1)
    vector = problem.table.initial.copy()
    for name in ("1_SOL_FG", "5_TA_SOL_FG"):
        vector[problem.table.index(name)] = 1e308
    (place / "fault.npz").write_bytes(dump_fault(capture_walk(problem.simulator, config, vector, 0)))
    assert ran(place) == 1
    return place, cache


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_of_others_runs_no_code_until_it_is_trusted(tmp_path, made, command):
    place, cache = tmp_path / "mine", tmp_path / "cache"
    shutil.copytree(made[0], place)
    (place / "ran").unlink()
    refused = run(place, cache, *COMMANDS[command])
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    words = ("own.py", "SHA-256", "expected:", "trust_plugins=true")
    assert [word for word in words if word not in refused.stderr] == []
    assert ran(place) == 0
    trusted = run(place, cache, *COMMANDS[command], "trust_plugins=true")
    assert "SHA-256" not in trusted.stderr and ran(place) == 1
    # Remembered now, for every command; but not for other content.
    again = run(place, cache, *EVALUATE)
    assert again.returncode == 0 and ran(place) == 2, again.stderr
    (place / "own.py").write_text(PLUGIN + "# changed\n")
    changed = run(place, cache, *COMMANDS[command])
    assert changed.returncode == 2 and "SHA-256" in changed.stderr and ran(place) == 2


@pytest.mark.long
def test_an_own_run_needs_no_flag(made):
    place, cache = made
    before = ran(place)
    answer = run(place, cache, *EVALUATE)
    assert answer.returncode == 0 and ran(place) == before + 1, answer.stderr


@pytest.mark.long
def test_commands_that_only_read_a_run_run_no_code(tmp_path, made):
    place, cache = tmp_path / "mine", tmp_path / "cache"
    shutil.copytree(made[0], place)
    (place / "ran").unlink()
    start = ("-m", "myoassist.train", "exp=debug", *TINY, f"optimizer.param_path={RUN}", "logdir=logs/next")
    for arguments in (("-m", "myoassist", "sweeps", "logs"), start):
        answer = run(place, cache, *arguments)
        assert answer.returncode == 0, answer.stderr
    assert run(place, cache, "-m", "myoassist.train", "exp=debug", *TINY, f"logdir={RUN}").returncode == 2
    assert ran(place) == 0
