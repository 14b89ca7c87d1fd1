"""Start the training command as a user does, and look at what it leaves."""

import os
import subprocess
import sys
from pathlib import Path

# Two seconds are too short to be judged: every stage that a search from ones meets in its first hours is in it.
SMALL = ["exp=debug", "env.sim_time=2", "optimizer.popsize=6", "optimizer.maxiter=12"]
TINY = ["env.sim_time=0.5", "optimizer.popsize=3", "optimizer.maxiter=2", "optimizer.threads=2"]


def launch(arguments, cwd, environ=None):
    """Start the training command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "myoassist.train", *arguments],
        cwd=cwd,
        env=os.environ if environ is None else environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process, code=0):
    """Wait for a command, check its exit code, and return what it printed."""
    output, _ = process.communicate(timeout=600)
    assert process.returncode == code, output
    return output


def find_run(logs):
    """Return the only run folder below a log root."""
    (folder,) = (file.parent for file in logs.glob("*/*/config.yaml"))
    return folder


def result_bytes(folder):
    """Return the content of everything that must depend on nothing but seed and configuration.

    File names hold the minute of the first start, so only their ends are compared.
    """
    content = {name: (folder / name).read_bytes() for name in ("history_candidates.csv", "history_generations.csv")}
    for path in [*folder.glob("myorfl_*.txt"), *folder.glob("outcmaes/*.dat")]:
        content[path.name.partition("_None_")[2]] = path.read_bytes()
    return content


def absolute_paths(folder):
    """Return the files of a folder that name a place of this machine."""
    places = [str(folder.resolve()), str(Path.cwd()), str(Path.home()), sys.prefix, str(Path(__file__).parents[2])]
    marks = [place.encode() for place in places if len(place) > 1]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if any(mark in path.read_bytes() for mark in marks)]
