"""Start small evolutions with the synthetic trainer."""

import os
import subprocess
import sys
from pathlib import Path

from myoassist.train import main

SPACE = ["exp=debug", "evo=evo", "+exp/mutations=[exo_torque,optimizer]", "task=fake"]
SMALL = [*SPACE, "evo.population_size=4", "evo.num_generations=3", "hydra/launcher=basic", "logdir=evolution"]


def evolve(*overrides, base=SMALL):
    """Run an evolution in this process; return its exit code."""
    return main([*base, *overrides])


def start(folder, *overrides, base=SMALL, environment=None):
    """Start an evolution in a process of its own in `folder`."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "myoassist.train", *base, *overrides],
        cwd=folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def table(folder="evolution"):
    """Return the bytes of the outcomes."""
    return (Path(folder) / "individuals.csv").read_bytes()


def cut_journal(folder, lines, tail=b""):
    """Leave the first lines of the journal, and what a write that was cut short has left."""
    journal = folder / "evolution.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:lines]) + tail)
