"""Cheap constraints of a search space: linear combinations of parameters within limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myoassist.config.schema.described import read_described
from myoassist.config.schema.keys import is_number
from myoassist.config.schema.option import REQUIRED, option
from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.space import SearchSpace


@dataclass(frozen=True)
class ConstraintOptions:
    """One entry of `hydra.sweeper.constraints`."""

    terms: Any = option(REQUIRED, "Searched parameters and their factors.")
    lower: float | None = option(None, "Smallest sum; null for none.")
    upper: float | None = option(None, "Largest sum; null for none.")


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
    form = f"{place}={{terms: {{<parameter>: <factor>, ...}}, lower: <number or null>, upper: <number or null>}}"
    given = read_described(ConstraintOptions, entry, place, form)
    if not isinstance(given.terms, Mapping):
        raise ConfigError(f"{place}.terms={given.terms}", "a mapping from parameters to factors", form)
    numbers = {f"terms.{key}": value for key, value in given.terms.items()}
    for key, value in numbers.items():
        if not is_number(value):
            raise ConfigError(f"{place}.{key}={value}", "a finite number", f"{place}.{key}=<number>")
    for key in given.terms:
        if "lower" not in space.parameters.get(key, {}):
            raise ConfigError(
                f"{place} limits {key}, which this evolution does not search as a number",
                f"one of {', '.join(space.parameters)}",
                f"add the mutation that searches {key}, or leave the constraint out",
            )
    lower, upper = (None if limit is None else float(limit) for limit in (given.lower, given.upper))
    if (lower is None and upper is None) or (lower is not None and upper is not None and lower > upper):
        raise ConfigError(
            f"{place}: lower={lower}, upper={upper}",
            "at least one limit, the lower one smaller",
            f"{place}.upper=<number>",
        )
    return LinearConstraint(name, {key: float(value) for key, value in given.terms.items()}, lower, upper)
