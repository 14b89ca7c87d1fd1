"""Look names up in a compiled model and say which model misses what."""

import mujoco

from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ModelError

_COUNTS = {
    mujoco.mjtObj.mjOBJ_ACTUATOR: "nu",
    mujoco.mjtObj.mjOBJ_BODY: "nbody",
    mujoco.mjtObj.mjOBJ_JOINT: "njnt",
    mujoco.mjtObj.mjOBJ_KEY: "nkey",
    mujoco.mjtObj.mjOBJ_SENSOR: "nsensor",
}


class Finder:
    """Look names up and say which model misses what."""

    def __init__(self, model: mujoco.MjModel, name: str, absent: frozenset[str] = frozenset()) -> None:
        self.model = model
        self.name = name
        self.absent = absent

    def id(self, kind: mujoco.mjtObj, name: str, needed: bool = True) -> int:
        """Return the id of a name, or -1 if it may be missing."""
        found = mujoco.mj_name2id(self.model, kind, name)
        if found < 0 and needed and name not in self.absent:
            label = kind.name.removeprefix("mjOBJ_").lower()
            near = nearest_name(name, self._names(kind))
            raise ModelError(
                f"the model ({self.name}) has no {label} named {name}",
                f"a {label} {name}, as in the 22- and 26-muscle leg models",
                (f"rename {near} to {name}" if near else "name it so")
                + " in the MJCF file, or use model.musculature and model.device",
            )
        return found

    def _names(self, kind: mujoco.mjtObj) -> list[str]:
        """Return the names of one kind."""
        names = [mujoco.mj_id2name(self.model, kind, i) for i in range(getattr(self.model, _COUNTS[kind]))]
        return [name for name in names if name]

    def joint(self, name: str, needed: bool = True) -> int:
        """Return a joint id."""
        return self.id(mujoco.mjtObj.mjOBJ_JOINT, name, needed)

    def qpos(self, name: str, needed: bool = True) -> int:
        """Return the position address of a joint, or -1."""
        joint = self.joint(name, needed)
        return int(self.model.jnt_qposadr[joint]) if joint >= 0 else -1

    def qvel(self, name: str, needed: bool = True) -> int:
        """Return the velocity address of a joint, or -1."""
        joint = self.joint(name, needed)
        return int(self.model.jnt_dofadr[joint]) if joint >= 0 else -1

    def sensor(self, name: str, needed: bool = True) -> int:
        """Return the data address of a sensor, or -1."""
        sensor = self.id(mujoco.mjtObj.mjOBJ_SENSOR, name, needed)
        return int(self.model.sensor_adr[sensor]) if sensor >= 0 else -1
