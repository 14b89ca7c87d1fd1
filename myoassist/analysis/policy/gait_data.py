"""The walk of a policy as JSON in the published form of `gait_evaluated_data.json`, with activations."""

import json
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from myoassist.analysis.policy.evaluation import PolicyEvaluation
from myoassist.files.atomic import write_text_atomic

GAIT_DATA_NAME = "gait_evaluated_data.json"


def collect_gait_data(evaluation: PolicyEvaluation) -> dict[str, Any]:
    """Return joints, actuators, sensors, contacts and target speed at every control step.

    Scalars are lists of one number. Forces of muscles are negative in tension, as the simulator has them; those of
    contacts (N, and torques in N·m) are in the frame of the contact, normal first. Actuators with an activation have a
    key `activation`, which published files lack.
    """
    model, steps = evaluation.walker.model, evaluation.steps
    joints, actuators, sensors = {}, {}, {}
    q_size = {mujoco.mjtJoint.mjJNT_FREE: (7, 6), mujoco.mjtJoint.mjJNT_BALL: (4, 3)}
    for i in range(model.njnt):
        n_q, n_v = q_size.get(mujoco.mjtJoint(int(model.jnt_type[i])), (1, 1))
        q, v = model.jnt_qposadr[i], model.jnt_dofadr[i]
        joints[model.joint(i).name] = {
            "qpos": _rows(steps.qpos[:, q : q + n_q]),
            "qvel": _rows(steps.qvel[:, v : v + n_v]),
        }
    for i in range(model.nu):
        values = {"force": steps.force, "velocity": steps.velocity, "ctrl": steps.ctrl}
        actuators[model.actuator(i).name] = {name: _rows(array[:, i : i + 1]) for name, array in values.items()}
        if model.actuator_actadr[i] >= 0:
            act = model.actuator_actadr[i]
            actuators[model.actuator(i).name]["activation"] = _rows(steps.act[:, act : act + 1])
    for i in range(model.nsensor):
        first, size = model.sensor_adr[i], model.sensor_dim[i]
        sensors[model.sensor(i).name] = {"data": _rows(steps.sensors[:, first : first + size])}
    return {
        "series_data": {
            "joint_data": joints,
            "actuator_data": actuators,
            "sensor_data": sensors,
            "physics_data": {"contacts": {"data": steps.contacts}},
            "target_data": {"target_velocity": _rows(steps.target[:, None])},
        },
        "metadata": {"data_length": len(steps), "sample_rate": 1.0 / steps.interval},
    }


def write_gait_data(path: Path, evaluation: PolicyEvaluation) -> None:
    """Write the walk as JSON, replacing the file."""
    write_text_atomic(path, json.dumps(collect_gait_data(evaluation), separators=(",", ":")) + "\n")


def _rows(values: np.ndarray) -> list[list[float]]:
    # Nine digits are finer than any figure needs and a third of the file shorter.
    return [[float(f"{value:.9g}") for value in row] for row in values]
