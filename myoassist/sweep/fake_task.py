"""A synthetic trainer, `task=fake`: behaves like a run, costs nothing, loads no model."""

import json
import math
import os
import signal
import time

import numpy as np

from myoassist.config.schema.fake import FakeConfig
from myoassist.config.schema.run import RunConfig
from myoassist.cost.registry import built_in_terms
from myoassist.files.atomic import write_text_atomic
from myoassist.files.signals import Stopped, StopRequest
from myoassist.runs.catalogue import read_json
from myoassist.runs.writer import RunFolder

RESULT_NAME = "result.json"
CHECKPOINT_NAME = "checkpoint.json"

# Best value of a key and the distance from it that costs 1; plausible, but nothing more than a test function.
_OPTIMA = {
    "exo.max_torque": (30.0, 20.0),
    "exo.n_points": (6.0, 4.0),
    "exo.mass": (2.0, 2.0),
    "model.mass_scale": (0.95, 0.2),
    "env.slope_deg": (0.0, 5.0),
    "cost.tgt_vel": (1.25, 0.5),
    "cost.l1_weight": (1.0, 2.0),
    "optimizer.popsize": (24.0, 16.0),
    "optimizer.sigma_gain": (8.0, 5.0),
}
# What is kept asleep still answers signals after this long, s.
_SLICE = 0.05


def fake_parts(config: RunConfig) -> dict[str, float]:
    """Return the parts of the synthetic cost by key; `noise` is normal and depends on nothing but the seed.

    Every numeric key of interest adds the square of its distance from a fixed optimum; a key that is null adds nothing.
    """
    parts = {}
    for key, (best, width) in _OPTIMA.items():
        group, name = key.split(".")
        value = getattr(getattr(config, group), name)
        if value is not None:
            parts[key] = ((float(value) - best) / width) ** 2
    for name in built_in_terms():
        if name in config.cost.weights:
            parts[f"cost.weights.{name}"] = (config.cost.weights[name] - 1.0) ** 2
    parts["noise"] = config.fake.noise * float(np.random.default_rng(config.seed).standard_normal())
    return parts


def train_fake(config: RunConfig, folder: RunFolder) -> float:
    """Run the synthetic trainer in an opened run folder; it goes on from its checkpoint.

    Returns:
        Synthetic cost, the sum of `fake_parts`; NaN where `fake.failure=nan` says so.

    Raises:
        RuntimeError: where `fake.failure=raise` says so.
        Stopped: after a stop signal; the same command continues.
    """
    parts = fake_parts(config)
    total = sum(parts.values())
    checkpoint = read_json(folder.path / CHECKPOINT_NAME)
    done, failed = int(checkpoint.get("step", 0)), bool(checkpoint.get("failed", False))
    fails = config.fake.fail_below is not None and -total < config.fake.fail_below
    if config.fake.fail_once and failed:
        fails = False
    with StopRequest() as stop:
        for step in range(done + 1, config.fake.steps + 1):
            _pause(config.fake.sleep, stop)
            if fails and step == (config.fake.steps + 1) // 2:
                _write_checkpoint(folder, step - 1, failed=True)
                if config.fake.failure == "nan":
                    folder.write_status("finished", generation=step, best=math.nan)
                    return math.nan
                _fail(config.fake, -total, stop)
            if stop.requested:
                folder.write_status("interrupted", generation=step - 1)
                raise Stopped(stop.signal_number or 0, f"stopped after step {step - 1}; the same command continues")
            _write_checkpoint(folder, step, failed)
            folder.write_status("running", generation=step, best=total)
    text = json.dumps({"total": total, "parts": parts}, indent=2)
    write_text_atomic(folder.path / RESULT_NAME, text + "\n")
    folder.write_status("finished", generation=config.fake.steps, best=total)
    print(f"finished after step {config.fake.steps}: best {total:.5f}")
    return total


def _fail(settings: FakeConfig, fitness: float, stop: StopRequest) -> None:
    if settings.failure == "kill":
        # Windows has no SIGKILL, and ends the process with SIGTERM in the same way.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if settings.failure == "hang":
        _pause(math.inf, stop)
        return
    raise RuntimeError(f"fake failure: fitness {fitness:.5f} is below fake.fail_below={settings.fail_below}")


def _pause(seconds: float, stop: StopRequest) -> None:
    end = time.monotonic() + seconds
    while not stop.requested and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE))


def _write_checkpoint(folder: RunFolder, step: int, failed: bool) -> None:
    write_text_atomic(folder.path / CHECKPOINT_NAME, json.dumps({"step": step, "failed": failed}) + "\n")
