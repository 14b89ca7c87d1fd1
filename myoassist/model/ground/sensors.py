"""Sensors of the whole force between each foot and the ground, added to a model before it is compiled.

The touch sensors of the model see only what meets the ground within their boxes: a quarter to two fifths of the load is
missing. A contact sensor sums all contacts of a foot with what does not move.
"""

import mujoco

from myoassist.model.felt_load import CONTACT

SIDES = ("r", "l")
GROUND_SENSORS = tuple(f"ground_force_{side}" for side in SIDES)
TOE_SENSORS = tuple(f"ground_force_toes_{side}" for side in SIDES)
# Of one sensor: force (N), torque (N·m) about a point, the point (m), all in the world frame.
FORCE, TORQUE, POINT = 0, 3, 6
_FIELDS = mujoco.mjtConDataField
_FORCE_ONLY = 1 << int(_FIELDS.mjCONDATA_FORCE)
_WRENCH = _FORCE_ONLY | 1 << int(_FIELDS.mjCONDATA_TORQUE) | 1 << int(_FIELDS.mjCONDATA_POS)
_NET_FORCE = 3  # all contacts as one wrench


def add_ground_sensors(spec: mujoco.MjSpec, sensing: str, unfused: mujoco.MjModel | None = None) -> None:
    """Let sensors measure what the ground does to each foot, and with sensing=contact to its toes.

    They come behind all others and change no motion. A foot is the talus with all that hangs on it; where the spec has
    no talus, nothing is added, and the layout says what is missing.

    Args:
        spec: Spec that is compiled next.
        sensing: `touch` or `contact`.
        unfused: Model of the same walker whose static bodies are not fused; None if the spec has them all.
    """
    feet = [_carrier(spec, f"talus_{side}", unfused) for side in SIDES]
    toes = [_carrier(spec, f"toes_{side}", unfused) for side in SIDES]
    for names, bodies, data in ((GROUND_SENSORS, feet, _WRENCH), (TOE_SENSORS, toes, _FORCE_ONLY)):
        if names is TOE_SENSORS and sensing != CONTACT:
            continue
        for name, body in zip(names, bodies, strict=True):
            if body is not None:
                sensor = spec.add_sensor(name=name, type=mujoco.mjtSensor.mjSENS_CONTACT)
                # The second of a pair is what the force acts on.
                sensor.objtype, sensor.objname = mujoco.mjtObj.mjOBJ_BODY, "world"
                sensor.reftype, sensor.refname = mujoco.mjtObj.mjOBJ_XBODY, body
                sensor.intprm[:3] = (data, _NET_FORCE, 1)


def _carrier(spec: mujoco.MjSpec, name: str, unfused: mujoco.MjModel | None) -> str | None:
    """Return the body of the spec that a named body is part of."""
    while spec.body(name) is None:
        if unfused is None or mujoco.mj_name2id(unfused, mujoco.mjtObj.mjOBJ_BODY, name) <= 0:
            return None
        name = unfused.body(int(unfused.body(name).parentid[0])).name
    return None if name == "world" else name
