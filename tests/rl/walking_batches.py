"""Batches shared by tests of the walking environment: a walker takes a second to build, so each is built once."""

from functools import cache

import numpy as np

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import RunConfig
from myoassist.model.build import Walker, build_walker
from myoassist.rl.env.batch import WalkBatch

LEVEL = ("exp=rl_test", "env.out_of_trajectory_threshold=0.6")


def make_config(*overrides: str) -> RunConfig:
    return compose_run([*LEVEL, *overrides]).config


@cache
def level_walker() -> Walker:
    """The walker of every configuration that changes neither model nor ground."""
    config = make_config()
    return build_walker(config.model, config.env, exo=config.exo, seed=config.seed)


def make_batch(n_envs: int, *overrides: str, seed: int = 5, threads: int = 1, evaluation: bool = False) -> WalkBatch:
    """A batch on level ground."""
    return WalkBatch(make_config(*overrides), n_envs, seed, threads, evaluation, walker=level_walker())


def draw_actions(rng: np.random.Generator, batch: WalkBatch) -> np.ndarray:
    """Actions with little excitation, so that episodes last for a while."""
    return np.clip(rng.normal(-0.8, 0.5, (batch.n_envs, len(batch.action_names))), -1.2, 1.2)
