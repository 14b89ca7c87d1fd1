"""How far a training has come from its easy beginning to what is configured."""

import math

from myoassist.config.schema.rl import CurriculumConfig
from myoassist.config.schema.run import EnvConfig

# Part of the way that one success goes.
SUCCESS_STEP = 0.05


class Curriculum:
    """Range of target speeds and height of the ground over a training.

    Args:
        config: What grows, and how.
        env: What it grows to.
        level: Part of the way that is done, 0 to 1.

    Attributes:
        level: Part of the way that is done, 0 to 1.
    """

    def __init__(self, config: CurriculumConfig, env: EnvConfig, level: float = 0.0) -> None:
        self._config = config
        self._env = env
        self.level = level

    @property
    def active(self) -> bool:
        """Whether anything grows."""
        return self._config.start_velocity is not None or self.rough

    @property
    def rough(self) -> bool:
        """Whether the ground grows."""
        return self._config.terrain_start < 1.0 and self._env.terrain != "flat"

    def advance(self, fraction: float, mean_length: float) -> None:
        """Go on at the start of a rollout.

        Args:
            fraction: Part of the training that is done, 0 to 1.
            mean_length: Mean length of the episodes that ended lately, control steps; NaN if none did.
        """
        if self._config.advance == "steps":
            self.level = min(max(fraction, 0.0) / self._config.fraction, 1.0)
        elif (
            not math.isnan(mean_length)
            and mean_length >= self._config.success_length * self._env.custom_max_episode_steps
        ):
            self.level = min(self.level + SUCCESS_STEP, 1.0)

    @property
    def speeds(self) -> tuple[float, float]:
        """Lowest and highest target speed now, m/s."""
        low, high = self._env.min_target_velocity, self._env.max_target_velocity
        start = self._config.start_velocity
        if start is None:
            return low, high
        return start + self.level * (low - start), start + self.level * (high - start)

    @property
    def terrain_factor(self) -> float:
        """Factor of the ground's heights now."""
        if not self.rough:
            return 1.0
        return self._config.terrain_start + self.level * (1.0 - self._config.terrain_start)
