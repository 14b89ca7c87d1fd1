"""The search vector of a walk: human controller | pose | activation | shares of muscles | device."""

from myoassist.control.device.parameters import impedance_rows, torque_rows
from myoassist.control.human.reflex.parameters import reflex_rows
from myoassist.control.start_parameters import absent_names, start_rows
from myoassist.model.devices import TORQUE_CONTROLLERS, Device
from myoassist.model.muscle_groups import GROUPS
from myoassist.space.parameter import Parameter
from myoassist.space.table import ParameterTable

# Largest factor of one actuator on the command of its group; the product is held at full activation.
MAX_SHARE = 3.0


def build_table(
    dimensions: int = 2,
    init_pose: str = "walk_left",
    controller: str = "none",
    n_points: int = 4,
    fixed_exo: bool = False,
    device: Device | None = None,
    stride: bool = False,
    reflex_mode: str = "uni",
) -> ParameterTable:
    """Build the parameter table of a run.

    Args:
        dimensions: 2 (planar) or 3.
        init_pose: walk_left or walk_right; sets the offsets of the pose entries.
        controller: none, four_param, npoint or impedance.
        n_points: Number of points of the n-point controller.
        fixed_exo: Hold the exo entries at their defaults.
        device: Worn device. What an amputation takes away has no entries; gains stay, because the other leg has them.
        stride: The torque curve is timed by the stride.
        reflex_mode: ind adds a factor for every actuator that shares its group's command, the same in both legs.

    Source: Song & Geyer 2015 for the reflexes; Poggensee & Collins 2021 for the default exo profile.
    """
    rows = reflex_rows(dimensions) + start_rows(dimensions, init_pose, device)
    layout = f"{dimensions}d" + (f".{device.short}" if device is not None and absent_names(device) else "")
    if reflex_mode == "ind":
        rows += [Parameter(name, "", 1.0, 0.0, 0.0, MAX_SHARE, 1.0, "share") for name in share_names().values()]
        layout += ".ind"
    if controller in TORQUE_CONTROLLERS:
        rows += torque_rows(controller, n_points, fixed_exo, stride)
        points = str(n_points) if controller == "npoint" else ""
        layout += f"-{'stride_' if stride else ''}{controller}{points}"
    elif controller == "impedance" and device is not None and device.prosthesis is not None:
        rows += impedance_rows(device.prosthesis.motor_joints)
        layout += "-impedance"
    return ParameterTable(rows, layout)


def share_names() -> dict[str, str]:
    """Return the parameter of each actuator (without side) of the 80-muscle legs that shares a command."""
    return {actuator: f"share_{actuator}" for group in GROUPS.values() if len(group) > 1 for actuator in group}
