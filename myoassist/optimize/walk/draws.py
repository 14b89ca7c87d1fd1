"""Judge a vector over several walks: one undisturbed, the others disturbed alike for all candidates of a generation."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from myoassist.config.schema.draws import DrawNoiseConfig
from myoassist.config.schema.run import CostConfig, RunConfig
from myoassist.cost.draws import combine_draws, matters
from myoassist.cost.judged_walk import CostPlan
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.model.build import build_walker
from myoassist.model.ground.footholds import Profile, draw_profile
from myoassist.optimize.seed_streams import GENERATION, stream_seed
from myoassist.rollout.disturbance import (
    Disturbance,
    StartSpread,
    draw_disturbance,
    draw_pushes,
    draw_sensor_noise,
    perturb_start,
)
from myoassist.rollout.log import Outcome, WalkLog
from myoassist.rollout.simulator import Simulator, make_simulator
from myoassist.rollout.uneven import UnevenWalks

# Rough grounds that a run compiles; its walks take turns.
MAX_GROUNDS = 4
# Keys of each disturbance.
_KINDS = (
    ("start_angle_sd", "start_speed_sd"),
    ("push_impulse",),
    ("sensor_noise",),
    ("parameter_sd",),
    ("ground", "footholds"),
)
# Shares of a start's noise that are tried until the pose is a valid start; the last is the undisturbed start.
_START_SHARES = (1.0, 0.5, 0.25, 0.0)


@dataclass(frozen=True)
class Draw:
    """What disturbs one walk.

    Attributes:
        start: Added to the raw vector, pose entries only, shape (D,).
        factors: The raw vector is multiplied by it, shape (D,).
        disturbance: Pushes and sensor noise.
        ground: Number of the rough ground, None for none.
        profile: Uneven ground below the feet, None for none.
    """

    start: np.ndarray
    factors: np.ndarray
    disturbance: Disturbance
    ground: int | None
    profile: Profile | None


class DrawnWalks:
    """The walks of a vector.

    Args:
        config: Run configuration with `cost.draws` above 1.
        simulator: Of the undisturbed walk.

    Attributes:
        grounds: Simulators of rough grounds, on which the disturbed walks take turns; empty for level ground.
        uneven: Simulators whose ground is drawn with each walk; None without footholds.
    """

    def __init__(self, config: RunConfig, simulator: Simulator) -> None:
        self._config = config
        self._noise = config.cost.draw_noise
        self._simulator = simulator
        count = min(config.cost.draws - 1, MAX_GROUNDS) if self._noise.ground > 0.0 else 0
        self.grounds = [self._build(number) for number in range(count)]
        self.uneven = UnevenWalks(config, simulator.workers) if self._noise.footholds > 0.0 else None
        # One generation draws once, whatever the number of candidates.
        self._draws = lru_cache(maxsize=2)(self._draw_all)

    def evaluate(self, vector: np.ndarray, seed: int, worker: int, cost: CostConfig, plan: CostPlan) -> CostResult:
        """Return the cost of one vector over its walks.

        Args:
            vector: Raw parameters, shape (D,).
            seed: Seed that the candidates of a generation have in common.
            worker: Slot of the calling thread.
            cost: What each walk is judged by.
            plan: Lookups for it.
        """
        log = self._simulator.simulate(vector, worker, seed=seed)
        results = [evaluate_cost(log, vector, cost, plan)]
        if matters(results[0]):
            for draw in self._draws(seed):
                log = self._walk(vector, draw, worker)
                if log.outcome is Outcome.ERROR:
                    # Told to end from outside: this says nothing about the walk.
                    return evaluate_cost(log, vector, cost, plan)
                results.append(evaluate_cost(log, vector, cost, plan))
        return combine_draws(results, cost)

    def _walk(self, vector: np.ndarray, draw: Draw, worker: int) -> WalkLog:
        simulator = self._simulator if draw.ground is None else self.grounds[draw.ground]
        table = simulator.table
        for share in _START_SHARES:
            changed = table.clamp(vector * draw.factors) + share * draw.start
            if self.uneven is None or draw.profile is None:
                log = simulator.simulate(changed, worker, disturbance=draw.disturbance)
            else:
                log = self.uneven.simulate(changed, draw.profile, worker, draw.disturbance)
            if log.outcome is not Outcome.INVALID_START:
                break
        return log

    def _build(self, number: int) -> Simulator:
        config = self._config
        # Ground heights of `random` lie between 0 and the number given.
        env = replace(config.env, terrain="random", terrain_params=repr(2.0 * self._noise.ground))
        walker = build_walker(
            config.model, env, exo=config.exo, seed=stream_seed(config.seed, GENERATION, 0, 1 + number)
        )
        return make_simulator(config, walker, self._simulator.workers)

    def _draw_all(self, seed: int) -> tuple[Draw, ...]:
        return tuple(self._draw(seed, number) for number in range(1, self._config.cost.draws))

    def _draw(self, seed: int, number: int) -> Draw:
        simulator = self._simulator
        table, steps, dt = simulator.table, simulator.step_limit, simulator.dt
        # Each disturbance has numbers of its own, so that leaving one out does not change the others.
        start, factor, push, sensor, footholds = (
            np.random.default_rng(child) for child in np.random.SeedSequence([seed, number]).spawn(5)
        )
        noise = self._noise_of(number)
        spread = StartSpread(1, noise.start_angle_sd, noise.start_speed_sd)
        factors = np.ones(len(table))
        human = table.group_slice(simulator.human.group)
        factors[human] += noise.parameter_sd * factor.standard_normal(human.stop - human.start)
        always = draw_disturbance(self._config.env.perturbation, steps, dt, seed)
        return Draw(
            perturb_start(np.zeros(len(table)), table, spread, start),
            factors,
            Disturbance(
                _add(always.push, draw_pushes(noise.push_impulse, noise.push_interval, steps, dt, push)),
                _add(always.noise, draw_sensor_noise(noise.sensor_noise, steps, sensor)),
            ),
            (number - 1) % len(self.grounds) if noise.ground > 0.0 else None,
            draw_profile(noise.footholds, self._config.env.slope_deg, footholds) if noise.footholds > 0.0 else None,
        )

    def _noise_of(self, number: int) -> DrawNoiseConfig:
        """Return what disturbs a walk, counted from 1: everything, or one disturbance alone."""
        noise = self._noise
        if not noise.in_turn:
            return noise
        kinds = [names for names in _KINDS if any(getattr(noise, name) > 0.0 for name in names)]
        if not kinds:
            return noise
        alone = kinds[(number - 1) % len(kinds)]
        others: dict[str, Any] = {name: 0.0 for names in _KINDS for name in names if names != alone}
        return replace(noise, **others)

    def cancel(self, worker: int, reason: str) -> None:
        """End the disturbed walk that a worker is at, from another thread."""
        for simulator in self.grounds:
            simulator.cancel(worker, reason)
        if self.uneven is not None:
            self.uneven.simulators[worker].cancel(0, reason)

    @property
    def simulators(self) -> list[Simulator]:
        """All simulators of disturbed walks beside the one of undisturbed walks."""
        return self.grounds + (self.uneven.simulators if self.uneven is not None else [])


def _add(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the sum of two disturbances, either of which may be of length 0."""
    if len(first) and len(second):
        return first + second
    return first if len(first) else second
