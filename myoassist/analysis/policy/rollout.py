"""Let a policy walk once and keep all that reports need: a walk log as of reflex runs, and every control step."""

from dataclasses import dataclass
from typing import Protocol

import mujoco
import numpy as np

from myoassist.analysis.policy.recorder import Contact, StateRecorder
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.kernels.layout import FELL, RUNNING, UNSTABLE
from myoassist.rollout.log import Outcome, WalkLog
from myoassist.rollout.muscle.tendon import forward_physics, share_fibres, step_physics

_STATE = mujoco.mjtState.mjSTATE_INTEGRATION
# Longest time between two samples of the log, s: that of the reflex controller.
SAMPLE_INTERVAL = 0.01


class Policy(Protocol):
    """What drives the actuators."""

    def act(self, observations: np.ndarray) -> np.ndarray:
        """Return actions, shape (n, actuators), of observations, shape (n, channels)."""
        ...


class RandomPolicy:
    """Actions drawn evenly from the whole action space.

    Args:
        n_actions: Number of actuators.
        seed: Seed of the draws.
    """

    def __init__(self, n_actions: int, seed: int) -> None:
        self._size = n_actions
        self._generator = np.random.default_rng(seed)

    def act(self, observations: np.ndarray) -> np.ndarray:
        """Return random actions, shape (n, actuators)."""
        return self._generator.uniform(-1.0, 1.0, (len(observations), self._size)).astype(np.float32)


@dataclass(frozen=True)
class ControlSteps:
    """What a walk was at its S control steps, after the physics of each.

    Attributes:
        interval: Time from step to step, s.
        action: Actions, shape (S, actuators).
        target: Target speed, m/s, shape (S,).
        terms: Weighted parts of the reward, shape (S, terms).
        qpos, qvel, act, ctrl, force, velocity, sensors: State and outputs of the simulator, each of shape (S, size).
        contacts: Contacts of each step.
    """

    interval: float
    action: np.ndarray
    target: np.ndarray
    terms: np.ndarray
    qpos: np.ndarray
    qvel: np.ndarray
    act: np.ndarray
    ctrl: np.ndarray
    force: np.ndarray
    velocity: np.ndarray
    sensors: np.ndarray
    contacts: list[list[Contact]]

    def __len__(self) -> int:
        return len(self.target)


@dataclass(frozen=True)
class PolicyWalk:
    """One walk of a policy.

    Attributes:
        log: The walk, sampled more finely than the policy acts.
        poses: Joint positions of these samples, shape (T, nq).
        steps: Its control steps.
    """

    log: WalkLog
    poses: np.ndarray
    steps: ControlSteps


def roll_out(batch: WalkBatch, policy: Policy, entry: EvaluationEntry, start: int = 0) -> PolicyWalk:
    """Let a policy walk from a frame of the reference until it falls or the scenario is over.

    The trajectory is that of the environment. Between two control steps it is simulated once more for samples that are
    at most 0.01 s apart, which the detection of heel strikes needs; these have no influence on it.

    Args:
        batch: One environment, made for evaluation.
        policy: Policy for its channels.
        entry: Length and target speeds of the walk.
        start: Frame of the reference to start from.
    """
    set_schedule(batch, entry)
    observations = batch.reset(np.array([start]))
    before, actions, targets, terms = [read_state(batch)], [], [], []
    outcome, failure = Outcome.SURVIVED, ""
    batch.take_faults()
    for _ in range(entry.num_timesteps):
        action = np.array(policy.act(observations)[0], dtype=np.float64)
        batch.step(action[None])
        ended = int(batch.ended[0])
        if ended == UNSTABLE:
            outcome = Outcome.UNSTABLE
            failure = batch.take_faults()[0].reason
            break
        actions.append(action)
        terms.append(batch.reward_terms[0].copy())
        # An ended environment stands at its next start already.
        targets.append(float((batch.obs if ended == RUNNING else batch.terminal_obs)[0, -1]))
        if ended != RUNNING:
            outcome = Outcome.FELL if ended == FELL else Outcome.ERROR
            break
        before.append(read_state(batch))
    return _replay(batch, before, np.array(actions), np.array(targets), np.array(terms), outcome, failure, entry)


def set_schedule(batch: WalkBatch, entry: EvaluationEntry) -> None:
    """Give all environments the target speeds of a scenario, from the middle of its range."""
    low, high = entry.min_target_velocity, entry.max_target_velocity
    batch.set_target(entry.velocity_mode, 0.0, 0.5 * (low + high), low, high, entry.target_velocity_period)


def read_state(batch: WalkBatch, index: int = 0) -> np.ndarray:
    """Return the complete physical state of an environment, as MuJoCo lays it out."""
    model = batch.walker.model
    state = np.zeros(mujoco.mj_stateSize(model, _STATE))
    mujoco.mj_getState(model, batch.datas[index], state, _STATE)
    return state


def sample_substeps(batch: WalkBatch) -> int:
    """Return the physics steps from sample to sample: as many as divide a control step and stay within 0.01 s."""
    whole, timestep = batch.task.substeps, batch.walker.model.opt.timestep
    fitting = [n for n in range(1, whole + 1) if whole % n == 0 and n * timestep <= SAMPLE_INTERVAL * (1.0 + 1e-9)]
    # The reflexes act within a control step, at states that are not known here.
    return whole if batch.config.rl.human == "reflex" else max(fitting, default=1)


def _replay(
    batch: WalkBatch,
    before: list[np.ndarray],
    actions: np.ndarray,
    targets: np.ndarray,
    terms: np.ndarray,
    outcome: Outcome,
    failure: str,
    entry: EvaluationEntry,
) -> PolicyWalk:
    model, task = batch.walker.model, batch.task
    substeps = sample_substeps(batch)
    reflex = batch.config.rl.human == "reflex"
    # Of a step that ended the episode the state is known only where it can be simulated again.
    n_steps = min(len(actions), len(before) - 1) if reflex else len(actions)
    recorder = StateRecorder(batch.walker, substeps * model.opt.timestep, n_steps * (task.substeps // substeps))
    data = recorder.data
    fibres = share_fibres(task.fibres, data)
    kept = np.zeros_like(before[0])
    for k in range(n_steps):
        if reflex:
            mujoco.mj_setState(model, data, before[k + 1], _STATE)
            forward_physics(model, data, fibres, reached=True)
            recorder.record(keep=True)
        else:
            mujoco.mj_setState(model, data, before[k], _STATE)
            data.ctrl[:] = task.control_mid + np.clip(actions[k], -1.0, 1.0) * task.control_half
            samples = task.substeps // substeps
            for i in range(samples):
                for n in range(substeps):
                    step_physics(model, data, fibres, i == 0 and n == 0)
                mujoco.mj_getState(model, data, kept, _STATE)
                forward_physics(model, data, fibres)
                recorder.record(keep=i == samples - 1)
                # The pass above has replaced the solver's warm start.
                mujoco.mj_setState(model, data, kept, _STATE)
    interval = task.substeps * model.opt.timestep
    steps = ControlSteps(
        interval,
        actions[:n_steps].reshape(n_steps, len(batch.action_names)),
        targets[:n_steps],
        terms[:n_steps].reshape(n_steps, len(batch.reward_names)),
        **recorder.steps(),
    )
    reason = {
        Outcome.FELL: f"fell after {len(actions) * interval:.2f} s",
        Outcome.UNSTABLE: failure,
        Outcome.ERROR: f"the environment ended the walk after {len(actions) * interval:.2f} s",
    }.get(outcome, "")
    limit = entry.num_timesteps * (task.substeps // substeps)
    return PolicyWalk(recorder.log(outcome, reason, limit), recorder.poses, steps)
