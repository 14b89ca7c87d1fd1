"""Cheap constraints of a search space: linear combinations of parameters within limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myoassist.config.keys import is_number
from myoassist.files.errors import ConfigError
from myoassist.sweep.search_space import SearchSpace

_KEYS = ("terms", "lower", "upper")


@dataclass(frozen=True)
class LinearConstraint:
    """Limits of a weighted sum of searched parameters; called with the values of an individual.

    Attributes:
        name: Name in the configuration.
        terms: Parameter key -> factor.
        lower: Smallest allowed sum, or None.
        upper: Largest allowed sum, or None.
    """

    name: str
    terms: dict[str, float]
    lower: float | None
    upper: float | None

    def __call__(self, values: Mapping[str, Any]) -> bool:
        """Tell whether an individual meets it."""
        total = sum(factor * float(values[key]) for key, factor in self.terms.items())
        return (self.lower is None or total >= self.lower) and (self.upper is None or total <= self.upper)

    def describe(self) -> dict[str, Any]:
        """Return it as JSON values, to be compared between two starts of an evolution."""
        return {"terms": self.terms, "lower": self.lower, "upper": self.upper}


def read_constraints(entries: Mapping[str, Any] | None, space: SearchSpace) -> list[LinearConstraint]:
    """Read `hydra.sweeper.constraints`: name -> `{terms: {key: factor}, lower, upper}`.

    Raises:
        ConfigError: for an unknown key, a parameter that is not searched as a number, or no limit at all.
    """
    return [_read(str(name), entry, space) for name, entry in sorted((entries or {}).items())]


def _read(name: str, entry: Any, space: SearchSpace) -> LinearConstraint:
    place = f"hydra.sweeper.constraints.{name}"
    if not isinstance(entry, Mapping) or not set(entry) <= set(_KEYS) or not isinstance(entry.get("terms"), Mapping):
        raise ConfigError(
            f"{place}={entry}",
            "{terms: {<parameter>: <factor>, ...}, lower: <number or null>, upper: <number or null>}",
            f"write {place} that way",
        )
    numbers = {f"terms.{key}": value for key, value in entry["terms"].items()}
    numbers |= {key: entry[key] for key in ("lower", "upper") if entry.get(key) is not None}
    for key, value in numbers.items():
        if not is_number(value):
            raise ConfigError(f"{place}.{key}={value}", "a finite number", f"{place}.{key}=<number>")
    for key in entry["terms"]:
        if "lower" not in space.parameters.get(key, {}):
            raise ConfigError(
                f"{place} limits {key}, which this evolution does not search as a number",
                f"one of {', '.join(space.parameters)}",
                f"add the mutation that searches {key}, or leave the constraint out",
            )
    lower, upper = (None if entry.get(key) is None else float(entry[key]) for key in ("lower", "upper"))
    if (lower is None and upper is None) or (lower is not None and upper is not None and lower > upper):
        raise ConfigError(
            f"{place}: lower={lower}, upper={upper}",
            "at least one limit, the lower one smaller",
            f"{place}.upper=<number>",
        )
    return LinearConstraint(name, {key: float(value) for key, value in entry["terms"].items()}, lower, upper)
