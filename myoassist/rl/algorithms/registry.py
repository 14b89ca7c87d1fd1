"""Which learning algorithms there are, and how a run gets one."""

from typing import Any

from stable_baselines3.common.vec_env import VecEnv

from myoassist.config.places import load_place
from myoassist.config.schema.learner import ALGORITHMS
from myoassist.config.schema.run import RunConfig
from myoassist.rl.algorithms.base import Learner

LEARNERS: dict[str, type[Learner]] = {name: load_place(place) for name, place in ALGORITHMS.items()}


def new_learner(config: RunConfig, venv: VecEnv, params: dict[str, Any]) -> Learner:
    """Return the learning algorithm of a run with freshly drawn networks.

    Args:
        config: Run configuration.
        venv: Environments.
        params: Result of `policy_params`.
    """
    assert config.rl.algorithm is not None
    return LEARNERS[config.rl.algorithm].new(config, venv, params)
