"""Say which value of a simulation is no number any more, or too large to be one."""

import mujoco
import numpy as np

_SHOWN = 3
# What MuJoCo looks at before and after a step, by the warning that it gives.
_CHECKED = {"badqpos": "qpos", "badqvel": "qvel", "badqacc": "qacc", "badctrl": "ctrl"}


def describe_instability(model: mujoco.MjModel, data: mujoco.MjData) -> str:
    """Return what made the physics fail, for one line without commas: warnings, else values that are no numbers.

    Args:
        model: Compiled model.
        data: State after the step that failed, not reset since.
    """
    parts = [f"the path of {name} has no length" for name in find_broken_paths(model, data)[:_SHOWN]]
    for warning, place in raised_warnings(model, data):
        index = int(data.warning.lastinfo[int(getattr(mujoco.mjtWarning, f"mjWARN_{warning.upper()}"))])
        name = _CHECKED.get(warning, "")
        parts.append(f"{warning}: {name} of {place} is {getattr(data, name)[index]:.4g}" if name else warning)
    return "; ".join(parts or find_broken(model, data, _SHOWN)).replace(", ", " and ")


def raised_warnings(model: mujoco.MjModel, data: mujoco.MjData) -> list[tuple[str, str]]:
    """Return the warnings that MuJoCo has raised, each with the joint or actuator that it is about, if any."""
    found = []
    for i in np.flatnonzero(data.warning.number):
        index = int(data.warning.lastinfo[i])
        name = mujoco.mjtWarning(int(i)).name.removeprefix("mjWARN_").lower()
        place = ""
        if name == "badctrl":
            place = model.actuator(index).name
        elif name in _CHECKED:
            place = joint_name(model, index, name == "badqpos")
        found.append((name, place))
    return found


def find_broken(model: mujoco.MjModel, data: mujoco.MjData, shown: int = 5) -> list[str]:
    """Name the coordinates and activations that are not numbers, at most `shown` of each kind."""
    lines = []
    for name in ("qpos", "qvel", "qacc"):
        values = getattr(data, name)
        bad = np.flatnonzero(~np.isfinite(values))
        names = [joint_name(model, int(i), name == "qpos") for i in bad[:shown]]
        if names:
            more = f" and {len(bad) - shown} more" if len(bad) > shown else ""
            lines.append(f"{name} of {', '.join(names)}{more} is not a number")
    bad = np.flatnonzero(~np.isfinite(data.act))
    return lines + ([f"{len(bad)} muscle activations are not numbers"] if len(bad) else [])


def find_broken_paths(model: mujoco.MjModel, data: mujoco.MjData) -> list[str]:
    """Return the tendons whose length alone is no number: their wrapping has failed, not the pose; none if all are."""
    if not np.isfinite(data.qpos).all():
        return []
    bad = np.flatnonzero(~np.isfinite(data.ten_length))
    return [model.tendon(int(i)).name for i in bad] if len(bad) < model.ntendon else []


def joint_name(model: mujoco.MjModel, index: int, position: bool = False) -> str:
    """Return the joint of an entry of qpos, or of qvel and qacc."""
    addresses = model.jnt_qposadr if position else model.jnt_dofadr
    joint = int(np.searchsorted(addresses, index, side="right")) - 1
    return model.joint(joint).name or f"joint {joint}"
