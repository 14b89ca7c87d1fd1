"""The batch of environments as Stable-Baselines3 sees it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.kernels.layout import END_REASONS, RUNNING

# Declared, not enforced: published policies are stored with these bounds.
OBSERVATION_BOUND = 10.0


def observation_space(batch: WalkBatch) -> spaces.Box:
    """Return the space of one environment's observation."""
    return spaces.Box(-OBSERVATION_BOUND, OBSERVATION_BOUND, (len(batch.observation_names),), np.float32)


def action_space(batch: WalkBatch) -> spaces.Box:
    """Return the space of one environment's action."""
    return spaces.Box(-1.0, 1.0, (len(batch.action_names),), np.float32)


class BatchedVecEnv(VecEnv):
    """A `WalkBatch` behind the interface of vectorized environments.

    Args:
        batch: The environments.

    Attributes:
        batch: The environments.
    """

    render_mode: str | None = None

    def __init__(self, batch: WalkBatch) -> None:
        self.batch = batch
        self._actions: np.ndarray | None = None
        super().__init__(batch.n_envs, observation_space(batch), action_space(batch))

    @property
    def reward_names(self) -> tuple[str, ...]:
        """Terms of the reward."""
        return self.batch.reward_names

    @property
    def reward_terms(self) -> np.ndarray:
        """Weighted parts of the rewards of the last step, shape (N, terms)."""
        return self.batch.reward_terms

    def reset(self) -> np.ndarray:
        """Start new episodes; return their observations."""
        for i, seed in enumerate(self._seeds):
            if seed is not None and i == 0:
                self.batch.seed(seed)
        self._reset_seeds()
        return self.batch.reset().copy()

    def step_async(self, actions: np.ndarray) -> None:
        """Take the actions of the next step, shape (N, actuators)."""
        self._actions = actions

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Step; an info is empty unless its episode has ended."""
        if self._actions is None:
            raise RuntimeError("step_wait before step_async")
        batch = self.batch
        batch.step(self._actions)
        state = batch.state
        dones = state.ended != RUNNING
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if dones.any():
            truncated = batch.truncated
            for i in np.flatnonzero(dones):
                infos[i] = {
                    "terminal_observation": batch.terminal_obs[i].copy(),
                    "TimeLimit.truncated": bool(truncated[i]),
                    "episode": {
                        "r": float(state.last_return[i]),
                        "l": int(state.last_length[i]),
                        "terms": state.last_terms[i].copy(),
                        "end": END_REASONS[state.ended[i]],
                    },
                }
        return batch.obs.copy(), batch.rewards.astype(np.float32), dones, infos

    def set_progress(self, fraction: float, mean_length: float) -> None:
        """Let the curriculum go on; see `WalkBatch.set_progress`."""
        self.batch.set_progress(fraction, mean_length)

    def get_state(self) -> dict[str, np.ndarray]:
        """Return all that an exact continuation needs."""
        return self.batch.get_state()

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Continue where `get_state` was called."""
        self.batch.set_state(state)

    def close(self) -> None:
        """Stop the threads."""
        self.batch.close()

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Return an attribute of the batch once per environment."""
        value = getattr(self.batch, attr_name) if hasattr(self.batch, attr_name) else getattr(self, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set an attribute of the batch, which all environments share."""
        setattr(self.batch, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method of the batch; the result counts for every environment."""
        result = getattr(self.batch, method_name)(*method_args, **method_kwargs)
        return [result for _ in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: type, indices: VecEnvIndices = None) -> list[bool]:
        """Return that no environment is wrapped."""
        return [False for _ in self._get_indices(indices)]

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Set the seed of all environments at the next reset."""
        self._seeds = [None if seed is None else seed + i for i in range(self.num_envs)]
        return self._seeds
