"""Optimizers that cannot work are refused without anything left behind."""

import gc
import subprocess
import sys

import pytest

from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.algorithms import build_optimizer
from myoassist.sweep.evolution.space import read_search_space

RANGE = {"lower": 1.0, "upper": 9.0}
SPACE = read_search_space({"exo.max_torque": RANGE, "optimizer.sigma_gain": RANGE}, [])


def build(name, workers):
    return build_optimizer(name, SPACE, [], budget=64, num_workers=workers, seed=0, noisy=True)


def test_every_optimizer_that_judges_one_after_the_other(monkeypatch):
    import nevergrad as ng

    left = []
    monkeypatch.setattr(sys, "unraisablehook", lambda fault: left.append(str(fault.exc_value)))
    alone = [name for name, kind in ng.optimizers.registry.items() if getattr(kind, "no_parallelization", False)]
    assert {"NelderMead", "Cobyla", "SPSA"} <= set(alone) and len(alone) > 50
    for name in [*alone, "BAR4", "MultiDS", "DiscreteDoerrOnePlusOne"]:
        with pytest.raises(ConfigError, match=name) as caught:
            build(name, 4)
        assert "RandomThenWideDiagonalCMA" in caught.value.remedy
        del caught
    gc.collect()
    assert left == []
    optimizer = build("NelderMead", 1)
    candidate = optimizer.ask()
    optimizer.tell(candidate, 1.0)


@pytest.mark.long
def test_the_command_says_nothing_but_the_refusal(tmp_path):
    command = ["exp=exo_npoint", "task=fake", "+exp/mutations=[exo_torque,exo_points]", "evo.optimizer=NelderMead"]
    answer = subprocess.run(
        [sys.executable, "-m", "myoassist.train", "evo=evo", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert answer.returncode == 2 and len(answer.stderr.splitlines()) == 3, answer.stderr
    assert "NelderMead cannot search this space" in answer.stderr and "not 16 at once" in answer.stderr
    assert list(tmp_path.iterdir()) == []
