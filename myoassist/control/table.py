"""The search vector of a walk: human controller | pose | activation | shares of muscles | device."""

from collections.abc import Sequence

from myoassist.config.schema.run import ExoConfig, RunConfig
from myoassist.control.entries import device_entries, human_entries
from myoassist.control.human.reflex.parameters import reflex_entries
from myoassist.control.walk_start import absent_names, start_rows
from myoassist.files.errors import ConfigError
from myoassist.model.devices.device import Device
from myoassist.model.plant.muscle_groups import GROUPS
from myoassist.space.parameter import Entries, Parameter
from myoassist.space.table import ParameterTable

# Largest factor of one actuator on the command of its group; the product is held at full activation.
MAX_SHARE = 3.0
# Groups of the search vector that hold a human controller; a vector has one of them.
HUMAN_GROUPS = ("reflex", "control")


def join_table(
    human: Entries,
    device: Entries,
    muscles: Sequence[Parameter] = (),
    *,
    dimensions: int,
    init_pose: str,
    worn: Device | None = None,
    reflex_mode: str = "uni",
) -> ParameterTable:
    """Put the parameters of the parts of a walk together.

    Args:
        human: Of the human controller.
        device: Of the device controller.
        muscles: Entries of the muscle model.
        dimensions: 2 (planar) or 3.
        init_pose: walk_left or walk_right; sets the offsets of the pose entries.
        worn: Worn device. What an amputation takes away has no entries; gains stay, because the other leg has them.
        reflex_mode: ind adds a factor for every actuator that shares its group's command, the same in both legs.
    """
    rows = [*human.rows, *start_rows(dimensions, init_pose, worn)]
    layout = f"{dimensions}d" + (f".{worn.short}" if worn is not None and absent_names(worn) else "") + human.layout
    if reflex_mode == "ind":
        rows += [Parameter(name, "", 1.0, 0.0, 0.0, MAX_SHARE, 1.0, "share") for name in share_names().values()]
        layout += ".ind"
    rows += muscles
    rows += device.rows
    names = [row.name for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(
            f"the search vector has {', '.join(twice)} twice",
            "names that no other part of the walk has; `myoassist list params` shows these",
            "rename the parameter in the file of your controller",
        )
    return ParameterTable(rows, f"{layout}-{device.layout}" if device.layout else layout)


def table_of(config: RunConfig, dimensions: int, worn: Device | None) -> ParameterTable:
    """Return the search vector of a walk of a configuration.

    Args:
        config: Its configuration; code of the user has to be imported before.
        dimensions: 2 (planar) or 3.
        worn: Worn device.
    """
    return join_table(
        human_entries(config.control, dimensions),
        device_entries(config.exo, worn),
        dimensions=dimensions,
        init_pose=config.env.init_pose,
        worn=worn,
        reflex_mode=config.control.reflex_mode,
    )


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
    """Build the parameter table of a reflex walk.

    Args:
        dimensions: 2 (planar) or 3.
        init_pose: walk_left or walk_right; sets the offsets of the pose entries.
        controller: none, four_param, npoint or impedance.
        n_points: Number of points of the n-point controller.
        fixed_exo: Hold the exo entries at their defaults.
        device: Worn device.
        stride: The torque curve is timed by the stride.
        reflex_mode: As in `join_table`.
    """
    exo = ExoConfig(controller=controller, n_points=n_points, fixed=fixed_exo, timing="stride" if stride else "stance")
    return join_table(
        reflex_entries(dimensions),
        device_entries(exo, device),
        dimensions=dimensions,
        init_pose=init_pose,
        worn=device,
        reflex_mode=reflex_mode,
    )


def human_slice(table: ParameterTable) -> slice:
    """Return the entries of the human controller of a search vector."""
    return table.group_slice("reflex" if "reflex" in table.groups else "control")


def share_names() -> dict[str, str]:
    """Return the parameter of each actuator (without side) of the 80-muscle legs that shares a command."""
    return {actuator: f"share_{actuator}" for group in GROUPS.values() if len(group) > 1 for actuator in group}
