"""One walking environment with Gymnasium's interface, registered under the published ids."""

from typing import Any

import gymnasium
import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.vec_env import action_space, observation_space
from myoassist.rl.kernels.layout import END_REASONS, RUNNING
from myoassist.rollout.fault.file import WalkFault


class WalkEnv(gymnasium.Env):
    """A human, with or without device, that walks at a target speed.

    It is the batched environment with one member, so that both walk the same trajectories.

    Args:
        config: Run configuration; None composes `exp=rl_test` with the id's environment.
        env_id: Id it was made by; None keeps that of the configuration.
        number: Number of this environment among those of a run; its random stream is that of the batch's member.
        evaluation: Never cut an episode off.
        batch: Batch of one to use.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium's own form

    def __init__(
        self,
        config: RunConfig | None = None,
        env_id: str | None = None,
        number: int = 0,
        evaluation: bool = False,
        batch: WalkBatch | None = None,
    ) -> None:
        if config is None:
            # Late: composing needs Hydra, which an environment made from a configuration does not.
            from myoassist.config.compose.run import compose_run

            config = compose_run(["exp=rl_test", *([f"env.env_id={env_id}"] if env_id else [])]).config
        self.batch = batch or WalkBatch(config, 1, config.seed, evaluation=evaluation)
        self.batch.seed(config.seed, number)
        # What the episode that has already begun began with; None before and in the middle of an episode.
        self._begun: np.ndarray | None = None
        self.observation_space = observation_space(self.batch)
        self.action_space = action_space(self.batch)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode.

        After the end of one the next has begun already, as in the batch, and is what starts.

        Args:
            seed: Seed of the random stream; None lets it go on.
            options: `start`, the reference frame to start from.
        """
        super().reset(seed=seed)
        if seed is not None:
            self.batch.seed(seed)
        start = (options or {}).get("start")
        begun, self._begun = self._begun, None
        if (
            begun is not None
            and seed is None
            and start is None
            and np.array_equal(begun, self._conditions(), equal_nan=True)
        ):
            return self.batch.obs[0].copy(), {}
        self.batch.reset(None if start is None else np.array([start]))
        return self.batch.obs[0].copy(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Advance by one control step; `info["rwd_dict"]` holds the weighted parts of the reward."""
        batch = self.batch
        batch.step(np.asarray(action)[None])
        state = batch.state
        ended = int(state.ended[0])
        terms = dict(zip(batch.reward_names, state.terms[0].tolist(), strict=True))
        info: dict[str, Any] = {"rwd_dict": terms, "target_velocity": float(state.schedule[0, 5])}
        observation = batch.obs[0].copy()
        if ended != RUNNING:
            # The batch has already started the next episode.
            observation = batch.terminal_obs[0].copy()
            info["end"] = END_REASONS[ended]
            info["episode_terms"] = state.last_terms[0].copy()
        self._begun = self._conditions() if ended != RUNNING else None
        return (
            observation,
            float(state.rewards[0]),
            bool(batch.terminated[0]),
            bool(batch.truncated[0]),
            info,
        )

    @property
    def unstable(self) -> int:
        """Episodes that ended because the physics failed."""
        return self.batch.unstable

    def take_faults(self) -> list[WalkFault]:
        """Return the first episodes that the physics failed in since the last call."""
        return self.batch.take_faults()

    def set_progress(self, fraction: float, mean_length: float) -> None:
        """Let the curriculum go on; see `WalkBatch.set_progress`."""
        self.batch.set_progress(fraction, mean_length)

    def _conditions(self) -> np.ndarray:
        """Return what an episode starts under, apart from chance."""
        task = self.batch.task
        return np.concatenate([task.speeds, task.manual])

    def close(self) -> None:
        """Free the environment."""
        self.batch.close()


def register_environments() -> None:
    """Make the published ids known to `gymnasium.make`."""
    from myoassist.config.schema.rl import ENV_IDS

    for env_id in ENV_IDS:
        if env_id not in gymnasium.registry:
            gymnasium.register(env_id, "myoassist.rl.env.walk_env:WalkEnv", kwargs={"env_id": env_id})
