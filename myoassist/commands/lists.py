"""`myoassist list`: what there is, and what the parameters and channels of a run are."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myoassist.commands.argument import CHANGES, WORDS, argument
from myoassist.commands.command import Command, Group
from myoassist.files.command_words import TRAIN_COMMAND, localize_command
from myoassist.files.errors import ConfigError

if TYPE_CHECKING:
    from myoassist.rl.policy.routing import Routing


@dataclass(frozen=True)
class ListAll:
    """Print a table."""


@dataclass(frozen=True)
class ListTerms:
    """Print cost terms, built-in ones and those of plugin files, with unit and meaning."""

    plugins: list[str] = argument(
        [], "a plugin file, which is run; its terms are listed too", given=WORDS, shown="PLUGIN.py"
    )


@dataclass(frozen=True)
class ListOfRun:
    """Print a table of one run, of the configuration that the arguments make."""

    overrides: list[str] = argument(
        [], "the experiment and its changes: exp=NAME, control.reflex_mode=ind", given=CHANGES
    )


def _exps(_: ListAll) -> str:
    from myoassist.config.schema.groups import describe_experiments

    return f"{describe_experiments()}\n\nrun one: {localize_command(TRAIN_COMMAND)} exp=<name>"


def _controllers(_: ListAll) -> str:
    from myoassist.config.sources.shipped import list_controllers

    rows = [f"{item.name:24s} {item.purpose}" for item in list_controllers()]
    return "\n".join(rows) + "\n\nstart from one: optimizer.param_path=shipped:<name>"


def _terms(request: ListTerms) -> str:
    from myoassist.cost.registry import term_rows
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.plugins import import_plugins

    # Named by who asks, as in a run.
    load_mujoco()
    import_plugins(request.plugins)
    return f"{_table(term_rows())}\n\nadd one to a target: cost.extra_terms=[<term>] cost.weights.<term>=1"


def _models(_: ListAll) -> str:
    from myoassist.config.schema.groups import group_options, option_purpose
    from myoassist.model.survey import load_survey

    options = _table([(f"model={name}", option_purpose("model", name)) for name in group_options("model")])
    rows: list[tuple[str, ...]] = [
        ("model.musculature", "model.device", "muscles", "degrees of freedom", "actuators", "mass, kg")
    ]
    for row in load_survey():
        counts = (row.muscles, row.degrees_of_freedom, row.actuators)
        rows.append((str(row.musculature), row.device, *map(str, counts), f"{row.mass_kg:.2f}"))
    return f"{options}\n\n{_table(rows)}"


def _devices(_: ListAll) -> str:
    from myoassist.model.devices.folders import list_own_devices
    from myoassist.model.devices.table import DEVICES

    rows = [("model.device", "library name", "driven joints", "what it is")]
    known = (*DEVICES, *list_own_devices())
    return _table(rows + [(item.short, item.key, item.drives or "no", item.note) for item in known])


def _keys(_: ListAll) -> str:
    from myoassist.config.schema.keys import list_keys

    return list_keys()


def _params(request: ListOfRun) -> str:
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.config.compose.run import compose_run
    from myoassist.control.table import table_of
    from myoassist.model.devices.table import device_of
    from myoassist.optimize.conditions import choose_strategy, slope_unit
    from myoassist.optimize.start.affine import add_slopes

    config = compose_run(request.overrides).config
    # Where the search starts does not matter for the table.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    check(config, starts=False)
    # Named on this command line or in an experiment of the user.
    import_code(config, starts=False)
    table = table_of(config, 2 if config.model.musculature == 22 else 3, device_of(config.model))
    if choose_strategy(config.optimizer) == "affine":
        table = add_slopes(table, slope_unit(config.optimizer))
    rows = [("name", "group", "start", "lowest", "highest", "unit", "raw start")]
    for item in table.parameters:
        shown = 180.0 / math.pi if item.unit.startswith("deg") else 1.0
        start, low, high = (
            f"{shown * (item.scale * raw + item.offset):.4g}" for raw in (item.initial, item.lower, item.upper)
        )
        if item.fixed:
            low = high = "fixed"
        rows.append((item.name, item.group, start, low, high, item.unit, f"{item.initial:.4g}"))
    return f"{_table(rows)}\n\n{len(table)} parameters, layout {table.layout}; value = scale * raw + offset"


def _observation(request: ListOfRun) -> str:
    from myoassist.rl.policy.channels import list_observation

    return _table(list_observation(_routing(request.overrides)))


def _actions(request: ListOfRun) -> str:
    from myoassist.rl.policy.channels import list_actions

    return _table(list_actions(_routing(request.overrides)))


def _routing(overrides: list[str]) -> "Routing":
    from myoassist.check.run import check
    from myoassist.config.compose.run import compose_run
    from myoassist.model.load_mujoco import load_mujoco

    config = compose_run(overrides).config
    if config.task != "rl":
        raise ConfigError(f"task={config.task} has no policy", "an experiment of task=rl", "exp=rl_test")
    # What it starts from does not matter for the table.
    config.env.prev_trained_policy_path = None
    check(config, starts=False)
    load_mujoco()
    from myoassist.rl.policy.channels import route_model

    return route_model(config)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def _command(name: str, request: type, make: Callable[..., str], summary: str, lead: str = "") -> Command:
    """Return a command that prints one list."""

    def run(asked: object) -> int:
        print(make(asked), flush=True)
        return 0

    text = "" if request is ListTerms else f"It holds {summary}."
    return Command(f"myoassist list {name}", request, run, summary, text=text, lead=lead)


COMMAND = Group(
    "myoassist list",
    {
        "exps": _command("exps", ListAll, _exps, "experiments and what they are for"),
        "devices": _command("devices", ListAll, _devices, "worn devices and whether a torque controller drives them"),
        "models": _command("models", ListAll, _models, "options of model="),
        "controllers": _command(
            "controllers", ListAll, _controllers, "controllers that come with the package (shipped:NAME)"
        ),
        "terms": _command("terms", ListTerms, _terms, "cost terms, built-in ones and those of plugin files"),
        "keys": _command("keys", ListAll, _keys, "configuration keys, their defaults and meaning"),
        "params": _command(
            "params", ListOfRun, _params, "names, units, start values and bounds of the searched parameters"
        ),
        "observation": _command(
            "observation", ListOfRun, _observation, "what a policy sees, by place, name and network", "exp=NAME"
        ),
        "actions": _command(
            "actions", ListOfRun, _actions, "what a policy drives, by place, name and network", "exp=NAME"
        ),
    },
    other_names={"experiments": "exps", "exos": "devices", "parameters": "params", "observations": "observation"},
)
