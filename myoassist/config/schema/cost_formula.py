"""What a cost consists of: `configs/cost/<target>.yaml` says which terms count, how much, and behind which gates."""

import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.groups import config_folder, group_options
from myoassist.config.schema.keys import format_value
from myoassist.config.schema.run import CostConfig
from myoassist.files.errors import ConfigError

KEY = "cost.formula"
GATES = ("velocity", "symmetry", "pelvis")
# How a target judges: behind gates, as published ones do, everything that walks by its whole cost, or every moment of
# any walk, also of one that falls.
GATED, GRADED, MOMENTS = "gated", "graded", "moments"
GRADINGS = (GATED, GRADED, MOMENTS)
_NUMBERS = ("velocity_factor", "offset")
_KEYS = ("terms", "grading", "gates", *_NUMBERS)
# A target names files, too.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True)
class Target:
    """One cost formula.

    Attributes:
        terms: Summands once the gates are passed, each with its weight.
        gates: What has to be right first, of `GATES`; pelvis means something in 3D only.
        velocity_factor: Penalty per m/s of velocity error while the gates are not passed.
        offset: Cost that remains after the gates.
        grading: GATED, or GRADED: whoever walks to the end is ranked by the whole sum, whoever does not by how far it
            came; no gates. MOMENTS: every moment counts, those after a fall as the worst; no gates.
    """

    terms: Mapping[str, float]
    gates: tuple[str, ...] = GATES
    velocity_factor: float = 100.0
    offset: float = 0.0
    grading: str = GATED

    @property
    def graded(self) -> bool:
        """Whether every walk is ranked by the whole sum."""
        return self.grading == GRADED

    @property
    def moments(self) -> bool:
        """Whether single moments are judged instead of strides."""
        return self.grading == MOMENTS

    @property
    def gated(self) -> bool:
        """Whether anything has to be right first."""
        return bool(self.gates)

    @property
    def pelvis_gate(self) -> bool:
        """Whether the pelvis has to be level."""
        return "pelvis" in self.gates


@functools.cache
def target_names() -> tuple[str, ...]:
    """Return the targets that come with the package."""
    return tuple(group_options("cost"))


@functools.cache
def shipped_target(name: str) -> Target:
    """Return the formula of a target of the package."""
    return read_formula(shipped_formula(name))


def shipped_formula(name: str) -> dict[str, Any]:
    """Return the formula of a target of the package as its file has it."""
    content = yaml.safe_load((config_folder() / "cost" / f"{name}.yaml").read_text(encoding="utf-8"))
    return content["formula"]


def find_target(config: CostConfig) -> Target:
    """Return the formula of a run: its own, or that of the target's file.

    Raises:
        ConfigError: if there is no such target, or its formula is none.
    """
    if not isinstance(config.target, str) or not _NAME.fullmatch(config.target):
        raise ConfigError(
            f"cost.target={format_value(config.target)} is no name of a target",
            "a letter, then letters, digits or underscores, at most 40: it becomes part of file names",
            "cost.target=kinematics",
        )
    if config.formula is not None:
        return read_formula(config.formula)
    if config.target not in target_names():
        raise _unknown(config.target)
    return shipped_target(config.target)


def read_formula(data: Any) -> Target:
    """Return the formula that a mapping describes; names of terms are looked up later, plugins bring some.

    Raises:
        ConfigError: naming what is wrong in it.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("terms"), Mapping):
        raise ConfigError(
            f"{KEY}={format_value(data)}",
            "a mapping with terms and their weights, e.g. {terms: {effort: 1, trunk: 0.5}, gates: [velocity]}",
            f"{KEY}=null, which takes that of cost.target",
        )
    unknown = [str(name) for name in data if name not in _KEYS]
    if unknown:
        raise ConfigError(f"{KEY}.{unknown[0]}: there is no such key", f"one of {', '.join(_KEYS)}", "leave it out")
    for name, value in {**{f"terms.{term}": weight for term, weight in data["terms"].items()}, **_given(data)}.items():
        if not _is_number(value) or value < 0.0:
            raise ConfigError(f"{KEY}.{name}={format_value(value)}", "a finite number, 0 or larger", f"{KEY}.{name}=1")
    grading = data.get("grading", GATED)
    if grading not in GRADINGS:
        raise ConfigError(
            f"{KEY}.grading={format_value(grading)}", f"one of {', '.join(GRADINGS)}", f"{KEY}.grading={GRADED}"
        )
    gates = data.get("gates", GATES if grading == GATED else ())
    if not isinstance(gates, list | tuple) or any(gate not in GATES for gate in gates):
        raise ConfigError(
            f"{KEY}.gates={format_value(gates)}", f"a list of some of {', '.join(GATES)}", f"{KEY}.gates=[velocity]"
        )
    if grading != GATED and (gates or _given(data)):
        raise ConfigError(
            f"{KEY}.grading is {grading}, and there are {'gates' if gates else next(iter(_given(data)))}",
            "terms alone: nothing has to be right first, and there is nothing before or behind a gate",
            f"{KEY}.grading={GATED}, or leave gates, {', '.join(_NUMBERS)} out",
        )
    terms = {str(name): float(weight) for name, weight in data["terms"].items()}
    numbers = {name: float(value) for name, value in _given(data).items()}
    return Target(terms, tuple(gates), grading=grading, **numbers)


def settle_formula(config: CostConfig, chosen: str | None = None) -> None:
    """Leave a composed formula out where it says no more than the name of the target.

    Composition brings the formula of the file that `cost=` chooses. What runs store and compare is the name alone as
    long as the formula is one of the package: `cost.target=effort` then counts, whatever file was chosen before. A name
    that is none of the package does not keep the formula of the chosen file of the package: it is refused as unknown.

    Args:
        config: Changed in place.
        chosen: Option of the group `cost`.
    """
    names = target_names()
    if config.formula is None or (config.target not in names and chosen not in names):
        return
    try:
        formula = read_formula(config.formula)
    except ConfigError:
        # Refused with the other checks of values.
        return
    # Not those of third ones: cost=effort with the terms of effort_knee would be judged as effort.
    if any(formula == shipped_target(str(name)) for name in (chosen, config.target) if name in names):
        config.formula = None


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _NUMBERS if name in data}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _unknown(name: str) -> ConfigError:
    names = target_names()
    near = nearest_name(name, names)
    return ConfigError(
        f"cost.target={name} is no target of the package, and cost.formula is not given",
        f"one of {', '.join(names)}, or a file cost/{name}.yaml below --config-dir, chosen by cost={name}",
        f"cost.target={near or '<one of these>'}",
    )
