"""The search vector of a walk: human controller | pose | activation | shares of muscles | device."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import replace

from myoassist.config.schema.control import HUMAN_CONTROLLERS, ControlConfig
from myoassist.config.schema.resolved import control_of
from myoassist.config.schema.run import ExoConfig, RunConfig
from myoassist.control.entries import device_entries, human_entries
from myoassist.control.human.reflex.parameters import reflex_entries
from myoassist.control.legs import SHARED, leg_rows, legs_mark
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
    legs: str = SHARED,
) -> ParameterTable:
    """Put the parameters of the parts of a walk together.

    Args:
        human: Of the human controller.
        device: Of the device controller.
        muscles: Entries of the muscle model.
        dimensions: 2 (planar) or 3.
        init_pose: walk_left or walk_right; sets the offsets of the pose entries.
        worn: Worn device. What an amputation takes away has no entries; gains that the legs share stay, because the
            other leg has them.
        reflex_mode: ind adds a factor for every actuator that shares its group's command.
        legs: shared, or bilateral and amp, which give each leg its own gains and factors, see `control.legs`.
    """
    rows = [*leg_rows(human, legs, worn), *_begin(start_rows(dimensions, init_pose, worn), human.start, init_pose)]
    layout = f"{dimensions}d" + (f".{worn.short}" if worn is not None and absent_names(worn) else "") + human.layout
    if reflex_mode == "ind":
        rows += leg_rows(_share_entries(), legs, worn)
        layout += ".ind"
    layout += legs_mark(legs)
    rows += muscles
    rows += device.rows
    names = [row.name for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(
            f"the search vector has {', '.join(twice)} twice",
            "names that no other part of the walk has; `myoassist list params` shows these",
            "rename the parameter in the file of your controller",
        )
    return ParameterTable(rows, f"{layout}-{device.layout}" if device.layout else layout, human.factors)


def table_of(config: RunConfig, dimensions: int, worn: Device | None) -> ParameterTable:
    """Return the search vector of a walk of a configuration.

    Args:
        config: Its configuration; code of the user has to be imported before.
        dimensions: 2 (planar) or 3.
        worn: Worn device.
    """
    return join_table(
        human_entries(control_of(config), dimensions),
        device_entries(config.exo, worn),
        dimensions=dimensions,
        init_pose=config.env.init_pose,
        worn=worn,
        reflex_mode=config.control.reflex_mode,
        legs=config.control.legs,
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
    legs: str = SHARED,
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
        legs: As in `join_table`.
    """
    exo = ExoConfig(controller=controller, n_points=n_points, fixed=fixed_exo, timing="stride" if stride else "stance")
    return join_table(
        reflex_entries(dimensions),
        device_entries(exo, device),
        dimensions=dimensions,
        init_pose=init_pose,
        worn=device,
        reflex_mode=reflex_mode,
        legs=legs,
    )


def _begin(rows: list[Parameter], start: Sequence[tuple[str, float]], init_pose: str) -> list[Parameter]:
    """Return entries of the start whose initial values are those that a controller begins with, where it says so."""
    stance, swing = ("r", "l") if init_pose == "walk_right" else ("l", "r")
    values = {name.replace("_stance", f"_{stance}").replace("_swing", f"_{swing}"): value for name, value in start}
    return [
        replace(row, initial=(values[row.name] - row.offset) / row.scale) if row.name in values else row for row in rows
    ]


def human_slice(table: ParameterTable) -> slice:
    """Return the entries of the human controller of a search vector."""
    return table.group_slice("reflex" if "reflex" in table.groups else "control")


def _share_entries() -> Entries:
    rows = (Parameter(name, "", 1.0, 0.0, 0.0, MAX_SHARE, 1.0, "share") for name in share_names().values())
    return Entries("", tuple(rows), _is_idle_share)


def _is_idle_share(name: str, gone: Collection[str]) -> bool:
    return any(name.removeprefix("share_") in GROUPS[muscle] for muscle in gone)


@functools.cache
def describe_lengths() -> str:
    """Say how many entries the vectors of the controllers of the package have, by layout."""
    found = []
    for name in HUMAN_CONTROLLERS:
        config = ControlConfig(controller=name)
        tables = [
            join_table(human_entries(config, n), Entries("", ()), dimensions=n, init_pose="walk_left") for n in (2, 3)
        ]
        found.append(f"control={name} " + ", ".join(f"{len(table)} in {table.layout[:2].upper()}" for table in tables))
    return (
        f"without a device: {'; '.join(found)}; a torque curve adds 4 (four_param) or two for each point (npoint), "
        "control.legs=bilateral the controller's own once more, a prosthesis takes those of its joints away and adds "
        "its impedances"
    )


def share_names() -> dict[str, str]:
    """Return the parameter of each actuator (without side) of the 80-muscle legs that shares a command."""
    return {actuator: f"share_{actuator}" for group in GROUPS.values() if len(group) > 1 for actuator in group}
