"""What an evolution searches: parameters with bounds, cheap constraints, and the overrides that stay fixed."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Glob, IntervalSweep, Override

from myoassist.config.labels import SWEEPER_GROUPS
from myoassist.config.run_names import PLACE_KEYS
from myoassist.config.schema.described import read_described
from myoassist.config.schema.option import option
from myoassist.files.errors import ConfigError
from myoassist.sweep.values import check_values

# They place an individual or belong to the evolution as a whole, so its own overrides replace them.
SWEEP_KEYS = ("seed", *PLACE_KEYS, *SWEEPER_GROUPS)


@dataclass(frozen=True)
class SearchedNumber:
    """One number of `hydra.sweeper.params`; the stock plugin reads the same keys."""

    init: float | None = option(None, "Where the search starts; null is the middle.")
    lower: float | None = option(None, "Lowest value; null for none.")
    upper: float | None = option(None, "Highest value; null for none.")
    step: float | None = option(None, "Spread at the start; null is a sixth of the range.")
    integer: bool | None = option(False, "Whole numbers only.")
    log: bool | None = option(False, "Search its logarithm.")


@dataclass(frozen=True)
class SearchSpace:
    """The space that an evolution searches.

    Attributes:
        parameters: Dotted key -> description in JSON values, sorted by key: `{init, lower, upper, step, integer, log}`
            for a number, `{choices, ordered}` for one of several values.
        fixed: Overrides that every individual shares.
        groups: Overrides that chose the search space.
        build: Make nevergrad parameters out of it, key -> parameter.
    """

    parameters: dict[str, dict[str, Any]]
    fixed: list[str]
    groups: list[str]
    build: Callable[[], dict[str, Any]]

    @property
    def dimension(self) -> int:
        """Number of searched parameters."""
        return len(self.parameters)


def read_search_space(params: Mapping[str, Any], arguments: list[str], loader: Any = None) -> SearchSpace:
    """Read a search space from the configuration and the command line, which wins.

    Args:
        params: Resolved `hydra.sweeper.params`: key -> mapping with bounds, list of values, or sweep text such as
            `interval(1, 10)`.
        arguments: Overrides of the command as Hydra hands them to a sweeper.
        loader: Hydra's config loader, which knows the options that a pattern matches.

    Returns:
        The space; its `build` leaves reading to the stock nevergrad plugin.

    Raises:
        ConfigError: if there is nothing to search, or a parameter has impossible bounds.
    """
    described: dict[str, dict[str, Any]] = {}
    makers: dict[str, Callable[[], Any]] = {}
    fixed: list[str] = []
    groups: list[str] = []
    texts: list[str] = []
    for key, entry in params.items():
        if isinstance(entry, Mapping):
            described[key], makers[key] = _describe_number(key, dict(entry))
        elif isinstance(entry, list | tuple):
            described[key], makers[key] = _describe_choices(key, list(entry))
        else:
            texts.append(f"{key}={entry}")
    for override in OverridesParser.create(config_loader=loader).parse_overrides([*texts, *arguments]):
        key = override.key_or_group
        check_values(override)
        if override.is_sweep_override():
            described[key], makers[key] = _describe_sweep(override)
        elif key in described:
            # The current value, where the search starts.
            continue
        else:
            if key in SWEEPER_GROUPS:
                groups.append(str(override.input_line))
            elif key not in SWEEP_KEYS:
                fixed.append(str(override.input_line))
    if not described:
        raise ConfigError(
            "the evolution has nothing to search",
            "at least one parameter with bounds",
            "+exp/mutations=[exo_torque,exo_points], or a range such as 'optimizer.sigma_gain=interval(1,30)'",
        )
    placed = sorted(set(described) & set(SWEEP_KEYS))
    if placed:
        raise ConfigError(
            f"{placed[0]} cannot be searched: the evolution sets it for each individual",
            "parameters of the task",
            f"leave {placed[0]} out",
        )
    ordered = sorted(described)
    return SearchSpace(
        {key: described[key] for key in ordered}, fixed, groups, lambda: {key: makers[key]() for key in ordered}
    )


def format_override(key: str, value: Any) -> str:
    """Return one searched value as an override in Hydra's grammar, exact to the last bit."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, bool):
        return f"{key}={str(value).lower()}"
    if value is None:
        return f"{key}=null"
    if isinstance(value, list | tuple):
        return f"{key}=[{','.join(format_override('', item)[1:] for item in value)}]"
    return f"{key}={value!r}" if isinstance(value, float) else f"{key}={value}"


def _describe_number(key: str, entry: dict[str, Any]) -> tuple[dict[str, Any], Callable[[], Any]]:
    remedy = f"correct it in the file of the search space, or give a range: '{key}=interval(<lower>,<upper>)'"
    given = read_described(SearchedNumber, entry, f"search space of {key}", remedy)
    number: dict[str, Any] = {"integer": bool(given.integer), "log": bool(given.log)}
    for name in ("init", "lower", "upper", "step"):
        value = getattr(given, name)
        number[name] = None if value is None else float(value)
    _check_bounds(key, number)
    if number["init"] is None and number["log"] and number["lower"] is not None:
        number["init"] = math.sqrt(number["lower"] * number["upper"])
    return number, lambda: _make_number(number)


def _check_bounds(key: str, number: dict[str, Any]) -> None:
    init, lower, upper = number["init"], number["lower"], number["upper"]
    if (lower is None) != (upper is None) or (lower is not None and lower >= upper):
        raise ConfigError(
            f"search space of {key}: lower={lower}, upper={upper}",
            "both bounds, the lower one smaller, or neither",
            f"'{key}=interval(<lower>,<upper>)'",
        )
    if number["log"] and (lower is None or lower <= 0):
        raise ConfigError(
            f"search space of {key}: log=true with lower={lower}",
            "a positive lower bound",
            f"log: false in the file of the search space, or '{key}=interval(<lower>,<upper>)'",
        )
    if init is None and lower is None:
        raise ConfigError(
            f"search space of {key}: neither init nor bounds", "a start or bounds", f"give {key} lower and upper"
        )
    if init is not None and lower is not None and not lower <= init <= upper:
        raise ConfigError(
            f"search space of {key}: it starts at {init:g}, outside of its bounds {lower:g} .. {upper:g}",
            "a start between the bounds; it is the current value of the key unless the search space says otherwise",
            f"other bounds: '{key}=interval(<lower>,<upper>)'; or another value in the exp file",
        )
    if number["step"] is not None and number["step"] <= 0:
        raise ConfigError(
            f"search space of {key}: step={number['step']:g}",
            "a positive number, or null for a sixth of the range",
            "step: null in the file of the search space",
        )


def _describe_choices(key: str, values: list[Any]) -> tuple[dict[str, Any], Callable[[], Any]]:
    if len(values) < 2:
        raise ConfigError(f"search space of {key}: {values}", "two values or more", f"{key}={(values or ['?'])[0]}")
    return {"choices": values, "ordered": False}, lambda: _stock().create_nevergrad_param_from_config(values)


def _describe_sweep(override: Override) -> tuple[dict[str, Any], Callable[[], Any]]:
    key, value = override.key_or_group, override.value()

    def make() -> Any:
        return _stock().create_nevergrad_parameter_from_override(override)

    if isinstance(value, Glob):
        return _describe_choices(key, list(override.sweep_string_iterator()))
    if isinstance(value, IntervalSweep):
        bounds = {
            "init": None,
            "lower": value.start,
            "upper": value.end,
            "integer": isinstance(value.start, int),
            "log": "log" in value.tags,
        }
        return _describe_number(key, bounds)
    ordered = isinstance(value, ChoiceSweep) and "ordered" in value.tags
    return {"choices": list(override.sweep_string_iterator()), "ordered": ordered}, make


def _make_number(number: dict[str, Any]) -> Any:
    return _stock().create_nevergrad_param_from_config(dict(number))


def _stock() -> Any:
    """Return the stock plugin, late because it loads nevergrad."""
    from hydra_plugins.hydra_nevergrad_sweeper import _impl

    return _impl
