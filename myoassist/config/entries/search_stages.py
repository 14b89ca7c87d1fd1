"""The stages of a search (`optimizer.stages`): their lengths, and the configuration that each of them judges by."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.cost_formula import shipped_formula, target_names
from myoassist.config.schema.described import read_described
from myoassist.config.schema.keys import Key, format_value, run_keys
from myoassist.config.schema.option import option
from myoassist.config.schema.run import OptimizerConfig, RunConfig
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError

KEY = "optimizer.stages"
SCAN = "scan"
_EXAMPLE = f"for example {KEY}=[{{evaluations: 4000, set: {{cost.target: kinematics}}}}, {{sigma_gain: 2}}]"
# What a stage may change, and what of it belongs to the whole run: the reference is copied into the run folder.
_CHANGING = ("cost.", "env.sim_time", "env.perturbation.", "env.support")
_FIXED = ("cost.reference",)
# Entries of it may be changed, such as one weight.
_FORMULA = "cost.formula."


@dataclass(frozen=True)
class StageOptions:
    """One stage, as `optimizer.stages` has it."""

    name: str = option("", "What histories and displays call it; a number where not given.")
    generations: int | None = option(None, "Its length.", ge=1, le=10**9)
    evaluations: int | None = option(None, "Its length; whole generations, so that it may be a few longer.", ge=1)
    sigma_gain: float | None = option(
        None,
        "Begin it with 0.01 times this as mean standard deviation; null keeps the present one.",
        gt=0.0,
        le=1e3,
    )
    covariance: str = option(
        "keep",
        "keep: go on with what has been learned; reset: begin it anew; diagonal: keep the scale of each parameter, and "
        "learn scales alone; full: keep the scales, and learn the rest anew.",
        choices=("keep", "reset", "diagonal", "full"),
    )
    factors: bool | None = option(
        None, "Search factors of groups of parameters instead of all parameters; null is optimizer.factors."
    )
    enough: float | None = option(
        None, "End it before its length once a third of a generation costs at most this; null for no such end."
    )
    set: Any = option(
        None, "Keys of cost, env.sim_time, env.perturbation and env.support that it changes, dotted or nested."
    )


@dataclass(frozen=True)
class SearchStage:
    """One stage of a search.

    Attributes:
        name: What histories and displays call it.
        generations: Its length; None for no such limit.
        evaluations: Its length; None for no such limit.
        sigma_gain: Standard deviation that it begins with, times 0.01; None for the present one.
        covariance: keep, reset, diagonal or full.
        changes: Dotted key -> value that differs from the run.
        scans: Whether it draws random vectors instead of searching.
        factors: Whether it searches factors of groups of parameters instead of all parameters.
        enough: It ends before its length once a third of a generation costs at most this; None for no such end.
    """

    name: str
    generations: int | None = None
    evaluations: int | None = None
    sigma_gain: float | None = None
    covariance: str = "keep"
    changes: Mapping[str, Any] = None  # type: ignore[assignment]
    scans: bool = False
    factors: bool = False
    enough: float | None = None


def plan_stages(optimizer: OptimizerConfig) -> tuple[SearchStage, ...]:
    """Return the stages of a search, its scan among them; none for one of all parameters that has neither.

    Raises:
        ConfigError: naming what is wrong in `optimizer.stages`.
    """
    stages = tuple(_read_stages(optimizer.stages, optimizer.factors))
    if optimizer.scan or optimizer.factors:
        stages = stages or (SearchStage("search", changes={}, factors=optimizer.factors),)
    if optimizer.scan:
        changes = dict(stages[0].changes)
        if optimizer.scan_time is not None:
            changes["env.sim_time"] = optimizer.scan_time
        stages = (SearchStage(SCAN, evaluations=optimizer.scan, changes=changes, scans=True), *stages)
    return stages


def stage_config(config: RunConfig, stage: SearchStage) -> RunConfig:
    """Return the configuration that the candidates of a stage are judged by; it has no stages itself."""
    own = copy.deepcopy(config)
    own.optimizer.stages, own.optimizer.scan, own.optimizer.factors = None, 0, False
    if "cost.target" in stage.changes:
        # That of the run belongs to its own target.
        own.cost.formula = None
    # A target is changed before entries of its formula.
    for name, value in sorted(stage.changes.items(), key=lambda change: change[0].startswith(_FORMULA)):
        if name.startswith(_FORMULA) and own.cost.formula is None and own.cost.target in target_names():
            own.cost.formula = shipped_formula(own.cost.target)
        *groups, last = name.split(".")
        node: Any = own
        for group in groups:
            node = node.get(group) if isinstance(node, dict) else getattr(node, group, None)
        if name.startswith(_FORMULA) and not isinstance(node, dict):
            raise ConfigError(
                f"{KEY}: {name}={format_value(value)}, and cost.target={own.cost.target} has no formula to change",
                f"a target of the package ({', '.join(target_names())}) or one with cost.formula",
                "cost.target=human_gait",
            )
        if isinstance(node, dict):
            node[last] = copy.deepcopy(value)
        else:
            setattr(node, last, copy.deepcopy(value))
    return own


def _read_stages(content: Any, factors: bool) -> Iterator[SearchStage]:
    if content is None:
        return
    if not isinstance(content, list | tuple) or not content:
        raise ConfigError(f"{KEY}={format_value(content)}", "a list of stages, or null", _EXAMPLE)
    names = set()
    for number, item in enumerate(content):
        place = f"{KEY}[{number}]"
        options = read_described(StageOptions, item, place, _EXAMPLE)
        name = options.name or str(number + 1)
        if name in names or name == SCAN:
            raise ConfigError(f"{place}.name={name}", "a name that no other stage has", "name: <another>")
        names.add(name)
        _check_length(options, place, last=number == len(content) - 1)
        if number == 0 and options.covariance in ("full", "reset"):
            raise ConfigError(
                f"{place}.covariance={options.covariance}", "keep or diagonal: nothing has been learned yet", "keep"
            )
        changes = dict(_read_changes(options.set, place))
        if number == len(content) - 1 and changes.get("env.support"):
            raise ConfigError(
                f"{place}.set.env.support={changes['env.support']}, but it is the last stage",
                "a walk that nothing holds at the end",
                "env.support: 0.0",
            )
        yield SearchStage(
            name,
            options.generations,
            options.evaluations,
            options.sigma_gain,
            options.covariance,
            changes,
            factors=factors if options.factors is None else options.factors,
            enough=options.enough,
        )


def _check_length(options: StageOptions, place: str, last: bool) -> None:
    given = [name for name in ("generations", "evaluations") if getattr(options, name) is not None]
    if last and options.enough is not None:
        raise ConfigError(
            f"{place}.enough={options.enough}, but it is the last stage",
            "no such end: the last stage goes on until optimizer.maxiter",
            "leave enough out",
        )
    if last and given:
        raise ConfigError(
            f"{place}.{given[0]}={getattr(options, given[0])}, but it is the last stage",
            "no length: the last stage goes on until optimizer.maxiter",
            f"leave {given[0]} out",
        )
    if not last and len(given) != 1:
        found = f"{place} has {' and '.join(given)}" if given else f"{place} has no length"
        raise ConfigError(found, "generations or evaluations, one of them, for all but the last stage", _EXAMPLE)


def _read_changes(content: Any, place: str) -> Iterator[tuple[str, Any]]:
    if content is None:
        return
    if not isinstance(content, Mapping):
        raise ConfigError(f"{place}.set={format_value(content)}", "a mapping of keys to values", _EXAMPLE)
    yield from _walk(content, "", f"{place}.set")


def _walk(content: Mapping[str, Any], prefix: str, place: str) -> Iterator[tuple[str, Any]]:
    keys = run_keys()
    for given, value in content.items():
        name = f"{prefix}{given}"
        if name in keys:
            _check_change(keys[name], name, value, place)
            yield name, value
            continue
        outer, _, entry = name.rpartition(".")
        if outer in (_FORMULA.rstrip("."), f"{_FORMULA}terms") and not isinstance(value, Mapping):
            # Read with the whole formula, once the stage is put together.
            yield name, value
        elif outer in keys and isinstance(keys[outer].default, dict):
            # One entry of a mapping, such as a weight.
            _check_change(keys[outer], outer, {entry: value}, place)
            yield name, value
        elif isinstance(value, Mapping) and (
            f"{name}.".startswith(_FORMULA) or any(key.startswith(f"{name}.") for key in keys)
        ):
            yield from _walk(value, f"{name}.", place)
        else:
            near = nearest_name(name, [key for key in keys if _may_change(key)])
            raise ConfigError(
                f"{place}.{name}: there is no such key",
                f"a key of {', '.join(item.rstrip('.') for item in _CHANGING)}",
                f"{near}: {format_value(value)}" if near else _EXAMPLE,
            )


def _may_change(name: str) -> bool:
    return name.startswith(_CHANGING) and not name.startswith(_FIXED)


def _check_change(key: Key, name: str, value: Any, place: str) -> None:
    if not _may_change(name):
        raise ConfigError(
            f"{place}.{name}={format_value(value)}: that is no matter of a stage",
            f"a key of {', '.join(item.rstrip('.') for item in _CHANGING)}, the reference gait excepted",
            f"{name}={format_value(value)} for the whole run",
        )
    try:
        check_value(key, value)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.found}", error.expected, error.remedy) from error
