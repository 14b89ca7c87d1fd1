"""Find the start values of the guided reflexes: a walk out of made-up gains, then one that bears being changed.

    python scripts/dev/search/guided_start.py fade --seed 1 --evaluations 5000
    python scripts/dev/search/guided_start.py firm --minutes 20
    python scripts/dev/search/guided_start.py begin --out logs/made_up

`fade` begins with 1/rad for every stretch reflex and searches common factors of groups of parameters. Springs at the
pelvis carry the walker at first; whenever a third of a generation is good, they become weaker, until they are gone.
`firm` begins with the start values of the package and looks for those that, rounded to two digits, walk with either leg
first and with every parameter changed by some percent. A walk is judged by how much of the time posture, ground forces,
speed and trunk are as in people's stride. Both print the values of the groups. `begin` writes down the made-up gains
alone. With `--out`, `fade` goes on after a kill and writes a start vector (`start.txt`) there.
"""

import argparse
import fnmatch
import time
from collections.abc import Callable
from pathlib import Path

import cma
import mujoco
import numpy as np
from journal import Journal

from myoassist.config.schema.control import STUMBLE, ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.control.human.guided.parameters import SHARES
from myoassist.control.human.guided.pattern import SPEED, make_pattern
from myoassist.files.atomic import write_text_atomic
from myoassist.gait.reference.human import PERCENT, match_reference
from myoassist.model.build import build_walker
from myoassist.model.support import SPEED_DAMPING, hold_pelvis
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import Simulator
from myoassist.space.table import ParameterTable

LEG = 0.9
# Groups with a common factor, with the value that it begins at.
MADE_UP = {
    **{f"*_{j}_{p}_PG": 1.0 for p in ("stance", "swing") for j in ("hip", "knee", "ankle")},
    **{f"*_{j}_{p}_DG": 0.1 for p in ("stance", "swing") for j in ("hip", "knee", "ankle")},
    "activity_SOL|activity_GAS|activity_FDL": 1.0,
    "activity_VAS|activity_RF": 1.0,
    "activity_HAM|activity_GLU": 1.0,
    "activity_HFL": 1.0,
    "activity_BFSH": 1.0,
    "activity_TA|activity_EDL": 1.0,
    "theta_PG": 2.0,
    "theta_DG": 0.3,
    "theta_HAM": 0.5,
    "SOL_FG|GAS_FG": 0.2,
    "VAS_FG": 0.2,
    "GLU_FG|HAM_FG": 0.2,
    "clock_period": 1.0,
    "clock_cross": 0.3,
    "clock_reset": 0.8,
    "place_v": 0.1,
    "push_v": 0.1,
}
# Parameters with a common amount, and the amount of a step.
ADDED = {"lead_*": 0.02, "hip_shift": 0.05, "knee_shift": 0.05, "ankle_shift": 0.05, "theta_tgt": 0.05}
PERIOD_STEP = 0.1  # of the logarithm of the clock's period; 1 for every other factor
START_NAME = "start.txt"
# Where a likeness has fallen to 1/e: hip, knee, ankle (rad), load (body weights), speed (m/s), lean (rad).
ANGLE_SPREAD, LOAD_SPREAD, SPEED_SPREAD, LEAN_SPREAD = (0.2, 0.2, 0.14), 0.4, 0.25, 0.12


class Likeness:
    """How much of a walk is as people walk."""

    def __init__(self, duration: float) -> None:
        self._duration = duration
        self._angle = make_pattern(SPEED).angle
        self._load = match_reference(SPEED, LEG).curves["grf"][0]

    def of(self, log: WalkLog) -> float:
        """Return the share of the duration that is like people, effort taken off, 0 to 1."""
        if log.n_steps == 0:
            return 0.0
        phase, x = log.clock_phase, PERCENT / 100.0

        def people(curve: np.ndarray) -> np.ndarray:
            return np.interp(phase.ravel(), x, curve).reshape(phase.shape)

        angle = np.array([np.pi, np.pi, np.pi / 2.0]) - log.joint_angle
        posture = np.mean([
            ((angle[:, :, j] - people(self._angle[j])) / spread) ** 2 for j, spread in enumerate(ANGLE_SPREAD)
        ], axis=0).mean(axis=1)  # fmt: skip
        load = (((log.load - people(self._load)) / LOAD_SPREAD) ** 2).mean(axis=1)
        box = np.ones(round(0.1 / log.dt))
        speed = np.convolve(log.pelvis_vel_heading[:, 0], box / len(box), "same")[: log.n_steps]
        speed = ((speed - SPEED) / SPEED_SPREAD) ** 2 if log.n_steps > len(box) else np.full(log.n_steps, 9.0)
        lean = (log.trunk_pitch / LEAN_SPREAD) ** 2
        like = 0.4 * np.exp(-posture) + 0.3 * np.exp(-load) + 0.15 * np.exp(-speed) + 0.15 * np.exp(-lean)
        effort = 0.5 * (log.activation**3).mean(axis=1)
        return float((like - effort).sum() * log.dt / self._duration)


class Walk:
    """A walk whose pelvis springs and dampers may hold; share 1 is fully."""

    def __init__(self, arguments: argparse.Namespace, init_pose: str) -> None:
        env = EnvConfig(sim_time=arguments.duration, timestep=arguments.timestep, init_pose=init_pose)
        body = {"plant": arguments.plant, "muscle_model": arguments.muscle_model}
        walker = build_walker(ModelConfig(musculature=22, physics="fast", sensing="contact", **body), env)
        control = ControlConfig(controller="guided", speed=SPEED, delayed=arguments.delayed, swing_contact=STUMBLE)
        self._simulator = Simulator(walker, env, ExoConfig(), 1, control)
        self.table: ParameterTable = self._simulator.table
        self._walker = walker
        self._stored = [(a, a.copy()) for a in (walker.model.jnt_stiffness, walker.model.dof_damping)]
        self._push = 0.0
        start, forward = self._simulator._start, walker.model.joint("pelvis_tx").dofadr[0]
        place = start.apply

        def apply(data: mujoco.MjData, *arguments: np.ndarray) -> np.ndarray:
            done = place(data, *arguments)
            data.qfrc_applied[forward] = self._push
            return done

        start.apply = apply

    def hold(self, share: float) -> None:
        """Set how strongly the pelvis is held upright and at speed."""
        for array, stored in self._stored:
            array[:] = stored
        if share > 0.0:
            hold_pelvis(self._walker.model, self._walker.layout, share)
        self._push = SPEED_DAMPING * share * SPEED

    def take(self, values: np.ndarray) -> WalkLog:
        """Walk with the controller's part of decoded values; the start is that of the init_pose."""
        return self._simulator.simulate(self.encode(values))

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Return the controller's part of decoded values as a raw vector within the bounds, the start left as it is."""
        t, part = self.table, self.table.group_slice("control")
        vector = t.initial.copy()
        vector[part] = np.clip((values - t.offset) / t.scale, t.lower, t.upper)[part]
        return vector


class Groups:
    """Decoded parameters out of the factors and amounts of groups."""

    def __init__(self, table: ParameterTable) -> None:
        self._control = np.array([group == "control" for group in table.groups])
        self._bounds = table.scale * table.lower + table.offset, table.scale * table.upper + table.offset
        self._factors = [_members(table, patterns) for patterns in MADE_UP]
        self._amounts = [_members(table, pattern) for pattern in ADDED]
        self._steps = np.array([PERIOD_STEP if name == "clock_period" else 1.0 for name in MADE_UP])
        self._start = table.decode(table.initial)
        self.begin = self._start.copy()
        for places, value in zip(self._factors, MADE_UP.values(), strict=True):
            self.begin[places] = value
        for places in self._amounts:
            self.begin[places] = 0.0
        for (muscle, joint, phase), share in SHARES.items():
            self.begin[table.index(f"{muscle}_{joint}_{phase}_PG")] = share
        self.relative = np.isin(np.arange(len(table)), np.concatenate(self._factors))

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Return the values of steps of the groups, rounded to two digits."""
        values = self.begin.copy()
        n = len(self._factors)
        for places, step in zip(self._factors, z[:n] * self._steps, strict=True):
            values[places] *= np.exp(step)
        for places, step, unit in zip(self._amounts, z[n:], ADDED.values(), strict=True):
            values[places] = step * unit
        values = np.clip(values, *self._bounds)
        values[self._control] = [float(f"{value:.2g}") for value in values[self._control]]
        return values

    def encode(self) -> np.ndarray:
        """Return the steps of the package's start values."""
        factors = [np.log(self._start[p] / self.begin[p]).mean() for p in self._factors]
        amounts = [self._start[p].mean() / unit for p, unit in zip(self._amounts, ADDED.values(), strict=True)]
        return np.array([*(np.array(factors) / self._steps), *amounts])

    def show(self, z: np.ndarray) -> None:
        """Print the value of every group."""
        values = self.decode(z)
        for name, places in zip((*MADE_UP, *ADDED), (*self._factors, *self._amounts), strict=True):
            print(f"  {name}: {values[places[0]]:g}")


def _members(table: ParameterTable, patterns: str) -> list[int]:
    wanted = patterns.split("|")
    return [i for i, name in enumerate(table.names) if any(fnmatch.fnmatch(name, pattern) for pattern in wanted)]


def search(
    start: np.ndarray, sigma: float, seed: int, judge: Callable[[np.ndarray], float], told: Callable[..., bool]
) -> np.ndarray:
    """Minimize until `told`, which sees every generation, returns True; return the mean."""
    options = {"popsize": 16, "seed": seed, "verbose": -9, "tolfun": 0, "tolx": 0, "maxiter": 10**9}
    strategy = cma.CMAEvolutionStrategy(start, sigma, options)
    while True:
        steps = strategy.ask()
        costs = [judge(z) for z in steps]
        strategy.tell(steps, costs)
        if told(strategy, steps, costs):
            return strategy.mean


def fade(arguments: argparse.Namespace) -> None:
    """Walk out of made-up gains."""
    walk, likeness = Walk(arguments, "walk_left"), Likeness(arguments.duration)
    groups = Groups(walk.table)
    keys = ("plant", "muscle_model", "delayed", "timestep", "seed", "duration", "good", "regularizer")
    file = None if arguments.out is None else arguments.out / "costs.jsonl"
    journal = Journal(file, {key: getattr(arguments, key) for key in keys})
    share = 1.0
    walk.hold(share)

    def judge(z: np.ndarray) -> float:
        def cost() -> float:
            return 100.0 * (1.0 - likeness.of(walk.take(groups.decode(z)))) + arguments.regularizer * float(z @ z)

        return journal.recall(cost)

    def told(strategy: cma.CMAEvolutionStrategy, _steps: list[np.ndarray], costs: list[float]) -> bool:
        nonlocal share
        if share > 0.0 and np.sort(costs)[5] < arguments.good:
            share = share * 0.95 if share > 0.03 else 0.0
            walk.hold(share)
        if strategy.countiter % 15 == 0:
            print(
                f"{strategy.countevals} share {share:.3f} best {min(costs):.1f} sigma {strategy.sigma:.2f}", flush=True
            )
        return strategy.countevals >= arguments.evaluations

    mean = search(np.zeros(len(groups.encode())), 0.5, arguments.seed, judge, told)
    groups.show(mean)
    if arguments.out is not None:
        _write_start(arguments.out, walk, groups.decode(mean))


def _write_start(folder: Path, walk: Walk, values: np.ndarray) -> None:
    text = "".join(f"{value!r}\n" for value in walk.encode(values).tolist())
    write_text_atomic(folder / START_NAME, text)


def begin(arguments: argparse.Namespace) -> None:
    """Write the made-up gains."""
    walk = Walk(arguments, "walk_left")
    groups = Groups(walk.table)
    arguments.out.mkdir(parents=True, exist_ok=True)
    _write_start(arguments.out, walk, groups.decode(np.zeros(len(groups.encode()))))


def firm(arguments: argparse.Namespace) -> None:
    """Make the start values of the package bear being changed."""
    duration = arguments.duration
    walks = [Walk(arguments, pose) for pose in ("walk_left", "walk_right")]
    likeness, groups = Likeness(duration), Groups(walks[0].table)
    draws = np.random.default_rng(arguments.seed).standard_normal((2, len(walks[0].table)))
    draws[:, ~groups.relative] = 0.0
    began, shown = time.monotonic(), 0
    best = (np.inf, groups.encode())

    def judge(z: np.ndarray) -> float:
        values = groups.decode(z)
        changed = [values * (1.0 + arguments.change * draw) for draw in draws]
        tries = [(walk, values) for walk in walks] + list(zip(walks, changed, strict=True))
        like = np.mean([likeness.of(walk.take(v)) for walk, v in tries])
        return 100.0 * (1.0 - float(like)) + arguments.regularizer * float(z @ z)

    def told(strategy: cma.CMAEvolutionStrategy, steps: list[np.ndarray], costs: list[float]) -> bool:
        nonlocal best, shown
        i = int(np.argmin(costs))
        if costs[i] < best[0]:
            best = costs[i], steps[i]
        spent = time.monotonic() - began
        if spent > 60.0 * (shown + 1):
            shown += 1
            print(f"{spent:.0f} s {strategy.countevals} best {best[0]:.1f} median {np.median(costs):.1f}", flush=True)
            groups.show(best[1])
        return spent > 60.0 * arguments.minutes

    search(best[1], 0.08, arguments.seed, judge, told)
    groups.show(best[1])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("fade", "firm", "begin"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", default="human_3", help="as model.plant")
    parser.add_argument("--muscle_model", help="as model.muscle_model")
    parser.add_argument("--delayed", action="store_true", help="as control.delayed, with --timestep 0.001")
    parser.add_argument("--timestep", type=float, default=0.002, help="of the physics, s")
    parser.add_argument("--out", type=Path, help="folder that start.txt is written to, and that fade goes on from")
    parser.add_argument("--duration", type=float, default=3.0, help="of a walk, s")
    parser.add_argument("--evaluations", type=int, default=5000, help="of fade")
    good = "cost of a third of the walks that weakens the springs"
    parser.add_argument("--good", type=float, default=40.0, help=good)
    parser.add_argument("--minutes", type=float, default=20.0, help="of firm")
    parser.add_argument("--change", type=float, default=0.03, help="of every gain, relative SD, in firm")
    parser.add_argument("--regularizer", type=float, default=0.04, help="cost of a squared step of a group")
    arguments = parser.parse_args()
    if arguments.kind == "begin" and arguments.out is None:
        parser.error("begin needs --out, the folder of start.txt")
    {"fade": fade, "firm": firm, "begin": begin}[arguments.kind](arguments)


if __name__ == "__main__":
    main()
