"""Simulate parameter vectors: one compiled model for all, one set of buffers per worker."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import mujoco
import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.resolved import control_of
from myoassist.config.schema.run import EnvConfig, ExoConfig, RunConfig
from myoassist.control.buffers import Constants, make_buffers, make_command
from myoassist.control.choose import choose_device, choose_human
from myoassist.control.legs import leg_places, spread
from myoassist.control.part import Start
from myoassist.control.signals import UPRIGHT_ROLL
from myoassist.control.table import join_table
from myoassist.model.build import Walker
from myoassist.model.support import pull_forward
from myoassist.rollout.assemble import assemble
from myoassist.rollout.broken_state import describe_instability
from myoassist.rollout.disturbance import Disturbance, draw_disturbance
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from myoassist.rollout.loop import prepare_controls
from myoassist.rollout.muscle.shares import find_shares
from myoassist.rollout.muscle.tendon import choose_muscle_model
from myoassist.rollout.run_loop import Doubt, run_in_parts, walk_compiled, walk_in_python
from myoassist.rollout.sense import make_ids, make_signals, sense
from myoassist.rollout.start_pose import StartPose, swing_leg
from myoassist.space.table import ParameterTable

CONTROL_INTERVAL = 0.01  # s, without delays
DELAYED_INTERVAL = 0.001  # s, with delays
_CANCELLED = int(mujoco.mjtWarning.mjWARN_CNSTRFULL)
_REASONS = {
    Outcome.UNSTABLE: "the physics became unstable",
    Outcome.NAN_CONTROL: "the controller produced NaN",
}


class Worker:
    """Data and controller state of one thread."""

    def __init__(self, simulator: "Simulator") -> None:
        layout = simulator.walker.layout
        self.data = mujoco.MjData(simulator.walker.model)
        self.buffers = make_buffers(self.data)
        self.signals = make_signals()
        self.human = simulator.human.make(simulator.dt)
        self.command = make_command(layout.muscle_group.shape[2])
        self.device = simulator.device.make()
        self.muscles = simulator.muscles.make(simulator.walker, self.data)
        self.heel_contact = np.zeros(2)
        self.new_step = np.zeros(2)
        self.log = np.zeros((simulator.step_limit, simulator.log_layout.size))
        self.disturbance = draw_disturbance(simulator.env.perturbation, simulator.step_limit, simulator.dt, 0)
        self.undisturbed = self.disturbance
        # Number of steps that the loop finds done.
        self.begin = 0
        # Why this walk was given up at `Simulator.doubt`.
        self.given_up = ""
        # Why this walk is to end, written by another thread.
        self.cancelled = ""


class Simulator:
    """Closed-loop simulation of one walker with one exo controller.

    Args:
        walker: Compiled walker.
        env: Duration and start pose.
        exo: Exo controller.
        workers: Number of walks that may be simulated at the same time, each by its own worker number.
        control: Human controller; None is the reflexes without delays.
        inner: Log what the excitation is made of, where the controller can.
    """

    def __init__(
        self,
        walker: Walker,
        env: EnvConfig,
        exo: ExoConfig,
        workers: int = 1,
        control: ControlConfig | None = None,
        inner: bool = False,
    ) -> None:
        control = control or ControlConfig()
        self.walker = walker
        self.env = env
        self.exo_config = exo
        self.delayed = control.delayed
        self.dt = DELAYED_INTERVAL if control.delayed else CONTROL_INTERVAL
        self.step_limit = int(round(env.sim_time / self.dt, 9))
        dimensions = walker.layout.dimensions
        self.human = choose_human(control, dimensions, inner)
        self.device = choose_device(exo, walker.device)
        self.muscles = choose_muscle_model(walker)
        self.loop = assemble(self.human, self.device, self.muscles)
        self.table: ParameterTable = join_table(
            self.human.entries,
            self.device.entries,
            self.muscles.rows(),
            dimensions=dimensions,
            init_pose=env.init_pose,
            worn=walker.device,
            reflex_mode=control.reflex_mode,
            legs=control.legs,
        )
        self._places = leg_places(self.human.entries, control.legs, walker.device)
        self._ids = make_ids(walker)
        f_max = walker.model.actuator_gainprm[walker.layout.all_muscles, 2].copy()
        self.log_layout = LogLayout(
            walker.layout.muscle_names,
            f_max,
            self._ids.optimal_length,
            self.human.channels,
            self.device.channels,
            self.muscles.channels,
        )
        self._constants = Constants(
            walker.body_weight,
            self.dt,
            float(np.tan(np.deg2rad(walker.terrain.slope_deg))),
            UPRIGHT_ROLL,
            round(self.dt / walker.model.opt.timestep),
            self.log_layout.human_column,
            self.log_layout.device_column,
            self.log_layout.muscle_column,
        )
        self._start = StartPose(walker, self.table)
        self._human = self.table.group_slice(self.human.group)
        self._exo = self.table.group_slice("exo")
        self._muscle = self.table.group_slice("muscle")
        self._shares = find_shares(walker, self.table)
        self._noisy = env.perturbation.sensor_noise > 0.0
        # Set once, before the first walk.
        self.doubt: Doubt | None = None
        self._no_poses = np.zeros((0, walker.model.nq))
        self._workers = [Worker(self) for _ in range(workers)]

    @property
    def workers(self) -> int:
        """Number of workers."""
        return len(self._workers)

    def simulate(
        self,
        vector: np.ndarray,
        worker: int = 0,
        poses: np.ndarray | None = None,
        seed: int = 0,
        disturbance: Disturbance | None = None,
    ) -> WalkLog:
        """Simulate one parameter vector until it falls or the time is over.

        Args:
            vector: Raw parameters, shape (len(table),).
            worker: Worker number; concurrent calls need different ones.
            poses: If given, shape (step_limit, nq): receives the joint positions after every control step.
            seed: Seed of sensor noise; without any, walks do not depend on it.
            disturbance: Pushes and noise of this walk; None draws those of the configuration.

        Returns:
            The log. Its samples are a view of the worker's buffer: read them before this worker simulates again.

        Raises:
            LayoutError: if the vector is of another layout.
        """
        return self.run_with(vector, worker, poses, seed, walk_compiled, disturbance)

    def simulate_slowly(
        self,
        vector: np.ndarray,
        worker: int = 0,
        poses: np.ndarray | None = None,
        seed: int = 0,
        push: np.ndarray | None = None,
        observe: Callable[[mujoco.MjData], None] | None = None,
        disturbance: Disturbance | None = None,
    ) -> WalkLog:
        """Do the same with a Python loop around `mujoco.mj_step`: what the compiled loop is tested against.

        `observe`, if given, is called with the state after every control step; it must not change it.
        """
        return self.run_with(vector, worker, poses, seed, partial(walk_in_python, observe=observe), disturbance)

    def cancel(self, worker: int, reason: str) -> None:
        """Make a running walk end with its next control step, from another thread; it then fails with `reason`.

        A walk that begins at this very moment may not notice: call it again until the walk has ended.
        """
        w = self._workers[worker]
        w.cancelled = reason
        # The compiled loop looks at the warnings after every step, so a raised one ends it without another flag.
        w.data.warning.number[_CANCELLED] += 1

    @property
    def first_worker(self) -> Worker:
        """Data and controller state of worker 0, as its last walk has left them."""
        return self._workers[0]

    def run_with(
        self,
        vector: np.ndarray,
        worker: int,
        poses: np.ndarray | None,
        seed: int,
        run: Callable,
        disturbance: Disturbance | None = None,
    ) -> WalkLog:
        """Simulate as `simulate` does, with the loop `run(simulator, worker state, poses)`; see `walk_in_python`."""
        w = self._workers[worker]
        w.cancelled, w.given_up, w.begin = "", "", 0
        w.disturbance = disturbance or w.undisturbed
        if self._noisy and disturbance is None:
            w.disturbance = draw_disturbance(self.env.perturbation, self.step_limit, self.dt, seed)
        values = self.table.decode(vector)
        reason = self._reset(w, values, np.asarray(vector, dtype=float))
        if reason:
            return self._log(w, 0, Outcome.INVALID_START, reason, values)
        steps, outcome = run_in_parts(self, w, self._no_poses if poses is None else poses, run)
        outcome = Outcome(outcome)
        if w.cancelled and outcome is Outcome.UNSTABLE:
            return self._log(w, steps, Outcome.ERROR, f"{w.cancelled}, at {steps * self.dt:.2f} s of the walk", values)
        reason = _REASONS.get(outcome, "")
        if outcome is Outcome.UNSTABLE:
            reason += f" ({describe_instability(self.walker.model, w.data)})"
        if outcome is Outcome.FELL:
            reason = w.given_up or f"fell after {steps * self.dt:.2f} s"
        elif reason:
            reason += f" after {steps * self.dt:.3f} s"
        return self._log(w, steps, outcome, reason, values)

    def _reset(self, w: Worker, values: np.ndarray, vector: np.ndarray) -> str:
        """Bring a worker to the start of a walk; return why the start is invalid, or an empty text."""
        raw = vector[self._exo]
        reason = self.device.explain_invalid(raw)
        if reason:
            return reason
        model, data = self.walker.model, w.data
        swing = swing_leg(self.env.init_pose)
        activation = self._start.apply(data, values, self.human.start_rates(swing))
        self.muscles.settle(model, data, w.muscles)
        if self.delayed:
            data.ctrl[:] = 0.0
            self.muscles.step_slowly(model, data, w.muscles, True)
            self.muscles.forward_slowly(model, data, w.muscles)
        reason = self._start.explain_invalid(data)
        if reason:
            return reason
        data.warning.number[:] = 0
        prepare_controls(w.buffers, self._ids)
        w.heel_contact[:] = 0.0
        sense(w.buffers, self._ids, self._constants, w.signals)
        start = Start(w.signals, w.buffers, self._ids, swing, activation)
        self.device.reset(w.device, raw, values[self._exo], start)
        self.muscles.reset(w.muscles, values[self._muscle], start)
        for index, place in self._shares:
            w.command.share[place] = values[index]
        self.human.reset(w.human, spread(values[self._human], self._places), start)
        return ""

    def _log(self, w: Worker, steps: int, outcome: Outcome, reason: str, values: np.ndarray) -> WalkLog:
        infinite = self.table.infinite_names(values)
        if reason and infinite:
            reason += f"; beyond what a number can hold: {', '.join(infinite)}"
        target = self.human.trunk_target(spread(values[self._human], self._places))
        return replace(self.log_so_far(w, steps, outcome), reason=reason, trunk_target=target)

    def log_so_far(self, w: Worker, steps: int, outcome: Outcome) -> WalkLog:
        """Return the log of what a worker has walked."""
        return WalkLog(
            layout=self.log_layout,
            flat=w.log[:steps],
            dt=self.dt,
            step_limit=self.step_limit,
            outcome=outcome,
            **self.walker.log_facts(),
        )


def make_simulator(config: RunConfig, walker: Walker, workers: int = 1, inner: bool = False) -> Simulator:
    """Return what simulates the walks of a configuration, whose controller follows the target speed where it has none.

    Args:
        config: Run configuration.
        walker: Its model, or that of another ground.
        workers: Number of walks simulated at once.
        inner: Log what the excitation is made of, where the controller can.
    """
    if config.env.support > 0.0:
        pull_forward(walker.model, walker.layout, config.env.support, config.cost.tgt_vel)
    return Simulator(walker, config.env, config.exo, workers, control_of(config), inner)


def choose_loop(simulator: Simulator, steps: int = 20) -> bool:
    """Compare the compiled loop with the Python loop over a few steps of the default vector.

    Returns:
        True if they agree bit for bit; else a warning is given and the simulator falls back to the Python loop.
    """
    vector = simulator.table.initial
    logs = []
    for run in (walk_compiled, walk_in_python):
        worker = simulator._workers[0]
        full = worker.log
        worker.log = full[: min(steps, len(full))]
        try:
            logs.append(simulator.run_with(vector, 0, None, 0, run).flat.copy())
        finally:
            worker.log = full
    if logs[0].shape == logs[1].shape and np.array_equal(logs[0], logs[1]):
        return True
    warnings.warn("the compiled loop disagrees with mujoco.mj_step here; using the slow Python loop", stacklevel=2)
    simulator.simulate = simulator.simulate_slowly
    return False
