"""Let a controller walk through all trials of its robustness, through the compiled loop, on all cores."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue

import numpy as np

from myoassist.config.cores import count_cores
from myoassist.config.schema.run import RunConfig
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.score.robustness import (
    COPIES,
    COPY_TIME,
    DIRECTIONS,
    GROUND,
    GROUND_CM,
    IMPULSES_NS,
    LONG_TIME,
    NOISE,
    NOISE_PERCENT,
    PHASES,
    PUSH,
    PUSH_TIME,
    START,
    UNDISTURBED,
    Robustness,
    Trial,
    TrialGroup,
    push_labels,
    pushed_stride,
    trial_generator,
)
from myoassist.model.build import Walker
from myoassist.model.ground.footholds import draw_profile
from myoassist.model.ground.ground import is_published
from myoassist.rollout.disturbance import Disturbance, StartSpread, draw_disturbance, perturb_start
from myoassist.rollout.log import Outcome, WalkLog
from myoassist.rollout.simulator import Simulator, choose_loop, make_simulator
from myoassist.rollout.uneven import UnevenWalks
from myoassist.space.table import ParameterTable

# Walks of one evaluation, for a progress bar.
N_TRIALS = COPIES * (len(NOISE_PERCENT) + len(GROUND_CM) + 1) + 1 + len(push_labels()) * len(IMPULSES_NS)
# A draw whose pose is no valid start (a joint beyond its range) says nothing about the controller.
_MAX_DRAWS = 50
NO_STRIDE = "the undisturbed walk has no stride of the right leg after 5 s"
_NOTES = (
    "Noise: every parameter but pose and speed of the start is multiplied by 1 + level x normal draw.",
    "Starts: normal noise, SD 1 deg on every initial joint angle and 0.02 m/s on the initial speed.",
)
GROUND_NOTE = (
    "Ground: heights every 0.5 m along the way, evenly drawn up to the level above and below, level up to 1 m; a plane "
    "under each foot follows it while the foot carries nothing and rests while it does."
)


@dataclass(frozen=True)
class _Walk:
    """What one trial simulates.

    Attributes:
        vector: Raw parameters, or a function of the number of the try that draws them.
        push: Forward force in every control step, N; None for that of the configuration.
        label: Words of the trial.
    """

    vector: Callable[[int], np.ndarray]
    push: np.ndarray | None = None
    label: str = ""


def noisy_copy(vector: np.ndarray, table: ParameterTable, percent: float, number: int) -> np.ndarray:
    """Return the vector with noise on all parameters but those of the start; the same copy is the same draw.

    Args:
        vector: Raw parameters, shape (D,).
        table: Their parameter table.
        percent: Standard deviation of the noise, percent of each parameter.
        number: Number of the copy.
    """
    draws = trial_generator(NOISE, number).standard_normal(len(vector))
    draws[table.group_slice("pose")] = 0.0
    return np.asarray(vector, dtype=float) * (1.0 + 0.01 * percent * draws)


def try_walk(
    config: RunConfig, walker: Walker, vector: np.ndarray, progress: Callable[[], None] = lambda: None
) -> Robustness:
    """Walk through all trials.

    Args:
        config: Configuration that the walk was evaluated with.
        walker: Its model.
        vector: Raw parameters, shape (D,).
        progress: Called after every walk.
    """
    threads = config.optimizer.threads or count_cores()
    run = _Runner(config, threads, progress)
    short = run.simulator(walker, COPY_TIME)
    groups = [
        run.group(short, NOISE, percent, COPY_TIME, [_noisy(short, vector, percent, i) for i in range(COPIES)])
        for percent in NOISE_PERCENT
    ]
    long = run.simulator(walker, LONG_TIME)
    groups.append(run.group(long, UNDISTURBED, LONG_TIME, LONG_TIME, [_Walk(lambda _: vector)]))
    starts = [_started(long, vector, i) for i in range(COPIES)]
    groups.append(run.group(long, START, LONG_TIME, LONG_TIME, starts))
    del long
    groups += _walk_uneven(run, vector)
    groups += _push(run, short, vector)
    return Robustness(tuple(groups), (*_NOTES, GROUND_NOTE))


class BriefTrials:
    """Trials of several walks of one configuration, of the kinds of `try_walk`, with other draws and at one level each.

    Args:
        config: Configuration of the walks.
        walker: Their model.
        first: Number of the first copy and of the first ground.
        count: Copies, and grounds.
        phases: Parts of the stride at which pushes begin.
    """

    def __init__(
        self, config: RunConfig, walker: Walker, first: int, count: int, phases: Sequence[float] = PHASES
    ) -> None:
        self._run = _Runner(config, config.optimizer.threads or count_cores(), lambda: None)
        self._short, self._long = (self._run.simulator(walker, time) for time in (COPY_TIME, LONG_TIME))
        self._uneven = None if refuse_footholds(config) else _UnevenGround(self._run)
        self._numbers, self._phases = range(first, first + count), phases

    def walk(self, vector: np.ndarray) -> Robustness:
        """Walk 60 s undisturbed, with 3 % of noise, over ground of 2 cm, and under pushes of 30 N·s."""
        run, (_, percent, _), height, impulse = self._run, NOISE_PERCENT, GROUND_CM[0], IMPULSES_NS[0]
        copies = [_noisy(self._short, vector, percent, number) for number in self._numbers]
        groups = [
            run.group(self._short, NOISE, percent, COPY_TIME, copies),
            run.group(self._long, UNDISTURBED, LONG_TIME, LONG_TIME, [_Walk(lambda _: vector)]),
        ]
        if self._uneven is not None:
            groups.append(self._uneven.group(vector, height, self._numbers))
        return Robustness((*groups, *_push(run, self._short, vector, (impulse,), self._phases)))


def _push(
    run: "_Runner",
    simulator: Simulator,
    vector: np.ndarray,
    impulses: Sequence[float] = IMPULSES_NS,
    phases: Sequence[float] = PHASES,
) -> list[TrialGroup]:
    """Push a walk in one of its strides."""
    stride = pushed_stride(find_heel_strikes(simulator.simulate(vector)).right, simulator.dt)
    groups = []
    for impulse in impulses:
        pushes = [] if stride is None else _pushed(simulator, vector, impulse, stride, phases)
        group = run.group(simulator, PUSH, impulse, COPY_TIME, pushes)
        groups.append(group if stride is not None else replace(group, reason=NO_STRIDE))
    return groups


def _noisy(simulator: Simulator, vector: np.ndarray, percent: float, number: int) -> _Walk:
    noisy = noisy_copy(vector, simulator.table, percent, number)
    return _Walk(lambda _: noisy)


def _started(simulator: Simulator, vector: np.ndarray, number: int) -> _Walk:
    generator = trial_generator(START, number)
    return _Walk(lambda _: perturb_start(vector, simulator.table, StartSpread(1), generator))


def _pushed(
    simulator: Simulator, vector: np.ndarray, impulse: float, stride: tuple[float, float], phases: Sequence[float]
) -> list[_Walk]:
    walks = []
    time = np.arange(simulator.step_limit) * simulator.dt
    for direction, phase, label in push_labels(phases):
        begin = stride[0] + phase * stride[1]
        # Half a step of slack keeps rounding from moving the beginning.
        since = time + 0.5 * simulator.dt - begin
        push = np.where((since >= 0.0) & (since < PUSH_TIME), DIRECTIONS[direction] * impulse / PUSH_TIME, 0.0)
        walks.append(_Walk(lambda _: vector, push, label))
    return walks


def _walk_uneven(run: "_Runner", vector: np.ndarray) -> list[TrialGroup]:
    """Walk over uneven ground."""
    config = run.config
    reason = refuse_footholds(config)
    if reason:
        return [TrialGroup(GROUND, height, COPY_TIME, reason=reason) for height in GROUND_CM]
    ground = _UnevenGround(run)
    return [ground.group(vector, height, range(COPIES)) for height in GROUND_CM]


class _UnevenGround:
    """Walks over uneven ground."""

    def __init__(self, run: "_Runner") -> None:
        self._run = run
        self._walks = UnevenWalks(run.lasting(COPY_TIME), run.threads)

    def group(self, vector: np.ndarray, height: float, numbers: Sequence[int]) -> TrialGroup:
        """Walk over the grounds of some numbers, of a height in cm."""
        run, free = self._run, _free_workers(self._run.threads)

        def try_one(number: int) -> Trial:
            worker = free.get()
            try:
                profile = draw_profile(0.01 * height, run.config.env.slope_deg, trial_generator(GROUND, number))
                return _judge(self._walks.simulate(vector, profile, worker))
            finally:
                free.put(worker)
                run.progress()

        with ThreadPoolExecutor(run.threads) as pool:
            return TrialGroup(GROUND, height, COPY_TIME, tuple(pool.map(try_one, numbers)))


def refuse_footholds(config: RunConfig) -> str:
    """Return why the ground of a configuration cannot be made uneven; empty where it can."""
    if config.model.path is not None:
        return "the ground of an own file is not edited (model.path)"
    if is_published(config.env):
        return "on the published height field (env.slope_mode=compat)"
    return ""


class _Runner:
    """Simulates trials on all cores.

    Args:
        config: Configuration of the walk.
        threads: Cores to use.
        progress: Called after every walk.
    """

    def __init__(self, config: RunConfig, threads: int, progress: Callable[[], None]) -> None:
        self.config = config
        self.threads = max(1, min(threads, COPIES))
        self.progress = progress

    def lasting(self, time: float) -> RunConfig:
        """Return the configuration of walks of a length, s."""
        return replace(self.config, env=replace(self.config.env, sim_time=time))

    def simulator(self, walker: Walker, time: float) -> Simulator:
        """Return a simulator of walks of a length, s, that has chosen its loop."""
        simulator = make_simulator(self.lasting(time), walker, self.threads)
        choose_loop(simulator)
        return simulator

    def group(self, simulator: Simulator, kind: str, level: float, time: float, walks: Sequence[_Walk]) -> TrialGroup:
        """Simulate walks that share a model."""
        free = _free_workers(simulator.workers)

        def try_one(walk: _Walk) -> Trial:
            worker = free.get()
            try:
                for number in range(_MAX_DRAWS):
                    log = simulator.simulate(walk.vector(number), worker, disturbance=_disturb(simulator, walk))
                    if kind != START or log.outcome is not Outcome.INVALID_START:
                        break
                return _judge(log, walk.label)
            finally:
                free.put(worker)
                self.progress()

        with ThreadPoolExecutor(self.threads) as pool:
            return TrialGroup(kind, level, time, tuple(pool.map(try_one, walks)))


def _free_workers(count: int) -> SimpleQueue[int]:
    free: SimpleQueue[int] = SimpleQueue()
    for worker in range(count):
        free.put(worker)
    return free


def _disturb(simulator: Simulator, walk: _Walk) -> Disturbance | None:
    """Return what disturbs a walk: its push instead of the configuration's; None for what that says."""
    if walk.push is None:
        return None
    plain = draw_disturbance(simulator.env.perturbation, simulator.step_limit, simulator.dt, 0)
    return plain._replace(push=walk.push)


def _judge(log: WalkLog, label: str = "") -> Trial:
    return Trial(log.n_steps * log.dt, log.outcome is Outcome.SURVIVED, label)
