"""N walking environments over one compiled model, stepped by compiled threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import mujoco
import numpy as np

from myoassist.config.schema.rl import BASE_ENV
from myoassist.config.schema.run import RunConfig
from myoassist.model.build import Walker, build_walker
from myoassist.rl.env.curriculum import Curriculum
from myoassist.rl.env.failed_episodes import MAX_FAULTS, capture_episode
from myoassist.rl.env.human import ReflexHumans, record_reflex_walk
from myoassist.rl.env.observation import action_names, resolve_observation
from myoassist.rl.env.starts import reference_starts, standing_start
from myoassist.rl.env.state import make_state
from myoassist.rl.env.task import check_task, make_task
from myoassist.rl.env.terrain import EpisodeGround
from myoassist.rl.kernels.draws import MODES, seed_streams
from myoassist.rl.kernels.layout import END_REASONS, RUNNING, UNSTABLE, Task
from myoassist.rl.kernels.observe import ground_under_pelvis
from myoassist.rl.kernels.rewards import TERMS
from myoassist.rl.kernels.step import start_range, step_range
from myoassist.rl.motion.file import load_reference
from myoassist.rl.motion.motion import resample
from myoassist.rollout.batch import make_addresses
from myoassist.rollout.fault.batch import BatchRecorder
from myoassist.rollout.fault.file import WalkFault
from myoassist.rollout.muscle.tendon import forward_physics, share_fibres

# What an exact continuation needs beside the physics: the rest of `State` is work space or output.
_KEPT = (
    "streams",
    "frame",
    "steps",
    "schedule",
    "previous_act",
    "footstep",
    "load_history",
    "start",
    "observations",
    "episode_return",
    "episode_terms",
)
_PHYSICS = mujoco.mjtState.mjSTATE_INTEGRATION


class WalkBatch:
    """Environments that are stepped together.

    Trajectories depend on the seed and the number of an environment, not on how many there are or on threads.

    Args:
        config: Valid run configuration.
        n_envs: Number of environments N.
        seed: Seed of all random streams.
        threads: Threads that share the environments.
        evaluation: Never cut an episode off: no step limit, no trajectory test, a looping reference.
        walker: Walker of the same configuration to use; not together with another batch whose ground grows.

    Attributes:
        walker: Compiled walker.
        observation_names: Channels of an observation.
        action_names: Actuators that the policy drives: all, or with a reflex-controlled human those of the device.
        reward_names: Terms of the reward.
        datas: State of the physics of each environment.
        unstable: Episodes that ended because the physics failed.
        humans: Reflexes that drive the muscles; None where the policy does.
        curriculum: How hard the episodes are now; an evaluation is as hard as configured.
    """

    def __init__(
        self,
        config: RunConfig,
        n_envs: int,
        seed: int,
        threads: int = 1,
        evaluation: bool = False,
        walker: Walker | None = None,
    ) -> None:
        self.config, env = config, config.env
        self.walker = walker or build_walker(config.model, env, exo=config.exo, seed=config.seed)
        model = self.walker.model
        path = None if env.env_id == BASE_ENV else env.reference_data_path
        reference = None if path is None else load_reference(path)
        check_task(env, reference, model)
        walk = record_reflex_walk(config, self.walker) if config.rl.human == "reflex" else None
        if walk is not None:
            starts = walk.starts
        elif reference is None:
            starts = standing_start(self.walker)
        else:
            reference = resample(reference, env.control_framerate)
            starts = reference_starts(self.walker, env, reference)
        self.reference = reference
        observation = resolve_observation(env, self.walker)
        self.observation_names = observation.names
        self.action_names = action_names(model)
        if walk is not None:
            self.action_names = tuple(name for name in self.action_names if f"act/{name}" not in observation.names)
        self.reward_names = TERMS
        self._ground = EpisodeGround(self.walker, starts.qpos)
        task = make_task(env, self.walker, observation, reference, starts, self._ground, walk is not None)
        if evaluation:
            task = task._replace(max_steps=2**62, end_off_trajectory=False, loop=True)
        self.task: Task = task
        self.n_envs = n_envs
        self.datas = [mujoco.MjData(model) for _ in range(n_envs)]
        self._fibres = [share_fibres(task.fibres, data) for data in self.datas]
        self._addresses = make_addresses(self.datas, len(self._fibres[0].state))
        self._recorder = BatchRecorder(model, self.datas)
        self._faults: list[WalkFault] = []
        self.humans = ReflexHumans(walk, self.walker, self.datas) if walk is not None else None
        self.state = make_state(task, n_envs, len(observation.names), seed)
        self.unstable = 0
        self.curriculum = Curriculum(config.rl.curriculum, env, level=1.0 if evaluation else 0.0)
        self._follow_curriculum()
        self._pool = ThreadPoolExecutor(threads) if (threads := min(threads, n_envs)) > 1 else None
        bounds = np.linspace(0, n_envs, threads + 1).round().astype(int)
        self._ranges = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))

    @property
    def obs(self) -> np.ndarray:
        """Observations, float32, shape (N, observation size); of the new episode where one has just ended."""
        return self.state.observations

    @property
    def terminal_obs(self) -> np.ndarray:
        """Last observation of the episodes that ended in this step, float32, shape (N, observation size)."""
        return self.state.terminal

    @property
    def rewards(self) -> np.ndarray:
        """Rewards of this step, shape (N,)."""
        return self.state.rewards

    @property
    def reward_terms(self) -> np.ndarray:
        """Weighted parts of the rewards, shape (N, len(reward_names)); they sum to them."""
        return self.state.terms

    @property
    def ended(self) -> np.ndarray:
        """How each episode stands, one of `END_REASONS` by number, shape (N,)."""
        return self.state.ended

    @property
    def terminated(self) -> np.ndarray:
        """Episodes that ended by what the body did, shape (N,)."""
        return np.isin(self.state.ended, _TERMINAL)

    @property
    def truncated(self) -> np.ndarray:
        """Episodes that were cut off, shape (N,)."""
        return np.isin(self.state.ended, _CUT)

    @property
    def episode_length(self) -> np.ndarray:
        """Steps of the running episodes, shape (N,)."""
        return self.state.steps

    def seed(self, seed: int, first: int = 0) -> None:
        """Start all random streams anew; `first` is the number of the first environment within its run."""
        self.state.streams[:] = seed_streams(seed, first + self.n_envs)[first:]

    def reset(self, starts: np.ndarray | None = None) -> np.ndarray:
        """Start a new episode in every environment.

        Args:
            starts: Reference frame of each start, also of later ones, shape (N,); None draws them as configured.

        Returns:
            Observations, a view that the next step overwrites.
        """
        self.state.start[:] = -1 if starts is None else np.asarray(starts)
        self._spread(start_range, ())
        if self.humans is not None:
            for i, frame in enumerate(self.state.frame):
                self.humans.start(i, int(frame))
        return self.obs

    def step(self, actions: np.ndarray) -> None:
        """Advance all environments by one control step; those whose episode ends start the next one.

        Args:
            actions: Shape (N, number of actions), -1 to 1.
        """
        self._recorder.keep()
        kernel = step_range if self.humans is None else self.humans.step_range
        self._spread(kernel, (np.ascontiguousarray(actions, dtype=np.float64),))
        for i in np.flatnonzero(self.state.ended == UNSTABLE):
            self.unstable += 1
            if len(self._faults) < MAX_FAULTS:
                self._faults.append(capture_episode(self, self._recorder, int(i), actions[i]))

    def take_faults(self) -> list[WalkFault]:
        """Return the first episodes that the physics failed in since the last call."""
        faults, self._faults = self._faults, []
        return faults

    def set_target(self, mode: str, phase: float, start: float, low: float, high: float, period: float) -> None:
        """Fix the target-speed schedule of all episodes that start from now on.

        Args:
            mode: UNIFORM, SINUSOIDAL or STEP.
            phase: Phase of the sine, rad.
            start: Speed at the start, m/s.
            low: Lowest speed, m/s.
            high: Highest speed, m/s.
            period: Period, s.
        """
        self.task.manual[:] = (MODES.index(mode), phase, period, low, high, start, 0.0)

    def set_speeds(self, low: float, high: float) -> None:
        """Change the range of target speeds, m/s, for episodes that start from now on."""
        self.task.speeds[:] = (low, high)

    def set_progress(self, fraction: float, mean_length: float) -> None:
        """Let the curriculum go on; called at the start of a rollout.

        Speeds count for episodes that start from now on, heights of the ground at once.

        Args:
            fraction: Part of the training that is done, 0 to 1.
            mean_length: Mean length of the episodes that ended lately, control steps; NaN if none did.
        """
        self.curriculum.advance(fraction, mean_length)
        self._follow_curriculum()

    def _follow_curriculum(self) -> None:
        if not self.curriculum.active:
            return
        self.set_speeds(*self.curriculum.speeds)
        factor = self.curriculum.terrain_factor
        if factor != self._ground.factor:
            before = self._heights_under_pelvis()
            self._ground.scale(factor)
            # Walkers in the middle of an episode are carried along.
            self._raise(self._heights_under_pelvis() - before)

    def _heights_under_pelvis(self) -> np.ndarray:
        return np.array([ground_under_pelvis(self.task, row) for row in self._addresses])

    def _raise(self, heights: np.ndarray) -> None:
        model, height = self.walker.model, int(self.task.pelvis[1])
        for data, fibres, rise in zip(self.datas, self._fibres, heights, strict=True):
            warm = data.qacc_warmstart.copy()
            data.qpos[height] += rise
            forward_physics(model, data, fibres, reached=True)
            data.qacc_warmstart[:] = warm

    def get_state(self) -> dict[str, np.ndarray]:
        """Return all that an exact continuation needs."""
        model = self.walker.model
        physics = np.zeros((self.n_envs, mujoco.mj_stateSize(model, _PHYSICS)))
        for row, data in zip(physics, self.datas, strict=True):
            mujoco.mj_getState(model, data, row, _PHYSICS)
        kept = {name: getattr(self.state, name).copy() for name in _KEPT}
        if self.humans is not None:
            kept["humans"] = self.humans.get_state()
        return kept | {
            "physics": physics,
            "speeds": self.task.speeds.copy(),
            "manual": self.task.manual.copy(),
            "level": np.array([self.curriculum.level]),
            "unstable": np.array([self.unstable]),
        }

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Continue where `get_state` was called."""
        model = self.walker.model
        # Older states have no curriculum.
        if "level" in state:
            self.curriculum.level = float(state["level"][0])
            self.task.manual[:] = state["manual"]
            self.unstable = int(state["unstable"][0])
        if self.humans is not None:
            self.humans.set_state(state["humans"])
        self._ground.scale(self.curriculum.terrain_factor)
        for row, data, fibres in zip(state["physics"], self.datas, self._fibres, strict=True):
            mujoco.mj_setState(model, data, np.ascontiguousarray(row), _PHYSICS)
            forward_physics(model, data, fibres, reached=True)
            # The pass above has replaced the solver's warm start.
            mujoco.mj_setState(model, data, np.ascontiguousarray(row), _PHYSICS)
            data.warning.number[:] = 0
        for name in _KEPT:
            if name in state:
                getattr(self.state, name)[:] = state[name]
        self.task.speeds[:] = state["speeds"]

    @property
    def terrain_factor(self) -> float:
        """Present factor of the heights of the ground."""
        return self._ground.factor

    @terrain_factor.setter
    def terrain_factor(self, factor: float) -> None:
        self._ground.scale(factor)

    def close(self) -> None:
        """Stop the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _spread(self, kernel: Callable, arguments: tuple) -> None:
        address = self.walker.model._address
        if self._pool is None:
            kernel(address, self.task, self.state, self._addresses, *arguments, 0, self.n_envs)
            return
        jobs = [
            self._pool.submit(kernel, address, self.task, self.state, self._addresses, *arguments, first, last)
            for first, last in self._ranges
        ]
        for job in jobs:
            job.result()


_TERMINAL = [END_REASONS.index(name) for name in ("fell", "off_trajectory", "unstable")]
_CUT = [i for i in range(len(END_REASONS)) if i != RUNNING and i not in _TERMINAL]
