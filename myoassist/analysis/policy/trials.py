"""Let a policy walk through all trials of its robustness, in its own environment."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from myoassist.analysis.policy.rollout import Policy, set_schedule
from myoassist.analysis.walk.trials import GROUND_NOTE, NO_STRIDE, refuse_footholds
from myoassist.config.entries.evaluation import EvaluationEntry
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
from myoassist.model.build import build_walker
from myoassist.model.ground.footholds import Footholds, draw_profile
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.push import push_walkers
from myoassist.rl.kernels.layout import RUNNING
from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.train.evaluate_best import spread_starts
from myoassist.rollout.log import WalkLog

_ONE_START = "all episodes of this environment start from one state"
_NOISE_NOTE = "Noise: every weight and bias of the networks is multiplied by 1 + level x normal draw."
_START_NOTE = "Starts: states that are spread over those of the training, without further noise."
_HYBRID_NOTE = "The reflexes of the human are left as they are: only the network of the device gets noise."


class _Several:
    """A policy of its own for every environment."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._policies = policies

    def act(self, observations: np.ndarray) -> np.ndarray:
        """Return actions, shape (n, actuators)."""
        rows = [policy.act(row[None]) for policy, row in zip(self._policies, observations, strict=True)]
        return np.concatenate(rows)


@dataclass(frozen=True)
class TriedPolicy:
    """A policy and the walk whose robustness is asked for.

    Attributes:
        config: Run configuration.
        policy: The policy.
        entry: Scenario: target speeds.
        log: Its undisturbed walk.
        frame: Where that starts.
        threads: Cores to use.
    """

    config: RunConfig
    policy: NumpyPolicy
    entry: EvaluationEntry
    log: WalkLog
    frame: int
    threads: int

    def walk(self) -> Robustness:
        """Walk through all trials."""
        groups = (*self._on_level_ground(), *self._on_uneven_ground(), *self._pushed())
        return Robustness(groups, self._notes())

    def _notes(self) -> tuple[str, ...]:
        hybrid = (_HYBRID_NOTE,) if self.config.rl.human == "reflex" else ()
        return (_NOISE_NOTE, *hybrid, _START_NOTE, GROUND_NOTE)

    def _batch(self, size: int) -> WalkBatch:
        return WalkBatch(self.config, size, self.config.seed, threads=self.threads, evaluation=True)

    def _on_level_ground(self) -> list[TrialGroup]:
        batch = self._batch(COPIES)
        try:
            same = np.full(COPIES, self.frame)
            groups = []
            for percent in NOISE_PERCENT:
                policies = [self.policy.with_noise(percent, trial_generator(NOISE, i)) for i in range(COPIES)]
                trials = walk_trials(batch, _Several(policies), self.entry, same, COPY_TIME)
                groups.append(TrialGroup(NOISE, percent, COPY_TIME, trials))
            # Environments do not depend on each other: the first of many is the only one.
            alone = walk_trials(batch, self.policy, self.entry, same, LONG_TIME)[:1]
            groups.append(TrialGroup(UNDISTURBED, LONG_TIME, LONG_TIME, alone))
            groups.append(self._from_starts(batch))
        finally:
            batch.close()
        return groups

    def _from_starts(self, batch: WalkBatch) -> TrialGroup:
        frames = spread_starts(len(batch.task.start_qpos), COPIES)
        if len(set(frames.tolist())) == 1:
            return TrialGroup(START, LONG_TIME, LONG_TIME, reason=_ONE_START)
        return TrialGroup(START, LONG_TIME, LONG_TIME, walk_trials(batch, self.policy, self.entry, frames, LONG_TIME))

    def _pushed(self) -> list[TrialGroup]:
        stride = pushed_stride(find_heel_strikes(self.log).right, self.log.dt)
        if stride is None:
            return [TrialGroup(PUSH, impulse, COPY_TIME, reason=NO_STRIDE) for impulse in IMPULSES_NS]
        pushes = push_labels()
        batch = self._batch(len(pushes))
        interval = batch.task.substeps * batch.walker.model.opt.timestep
        length = max(1, round(PUSH_TIME / interval))
        begins = np.array([round((stride[0] + phase * stride[1]) / interval) for _, phase, _ in pushes])
        signs = np.array([DIRECTIONS[direction] for direction, _, _ in pushes])
        frames = np.full(len(pushes), self.frame)
        groups = []
        try:
            for impulse in IMPULSES_NS:
                force = impulse / (length * interval)

                def push(step: int, force: float = force) -> None:
                    push_walkers(batch, np.where((step >= begins) & (step < begins + length), force * signs, 0.0))

                trials = walk_trials(batch, self.policy, self.entry, frames, COPY_TIME, push)
                labelled = [replace(trial, label=text) for trial, (_, _, text) in zip(trials, pushes, strict=True)]
                groups.append(TrialGroup(PUSH, impulse, COPY_TIME, tuple(labelled)))
        finally:
            batch.close()
        return groups

    def _on_uneven_ground(self) -> list[TrialGroup]:
        reason = refuse_footholds(self.config)
        if reason:
            return [TrialGroup(GROUND, height, COPY_TIME, reason=reason) for height in GROUND_CM]
        config = copy.deepcopy(self.config)
        # Its own uneven ground is replaced.
        config.env.terrain = "flat"
        walker = build_walker(config.model, config.env, exo=config.exo, seed=config.seed, footholds=True)
        groups = []
        batch = WalkBatch(config, 1, config.seed, evaluation=True, walker=walker)
        try:
            for height in GROUND_CM:
                trials: list[Trial] = []
                for number in range(COPIES):
                    profile = draw_profile(0.01 * height, 0.0, trial_generator(GROUND, number))
                    ground = Footholds(walker.model, batch.datas[0], profile)

                    def follow(_: int, ground: Footholds = ground) -> None:
                        ground.follow()

                    frames = np.array([self.frame])
                    trials += walk_trials(batch, self.policy, self.entry, frames, COPY_TIME, follow)
                groups.append(TrialGroup(GROUND, height, COPY_TIME, tuple(trials)))
        finally:
            batch.close()
        return groups


def walk_trials(
    batch: WalkBatch,
    policy: Policy,
    entry: EvaluationEntry,
    frames: np.ndarray,
    time: float,
    prepare: Callable[[int], None] = lambda _: None,
) -> tuple[Trial, ...]:
    """Walk once in every environment.

    Args:
        batch: Environments made for evaluation.
        policy: Policy for their channels.
        entry: Scenario: target speeds.
        frames: Start of each, shape (N,).
        time: Longest walk, s.
        prepare: Called with the number of every control step before it.
    """
    interval = batch.task.substeps * batch.walker.model.opt.timestep
    limit = max(1, round(time / interval))
    set_schedule(batch, entry)
    observations = batch.reset(frames)
    batch.take_faults()
    alive, steps = np.ones(batch.n_envs, dtype=bool), np.zeros(batch.n_envs, dtype=np.int64)
    for step in range(limit):
        prepare(step)
        batch.step(policy.act(observations))
        alive &= batch.ended == RUNNING
        steps += alive
        if not alive.any():
            break
    push_walkers(batch, np.zeros(batch.n_envs))
    # Numbers of the environment are of the last whole step before a fall.
    return tuple(Trial(float(count * interval), bool(lasted)) for count, lasted in zip(steps, alive, strict=True))
