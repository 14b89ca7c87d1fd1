"""The human of hybrid training: reflexes drive the muscles, the policy the device."""

from dataclasses import dataclass, replace

import mujoco
import numpy as np

from myoassist.config.schema.draws import PerturbationConfig
from myoassist.config.schema.rl import BASE_ENV
from myoassist.config.schema.run import ExoConfig, RunConfig
from myoassist.control.buffers import Constants, Ids, make_buffers, make_command
from myoassist.control.device.timing import make_exo
from myoassist.control.human.reflex.controller import Reflex, make_reflex
from myoassist.control.legs import SHARED, legs_of
from myoassist.files.errors import ConfigError
from myoassist.model.build import Walker
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.rl.env.starts import Starts
from myoassist.rl.kernels.hybrid import step_reflex
from myoassist.rl.kernels.layout import RUNNING, State, Task
from myoassist.rollout.disturbance import Disturbance, draw_disturbance
from myoassist.rollout.log import Outcome
from myoassist.rollout.sense import make_signals
from myoassist.rollout.simulator import CONTROL_INTERVAL, Simulator
from myoassist.runs.named_files import resolve_param_path

# Episodes start within this part of a walk with the device off, s: after its beginning has faded.
FIRST_START, LAST_START = 4.0, 12.0
_FORWARD = 0


@dataclass(frozen=True)
class ReflexWalk:
    """A walk with the device off whose instants are the starts of episodes.

    Attributes:
        starts: States of the body, one per control step of the policy.
        reflexes: State of the controller at each, shape (L, K).
        gains: Decoded reflex parameters of each leg, shape (2, 63).
        share: Factors of the muscles of a group.
        ids: Addresses, without a device.
        constants: Scalars of the reflex loop.
    """

    starts: Starts
    reflexes: np.ndarray
    gains: np.ndarray
    share: np.ndarray
    ids: Ids
    constants: Constants


def _arrays(reflex: Reflex) -> list[np.ndarray]:
    """Return the arrays that change during a walk, in a fixed order."""
    delays = [item for item in reflex.delays if isinstance(item, np.ndarray)]
    return [*delays, reflex.phase, reflex.alpha_tgt, reflex.alpha_tgt_f, reflex.command, reflex.stimulation]


def _pack(reflex: Reflex) -> np.ndarray:
    return np.concatenate([array.ravel().astype(float) for array in _arrays(reflex)])


def _unpack(reflex: Reflex, values: np.ndarray) -> None:
    first = 0
    for array in _arrays(reflex):
        array.ravel()[:] = values[first : first + array.size]
        first += array.size


def record_reflex_walk(config: RunConfig, walker: Walker) -> ReflexWalk:
    """Let the reflex-controlled human walk with the device off and keep the instants that episodes start from.

    Args:
        config: Run configuration with `rl.human=reflex`.
        walker: Its compiled walker.

    Raises:
        ConfigError: if the environment imitates a reference, or the human does not walk on its own.
        UserError: if the parameters cannot be read or are of another human.
    """
    env = config.env
    if env.env_id != BASE_ENV:
        raise ConfigError(
            f"rl.human=reflex with env.env_id={env.env_id}",
            f"{BASE_ENV}: reflexes keep no time with a reference",
            f"env.env_id={BASE_ENV}",
        )
    alone = replace(env, sim_time=LAST_START, perturbation=PerturbationConfig())
    simulator = Simulator(walker, alone, ExoConfig(controller="none"), control=replace(config.control, delayed=False))
    vector = _read_human(config, simulator)
    every = round(1.0 / (env.control_framerate * CONTROL_INTERVAL))
    worker = simulator._workers[0]
    states: list[tuple[np.ndarray, ...]] = []
    count = 0

    def keep(data: mujoco.MjData) -> None:
        nonlocal count
        count += 1
        if count * CONTROL_INTERVAL >= FIRST_START and count % every == 0:
            states.append((data.qpos.copy(), data.qvel.copy(), data.act.copy(), _pack(worker.human)))

    log = simulator.simulate_slowly(vector, observe=keep)
    if log.outcome is not Outcome.SURVIVED:
        raise ConfigError(
            f"rl.human_param_path={config.rl.human_param_path}: with the device off this human does not walk "
            f"{LAST_START:g} s ({log.reason})",
            "parameters that walk with this model, this env.timestep and a device that does nothing",
            "rl.human_param_path=shipped:tutorial_4param_fast model=tutorial model.physics=fast "
            "env.physics_sim_framerate=600",
        )
    qpos, qvel, act, reflexes = (np.array(column) for column in zip(*states, strict=True))
    # The field of an uneven ground is level only where published episodes start.
    qpos[:, walker.layout.qpos_root[_FORWARD]] = 0.0
    model = walker.model
    starts = Starts(qpos, qvel, np.zeros(model.nv), act, np.zeros((len(qpos), 2, 2)), 0.0)
    ids = simulator._ids._replace(exo=np.full(2, -1, dtype=np.int64))
    gains, share = worker.human.gains.copy(), worker.command.share.copy()
    return ReflexWalk(starts, reflexes, gains, share, ids, simulator._constants)


def _read_human(config: RunConfig, simulator: Simulator) -> np.ndarray:
    """Return the human part of the parameters, whatever device they were found with."""
    source = resolve_param_path(config.rl.human_param_path, key="rl.human_param_path")
    assert source is not None, "validated: rl.human=reflex needs it"
    stored = read_vector(find_vector_file(source))
    names = simulator.table.names
    if stored.layout is not None and legs_of(stored.layout) != SHARED:
        missing = f"its legs have gains of their own (layout {stored.layout})"
    elif stored.names is None:
        if len(stored.vector) >= len(names):
            return stored.vector[: len(names)].copy()
        missing = f"it has {len(stored.vector)} numbers"
    else:
        values = dict(zip(stored.names, stored.vector, strict=True))
        absent = [name for name in names if name not in values]
        if not absent:
            return np.array([values[name] for name in names])
        missing = f"it lacks {', '.join(absent[:4])}"
    raise ConfigError(
        f"rl.human_param_path={config.rl.human_param_path} is not of this human: {missing}",
        f"the {len(names)} reflex parameters of {config.model.musculature} muscles",
        "rl.human_param_path=shipped:tutorial_4param_fast model=tutorial",
    )


class ReflexHumans:
    """The reflex controllers of a batch, one per environment.

    Args:
        walk: Walk that episodes start from.
        walker: Compiled walker.
        datas: State of the physics of each environment.
    """

    def __init__(self, walk: ReflexWalk, walker: Walker, datas: list[mujoco.MjData]) -> None:
        layout = walker.layout
        self._walk = walk
        self._off = make_exo()
        quiet = draw_disturbance(PerturbationConfig(), 0, CONTROL_INTERVAL, 0)
        self._disturbances: list[Disturbance] = [quiet._replace(push=np.zeros(1)) for _ in datas]
        self._buffers = [make_buffers(data) for data in datas]
        self._signals = [make_signals() for _ in datas]
        group = layout.muscle_group.shape[2]
        self._reflexes = [make_reflex(CONTROL_INTERVAL, False, layout.dimensions) for _ in datas]
        self._commands = [make_command(group) for _ in datas]
        for reflex, command in zip(self._reflexes, self._commands, strict=True):
            reflex.gains[:] = walk.gains
            command.share[:] = walk.share

    def start(self, i: int, frame: int) -> None:
        """Bring the controller of environment `i` to a start."""
        _unpack(self._reflexes[i], self._walk.reflexes[frame])

    def push(self, forces: np.ndarray) -> None:
        """Set the forward force on every pelvis in the steps that follow, N, shape (N,)."""
        for disturbance, force in zip(self._disturbances, forces, strict=True):
            disturbance.push[0] = force

    def step_range(
        self, model: int, task: Task, state: State, addresses: np.ndarray, actions: np.ndarray, first: int, last: int
    ) -> None:
        """Advance the environments first <= i < last; see `kernels.step.step_range`."""
        for i in range(first, last):
            ended = step_reflex(
                model,
                task,
                state,
                addresses[i],
                actions[i],
                i,
                self._buffers[i],
                self._walk.ids,
                self._walk.constants,
                self._signals[i],
                self._reflexes[i],
                self._commands[i],
                self._off,
                self._disturbances[i],
            )
            if ended != RUNNING:
                self.start(i, int(state.frame[i]))

    def get_state(self) -> np.ndarray:
        """Return the state of all controllers, shape (N, K)."""
        return np.array([_pack(reflex) for reflex in self._reflexes])

    def set_state(self, state: np.ndarray) -> None:
        """Continue where `get_state` was called."""
        for reflex, values in zip(self._reflexes, state, strict=True):
            _unpack(reflex, values)
