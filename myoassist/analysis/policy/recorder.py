"""Record states of a simulation as a walk log, and those at control steps with all outputs of the simulator."""

from typing import Any

import mujoco
import numpy as np

from myoassist.control.buffers import Constants, make_buffers
from myoassist.control.signals import UPRIGHT_ROLL
from myoassist.model.build import Walker
from myoassist.rollout.assemble import assemble_record
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from myoassist.rollout.muscle.tendon import choose_muscle_model
from myoassist.rollout.sense import make_ids, make_signals

Contact = dict[str, Any]
_KEPT = {
    "qpos": "qpos",
    "qvel": "qvel",
    "act": "act",
    "ctrl": "ctrl",
    "force": "actuator_force",
    "velocity": "actuator_velocity",
    "sensors": "sensordata",
}


class StateRecorder:
    """Writer of one walk log; bring `data` to a state, forward it, then record.

    Args:
        walker: Compiled walker.
        dt: Time from sample to sample, s.
        samples: Most samples.

    Attributes:
        data: Simulation data that is recorded.
    """

    def __init__(self, walker: Walker, dt: float, samples: int) -> None:
        self._walker, self._dt = walker, dt
        model, layout = walker.model, walker.layout
        self.data = mujoco.MjData(model)
        self._ids = make_ids(walker)
        f_max = model.actuator_gainprm[layout.all_muscles, 2].copy()
        self._muscles = choose_muscle_model(walker)
        channels = self._muscles.channels
        self._layout = LogLayout(layout.muscle_names, f_max, self._ids.optimal_length, muscles=channels)
        self._fibres = self._muscles.make(walker, self.data)
        self._buffers, self._signals = make_buffers(self.data), make_signals()
        slope = float(np.tan(np.deg2rad(walker.terrain.slope_deg)))
        self._constants = Constants(walker.body_weight, dt, slope, UPRIGHT_ROLL, 1, 0, 0, 0)
        # No controller of ours acts, so that there are no channels of controllers.
        self._finish_step = assemble_record()
        self._heel_contact, self._new_step = np.zeros(2), np.zeros(2)
        self._flat = np.zeros((samples, self._layout.size))
        self._poses = np.zeros((samples, model.nq))
        self._count = 0
        self._steps: dict[str, list[np.ndarray]] = {name: [] for name in _KEPT}
        self._contacts: list[list[Contact]] = []

    @property
    def poses(self) -> np.ndarray:
        """Joint positions of the samples, shape (T, nq)."""
        return self._poses[: self._count]

    def record(self, keep: bool = False) -> None:
        """Add the state of `data`, which has been forwarded, as the next sample; `keep` also as a control step."""
        k = self._count
        self._finish_step(
            self._flat[k],
            (k + 1) * self._dt,
            self._buffers,
            self._ids,
            self._constants,
            self._signals,
            0,
            0,
            0,
            self._heel_contact,
            self._new_step,
        )
        if self._walker.fibres is not None:
            self._muscles.log(self._fibres, self._flat[k], self._layout.muscle_column)
        self._poses[k] = self.data.qpos
        self._count += 1
        if keep:
            for name, field in _KEPT.items():
                self._steps[name].append(getattr(self.data, field).copy())
            self._contacts.append(read_contacts(self._walker.model, self.data))

    def steps(self) -> dict[str, Any]:
        """Return the outputs of all control steps, each of shape (S, size), and their contacts."""
        sizes = {name: len(getattr(self.data, field)) for name, field in _KEPT.items()}
        arrays = {name: np.array(rows).reshape(len(rows), sizes[name]) for name, rows in self._steps.items()}
        return arrays | {"contacts": self._contacts}

    def log(self, outcome: Outcome, reason: str, step_limit: int) -> WalkLog:
        """Return the samples so far as a walk log.

        Args:
            outcome: How the walk ended.
            reason: The same for people.
            step_limit: Samples of a walk that lasts.
        """
        return WalkLog(
            layout=self._layout,
            flat=self._flat[: self._count],
            dt=self._dt,
            step_limit=step_limit,
            outcome=outcome,
            reason=reason,
            **self._walker.log_facts(),
        )


def read_contacts(model: mujoco.MjModel, data: mujoco.MjData) -> list[Contact]:
    """Return position (m), force (N) and torque (N·m) of every contact; the latter two in the frame of the contact."""
    found = []
    wrench = np.zeros(6)
    for i, contact in enumerate(data.contact):
        mujoco.mj_contactForce(model, data, i, wrench)
        first, second = (model.geom(int(geom)).name for geom in contact.geom)
        found.append(
            {
                "pos": contact.pos.tolist(),
                "force": wrench[:3].tolist(),
                "torque": wrench[3:].tolist(),
                "geom1": first,
                "geom2": second,
            }
        )
    return found
