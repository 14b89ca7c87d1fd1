"""Real training commands in processes of their own, and instants at which they are killed."""

import csv
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from myoassist.rl.policy.file import read_policy
from myoassist.runs.catalogue import read_status
from myoassist.runs.policy_files import list_models
from tests.end_to_end.walk_runs import result_bytes
from tests.rl.small_runs import OVERRIDES

REFLEX = ("exp=debug", "env.sim_time=0.3", "optimizer.popsize=4", "optimizer.maxiter=60", "optimizer.threads=1")
EVOLUTION = (
    "exp=debug",
    "evo=evo",
    "+exp/mutations=[exo_torque,optimizer]",
    "task=fake",
    "evo.population_size=4",
    "evo.num_generations=3",
    "hydra/launcher=basic",
    "fake.sleep=0.02",
)
RL = OVERRIDES
COMMANDS = {"reflex": REFLEX, "rl": RL, "evolution": EVOLUTION}
FOLDER = "run"
ROOT = Path(__file__).resolve().parents[2]


def launch(place, arguments, *extra, folder=FOLDER, strict=True):
    """Start the training command with its run folder `place/folder`; its output is text, a warning is an error."""
    place.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MYOASSIST_LOGS": "logs"}
    flags = ["-W", "error::UserWarning"] if strict and arguments is not EVOLUTION else []
    return subprocess.Popen(
        [sys.executable, *flags, "-m", "myoassist.train", *arguments, f"logdir={folder}", *extra],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_heed_interrupts if signal.getsignal(signal.SIGINT) == signal.SIG_IGN else None,
    )


def _heed_interrupts():
    """Undo what tests that run in the background of a shell inherit: Python takes no Ctrl-C then."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process, code=0):
    """Wait for a command, check its exit code and that it shows no traceback, and return what it printed."""
    output, _ = process.communicate(timeout=900)
    assert process.returncode == code, output
    assert "Traceback" not in output, output
    return output


def results(folder, trainer):
    """Return the content of everything that depends on nothing but seed and configuration, by name."""
    if trainer == "reflex":
        return result_bytes(folder)
    if trainer == "rl":
        policies = {"final": list_models(folder)[-1][1], "best": folder / "best_model.zip"}
        tensors = {
            f"{name}/{key}": value.tobytes()
            for name, path in policies.items()
            for key, value in read_policy(path).tensors.items()
        }
        return tensors | {name: (folder / name).read_bytes() for name in ("history.csv", "evaluations.csv")}
    table = (folder / "individuals.csv").read_bytes()
    places = [row["folder"] for row in csv.DictReader(table.decode().splitlines())]
    assert len(places) == 12
    return {"individuals.csv": table} | {
        f"{place}/result.json": (folder / place / "result.json").read_bytes() for place in places
    }


def undisturbed_results(tmp_path_factory, trainer, arguments):
    """Return the results of a command that nothing disturbs; run once, whichever processes share the tests."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    place = base / f"undisturbed_{hashlib.sha256(repr(arguments).encode()).hexdigest()[:12]}"
    with FileLock(f"{place}.lock"):
        if not (place / "finished").exists():
            finish(launch(place, arguments))
            (place / "finished").touch()
    return results(place / FOLDER, trainer)


def assert_finished(folder):
    """Check that a run folder says that its run is finished and that nothing half-written is left."""
    assert [path.name for path in folder.rglob("*") if path.name.endswith(".tmp") or path.name == "run.lock"] == []
    assert read_status(folder)["status"] == "finished"


def wait_until(process, condition, timeout=900.0):
    """Wait for a condition on what a command leaves; return false if it ends before."""
    deadline = time.monotonic() + timeout
    while not condition():
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline
        time.sleep(0.002)
    return True


def count_lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


@dataclass(frozen=True)
class Aim:
    """An instant: `seconds` after the run folder was opened, or the `number`-th half-written file of a kind of name."""

    seconds: float = 0.0
    name: str | None = None
    number: int = 1

    def earlier(self):
        """Return an earlier instant, for a run that ended before this one."""
        if self.number == 1:
            return Aim(self.seconds / 2.0, None if self.name is None else "")
        return Aim(self.seconds / 2.0, self.name, self.number // 2)

    def wait(self, folder, process):
        """Return at the instant, or as soon as the command has ended."""
        if self.name is None:
            # Not the lock that the last killed one has left.
            wait_until(process, lambda: f'"pid": {process.pid},' in read_text(folder / "run.lock"))
            deadline = time.monotonic() + self.seconds
            while time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.002)
            return
        seen, there = 0, set()
        while process.poll() is None:
            now = {path for path in find_temporaries(folder) if self.name in path}
            seen += len(now - there)
            if seen >= self.number:
                return
            there = now
            # Half-written files last for a millisecond.
            time.sleep(0.0002)


def read_text(path):
    try:
        return path.read_text()
    except OSError:
        return ""


def find_temporaries(folder):
    """Return the half-written files below a folder."""
    found = []
    try:
        for entry in os.scandir(folder):
            if entry.name.startswith("generation_") or entry.name.startswith("rank_"):
                found += find_temporaries(entry.path)
            elif entry.name.endswith(".tmp"):
                found.append(entry.path)
    except OSError:
        pass
    return found


def draw_aims(rng, count, duration, names, most):
    """Return `count` instants: half by the clock, half inside the writing of files, of those with `names` above all."""
    clock = [Aim(seconds=rng.uniform(0.0, duration)) for _ in range(count // 2)]
    writing = [Aim(name=rng.choice([*names, ""]), number=rng.randint(1, most)) for _ in range(count - count // 2)]
    aims = clock + writing
    rng.shuffle(aims)
    return aims


def kill_at(aims, place, arguments, check):
    """Kill a command at every one of the instants; it is started again each time, in a new folder after it has ended.

    Args:
        aims: Instants.
        place: Folder of the folders.
        arguments: Arguments of the command.
        check: Called with each run folder that was brought to its end.

    Returns:
        How often it was killed while it wrote a file, as seen by what it left, number of folders, and what the commands
        printed that came to their end.
    """
    number = halves = 0
    said = ""
    for aim in aims:
        while True:
            folder = place / str(number) / FOLDER
            process = launch(folder.parent, arguments)
            aim.wait(folder, process)
            process.send_signal(signal.SIGKILL)
            output, _ = process.communicate()
            if process.returncode == -signal.SIGKILL:
                halves += any(path.endswith(f".{process.pid}.tmp") for path in find_temporaries(folder))
                break
            assert process.returncode == 0, output
            said += output
            check(folder)
            number += 1
            aim = aim.earlier()
    folder = place / str(number) / FOLDER
    said += finish(launch(folder.parent, arguments))
    check(folder)
    return halves, number + 1, said


def kill_in_two_lanes(aims, place, arguments, check):
    """Do the same in two series of folders at once, each with every second instant; a start keeps one core busy."""
    with ThreadPoolExecutor(2) as pool:
        lanes = [pool.submit(kill_at, aims[i::2], place / f"lane_{i}", arguments, check) for i in range(2)]
        halves, folders, said = zip(*(lane.result() for lane in lanes), strict=True)
    return sum(halves), sum(folders), "".join(said)


def seeded(name):
    return random.Random(name)
