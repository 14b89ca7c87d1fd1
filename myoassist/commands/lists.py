"""`myoassist list`: what there is, and what the parameters and channels of a run are."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myoassist.commands.argument import CHANGES, FLAG, WORDS, argument
from myoassist.commands.command import Command, Group
from myoassist.files.command_words import TRAIN_COMMAND, localize_command
from myoassist.files.errors import ConfigError

if TYPE_CHECKING:
    from myoassist.config.schema.run import RunConfig
    from myoassist.rl.policy.routing import Routing
    from myoassist.space.table import ParameterTable


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


@dataclass(frozen=True)
class ListParameters(ListOfRun):
    """Print the searched parameters of one run, of the configuration that the arguments make."""

    groups: bool = argument(
        False,
        "tell the factor groups of each parameter, which optimizer.factors searches instead of the parameters",
        given=FLAG,
    )


def _exps(_: ListAll) -> str:
    from myoassist.config.schema.groups import describe_experiments

    return f"{describe_experiments()}\n\nrun one: {localize_command(TRAIN_COMMAND)} exp=<name>"


def _controllers(_: ListAll) -> str:
    from myoassist.config.sources.shipped import list_controllers

    rows = []
    for item in list_controllers():
        rows.append(f"{item.name:24s} {item.purpose}")
        if item.note:
            rows.append(f"{'':24s}   {item.note}")
    return "\n".join(rows) + "\n\nstart from one: optimizer.param_path=shipped:<name>"


def _terms(request: ListTerms) -> str:
    rows = _table(known_term_rows(request.plugins))
    return f"{rows}\n\nadd one to a target: cost.extra_terms=[<term>] cost.weights.<term>=1"


def known_term_rows(plugins: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the cost terms below a row of headings, those of plugin files, which are run, included.

    Raises:
        UserError: if a plugin is refused.
    """
    from myoassist.cost.registry import term_rows
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.plugins import import_plugins

    # Named by who asks, as in a run.
    load_mujoco()
    import_plugins(list(plugins))
    return term_rows()


def _models(_: ListAll) -> str:
    options = _table([(f"model={name}", purpose) for name, purpose in model_rows()])
    return f"{options}\n\n{_table(survey_rows())}"


def model_rows() -> list[tuple[str, str]]:
    """Return the options of `model=` and what each is."""
    from myoassist.config.schema.groups import group_options, option_purpose

    return [(name, option_purpose("model", name)) for name in group_options("model")]


def survey_rows() -> list[tuple[str, ...]]:
    """Return the combinations of legs and device with what they consist of, below a row of headings."""
    from myoassist.model.survey import load_survey

    rows: list[tuple[str, ...]] = [
        ("model.musculature", "model.device", "muscles", "degrees of freedom", "actuators", "mass, kg")
    ]
    for row in load_survey():
        counts = (row.muscles, row.degrees_of_freedom, row.actuators)
        rows.append((str(row.musculature), row.device, *map(str, counts), f"{row.mass_kg:.2f}"))
    return rows


def _devices(_: ListAll) -> str:
    return _table(device_rows())


def device_rows() -> list[tuple[str, str, str, str]]:
    """Return every worn device, those of the user included, below a row of headings."""
    from myoassist.model.devices.folders import list_own_devices
    from myoassist.model.devices.table import DEVICES

    rows = [("model.device", "library name", "driven joints", "what it is")]
    known = (*DEVICES, *list_own_devices())
    return rows + [(item.short, item.key, item.drives or "no", item.note) for item in known]


def _keys(_: ListAll) -> str:
    from myoassist.config.schema.keys import list_keys

    return list_keys()


def _params(request: ListParameters) -> str:
    from myoassist.config.compose.run import compose_run
    from myoassist.optimize.start.factors import factor_groups

    table = parameter_table(compose_run(request.overrides).config)
    groups = factor_groups(table) if request.groups else None
    head: tuple[str, ...] = ("name", "group", "start", "lowest", "highest", "unit", "raw start")
    rows = [head if groups is None else (*head, "factors")]
    for item, shown in zip(table.parameters, parameter_rows(table), strict=True):
        numbers = [f"{shown[name]:.4g}" for name in ("start", "lowest", "highest")]
        if item.fixed:
            numbers[1:] = "fixed", "fixed"
        own = () if groups is None else (", ".join(groups[item.name]) or "-",)
        rows.append((item.name, item.group, *numbers, item.unit, f"{item.initial:.4g}", *own))
    text = f"{_table(rows)}\n\n{len(table)} parameters, layout {table.layout}; value = scale * raw + offset"
    if groups is None:
        return text
    count = len({name for names in groups.values() for name in names})
    return f"{text}\n{count} factors (optimizer.factors=true); +: an amount instead of a factor, -: keeps its value"


def parameter_table(config: "RunConfig") -> "ParameterTable":
    """Return the searched parameters of a configuration, which is checked and whose code is imported.

    Raises:
        UserError: if the configuration is refused.
    """
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.control.table import table_of
    from myoassist.model.devices.table import device_of
    from myoassist.optimize.conditions import choose_strategy, slope_unit
    from myoassist.optimize.start.affine import add_slopes

    # Where the search starts does not matter for the table.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    check(config, starts=False)
    # Named on this command line or in an experiment of the user.
    import_code(config, starts=False)
    table = table_of(config, 2 if config.model.musculature == 22 else 3, device_of(config.model))
    if choose_strategy(config.optimizer) == "affine":
        table = add_slopes(table, slope_unit(config.optimizer))
    return table


def parameter_rows(table: "ParameterTable") -> list[dict[str, float]]:
    """Return start, lowest and highest value of every parameter in its unit."""
    rows = []
    for item in table.parameters:
        shown = 180.0 / math.pi if item.unit.startswith("deg") else 1.0
        raw = {"start": item.initial, "lowest": item.lower, "highest": item.upper}
        rows.append({name: shown * (item.scale * value + item.offset) for name, value in raw.items()})
    return rows


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
            "params", ListParameters, _params, "names, units, start values and bounds of the searched parameters"
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
