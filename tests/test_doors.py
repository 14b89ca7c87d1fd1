"""A new one of each kind is added as docs/developer.md says, with exactly the files of its table, and is run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")
PLACES = ("myoassist/", "configs/", "scripts/", "tests/", "docs/", "models/", "benchmarks/")
PLACES_OF_NEW = ("myoassist.optimize.optimizers.door:DoorOptimizer", "myoassist.rl.algorithms.door:DoorLearner")
SHORT = ["env.sim_time=0.3", "optimizer.popsize=4", "optimizer.maxiter=1", "optimizer.threads=1", "logdir=run"]
# Runs a module of the package, with files of another folder in the place of those of the package or beside them: a copy
# of the package with these changes, whose other files keep their compiled code.
COPY = """
import importlib.abc, importlib.util, runpy, sys
from pathlib import Path

folder, module = Path(sys.argv[1]), sys.argv[2]


class Changed(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        file = folder / (name.replace(".", "/") + ".py")
        return importlib.util.spec_from_file_location(name, file) if file.is_file() else None


sys.meta_path.insert(0, Changed())
sys.argv = [module, *sys.argv[3:]]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def section(title):
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found, f"docs/developer.md has no section {title}"
    return found[1]


def rows(title):
    """Return the cells of the table of a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def paths_in(text):
    return [name for name in re.findall(r"`([^`]+)`", text) if name.startswith(PLACES)]


FILES = {cells[0]: paths_in(cells[1]) for cells in rows("Add a ...: files to touch")}


def test_every_path_of_the_tables_exists():
    named = [(cells[0], name) for title in ("Where is", "Add a ...: files to touch") for cells in rows(title)
             for name in paths_in(" ".join(cells[1:]))]  # fmt: skip
    assert len(named) > 60
    missing = []
    for what, name in named:
        # What is added has a name of its own; the folder that it goes into is there.
        place = ROOT / name.partition("<")[0]
        if not (place.exists() if "<" not in name or name.partition("<")[0].endswith("/") else place.parent.is_dir()):
            missing.append((what, name))
    assert missing == []


def test_every_room_is_in_the_picture():
    picture = section("The house")
    rooms = sorted(path.parent.relative_to(ROOT / "myoassist") for path in (ROOT / "myoassist").glob("*/__init__.py"))
    assert [room.as_posix() for room in rooms if f"{room}/" not in picture] == []
    inner = sorted(path.parent for path in (ROOT / "myoassist").glob("*/*/__init__.py"))
    assert [f"{path.parent.name}/{path.name}" for path in inner if f"{path.name}" not in picture] == []


def run(command, place):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=place, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


HUMAN = """
from myoassist.control.own import SOL, VAS, Human, parameter


class Door(Human):
    parameters = [parameter("door_drive", start=0.2, low=0.0, high=1.0)]

    def update(p, x, s, out, dt):
        for leg in range(2):
            out[leg, VAS] = out[leg, SOL] = p.door_drive
"""
TORQUE = """
from myoassist.control.own import ANKLE, Device, parameter


class Hinge(Device):
    parameters = [parameter("hinge_stiffness", start=30.0, low=0.0, high=300.0, unit="N·m/rad")]

    def update(p, x, s, torque, dt):
        for leg in range(2):
            torque[leg, ANKLE] = p.hinge_stiffness * max(s.ankle[leg], 0.0)
"""
TERM = '''
from myoassist.cost.own_terms import cost_term


@cost_term("door_term", unit="m")
def door_term(walk):
    """How far the pelvis came."""
    return float(walk.displacement[0])
'''
WORN = {
    "models/devices/Door/config.yaml": """# A plate at the thigh.
device: {name: Door, model_xml: door.xml}
attachments:
  - {device_body: plate, parent_body: femur_r}
""",
    "models/devices/Door/door.xml": '<mujoco><worldbody><body name="plate">'
    '<geom type="box" size=".05 .02 .02" mass="0.3"/></body></worldbody></mujoco>',
}


@pytest.mark.long
def test_controllers_and_a_term_of_a_user(tmp_path):
    for kind in ("controller of the human", "controller of the device", "cost term"):
        assert FILES[kind]
    write(tmp_path, {"door.py": HUMAN, "hinge.py": TORQUE, "door_term.py": TERM})
    changes = ["control.controller=door.py", "exo.controller=hinge.py", "exo.max_torque=30"]
    run(["-m", "myoassist.train", "exp=debug", "model=tutorial", *changes, *SHORT], tmp_path)
    best = json.loads((tmp_path / "run" / "best_parameters.json").read_text())
    assert {"door_drive", "hinge_stiffness"} <= {item["name"] for item in best["parameters"]}
    # A term counts where a walk has enough strides.
    walk = [
        "exp=baseline",
        "overlays=published",
        "optimizer=evaluate",
        "optimizer.param_path=shipped:walk_22",
        "cost.target=effort",
    ]
    walk += ["env.sim_time=5", "cost.num_strides=2", "plugins=[door_term.py]", "cost.extra_terms=[door_term]"]
    assert "door_term" in run(["-m", "myoassist.train", *walk, "logdir=term"], tmp_path)


@pytest.mark.long
def test_a_device_of_a_user(tmp_path):
    write(tmp_path, WORN)
    assert "door" in run(["-m", "myoassist", "list", "devices"], tmp_path)
    run(["-m", "myoassist.train", "exp=baseline", "optimizer=evaluate", "model.device=door", *SHORT], tmp_path)
    assert "device: door" in (tmp_path / "run" / "config.yaml").read_text()


OPTIMIZER = '''"""Random search around the start."""

import json

import numpy as np

from myoassist.optimize.optimizers.base import Optimizer


class DoorOptimizer(Optimizer):
    name = "door"
    metric_labels = {"spread": "standard deviation"}

    def __init__(self, start, lower, upper, population, seed, told=0):
        self._start, self._bounds = np.asarray(start), (np.asarray(lower), np.asarray(upper))
        self._population, self._seed, self._told = population, seed, told

    @classmethod
    def check(cls, config):
        return None

    @classmethod
    def new(cls, region, config, run_seed):
        return cls(region.start, region.lower, region.upper, config.popsize or 4, run_seed)

    @classmethod
    def restore(cls, state, source):
        return cls(*json.loads(state))

    @property
    def size(self):
        return len(self._start)

    @property
    def generation(self):
        return self._told

    @property
    def evaluations(self):
        return self._told * self._population

    def ask(self):
        draws = np.random.default_rng((self._seed, self._told)).normal(size=(self._population, self.size))
        return list(np.clip(self._start + 0.01 * draws, *self._bounds))

    def tell(self, vectors, costs):
        self._told += 1

    def state(self):
        lower, upper = (np.nan_to_num(bound).tolist() for bound in self._bounds)
        return json.dumps([self._start.tolist(), lower, upper, self._population, self._seed, self._told]).encode()

    def metrics(self):
        return (0.01,)

    def rows(self, best):
        head = [self.generation, self.evaluations, 0.0, 0.0]
        return {"stddev": [*head, 0.0, *np.full(self.size, 0.01)], "xrecentbest": [*head, 0.0, *best]}
'''
LEARNER = '''"""A2C under another name."""

from myoassist.rl.algorithms.a2c import A2cLearner


class DoorLearner(A2cLearner):
    name = "door"
'''
COMMAND = '''"""`myoassist door`: open it."""

from dataclasses import dataclass

from myoassist.commands.argument import argument
from myoassist.commands.command import Command


@dataclass(frozen=True)
class Door:
    """Open the door so and so often."""

    times: int = argument(1, "how often", ge=1, le=9)


def run(request: Door) -> int:
    """Open it."""
    print("open " * request.times)
    return 0


COMMAND = Command("myoassist door", Door, run, "open the door")
'''


def changed(folder, kind, new, edits):
    """Copy the files of a row of the table, with what is added to them; the rows name exactly these."""
    files = {name for name in FILES[kind] if not name.startswith(("tests/", "docs/"))}
    assert {name.replace("door", "<name>") for name in new} | set(edits) == files
    write(folder, new)
    for name, changes in edits.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text, f"{name} has no {before!r} any more"
            text = text.replace(before, after, 1)
        write(folder, {name: text})


def start(folder, place, module, *arguments):
    write(folder, {"run_changed.py": COPY})
    return run([folder / "run_changed.py", folder, module, *arguments], place)


@pytest.mark.long
def test_an_optimizer(tmp_path):
    folder, place = tmp_path / "copy", tmp_path / "place"
    place.mkdir()
    changed(
        folder,
        "search algorithm",
        {
            "myoassist/optimize/optimizers/door.py": OPTIMIZER,
            "configs/optimizer/door.yaml": "# Random search.\nmode: single\nalgorithm: door\n",
        },
        {
            "myoassist/config/schema/run.py": [
                ("SEARCH_ALGORITHMS = {\n", f'SEARCH_ALGORITHMS = {{\n    "door": "{PLACES_OF_NEW[0]}",\n')
            ],
        },
    )  # fmt: skip
    arguments = [f"--config-dir={folder / 'configs'}", "exp=baseline", "optimizer=door", *SHORT]
    start(folder, place, "myoassist.train", *arguments)
    said = start(folder, place, "myoassist.train", *arguments, "optimizer.maxiter=2")
    assert "Extending" in said
    lines = (place / "run" / "history_generations.csv").read_text().splitlines()
    assert "spread" in lines[0] and len(lines) == 3


@pytest.mark.long
def test_a_learning_algorithm(tmp_path):
    folder, place = tmp_path / "copy", tmp_path / "place"
    place.mkdir()
    changed(
        folder,
        "RL algorithm",
        {
            "myoassist/rl/algorithms/door.py": LEARNER,
            "configs/rl/door.yaml": "# A2C under another name.\ndefaults: [ppo]\nalgorithm: door\n",
        },
        {
            "myoassist/config/schema/learner.py": [
                ("ALGORITHMS = {\n", f'ALGORITHMS = {{\n    "door": "{PLACES_OF_NEW[1]}",\n')
            ],
        },
    )  # fmt: skip
    small = ["env.num_envs=4", "env.physics_sim_framerate=510", "rl.threads=1", "rl.total_timesteps=128", "logdir=run",
             "rl.ppo_params.n_steps=16", "rl.ppo_params.batch_size=32"]  # fmt: skip
    arguments = [f"--config-dir={folder / 'configs'}", "exp=rl_test", "rl.algorithm=door", *small]
    start(folder, place, "myoassist.train", *arguments)
    assert (place / "run" / "history.csv").read_text().count("\n") >= 3


def test_a_command(tmp_path):
    changed(
        tmp_path / "copy",
        "command",
        {"myoassist/commands/door.py": COMMAND},
        {"myoassist/commands/table.py": [('    "completion"', '    "door": "door",\n    "completion"')]},
    )
    assert start(tmp_path / "copy", tmp_path, "myoassist", "door", "times=3").split() == ["open"] * 3
    assert "open the door" in start(tmp_path / "copy", tmp_path, "myoassist", "--help")
