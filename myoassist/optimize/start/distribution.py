"""Read a distribution of start vectors and bring it to the parameters of a run."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.described import read_described
from myoassist.config.schema.keys import format_value, is_number
from myoassist.config.schema.option import option
from myoassist.config.sources.shipped import models_folder
from myoassist.files.errors import ConfigError
from myoassist.space.distribution import VectorDistribution
from myoassist.space.parameter import Parameter
from myoassist.space.table import ParameterTable

_EXAMPLE = "for example knee_tgt: {range: [175, 178]}, or C_*: {sd: 0.2, raw: true}"
_WILD = frozenset("*?[")


@dataclass(frozen=True)
class EntryOptions:
    """One line of a distribution."""

    range: Any = option(None, "Ends of a uniform distribution, the lower one first.")
    mean: float | None = option(None, "Mean of a normal distribution; null is the start of the search.")
    sd: float | None = option(None, "Its standard deviation.", ge=0.0)
    raw: bool = option(False, "Values are raw ones, as in parameter files, instead of in the unit of the parameter.")


def read_distribution(path: Path, table: ParameterTable, start: np.ndarray) -> VectorDistribution:
    """Return the distribution of all parameters of a table that a YAML file describes; the last line that fits holds.

    Args:
        path: File with a mapping `parameters` of names, or patterns such as `C_*`, to range, or mean and sd.
        table: Parameters of the run.
        start: Raw start vector, shape (D,): the mean where none is given, and the value of what no line names.

    Raises:
        ConfigError: naming file and line, if it is none, or names a parameter that the run does not have.
    """
    center, width = start.astype(np.float64).copy(), np.zeros(len(table))
    uniform = np.zeros(len(table), dtype=bool)
    for pattern, content in _read(path).items():
        place = f"{path}: {pattern}"
        options = read_described(EntryOptions, content, place, _EXAMPLE)
        _check(options, place)
        members = [i for i, name in enumerate(table.names) if fnmatch.fnmatchcase(name, str(pattern))]
        if not members and not _WILD.intersection(str(pattern)):
            # A shipped file is not for the user to change.
            near = None if path.parent == models_folder() / "starts" else nearest_name(str(pattern), table.names)
            raise ConfigError(
                f"{place}: layout {table.layout} has no such parameter",
                "names and patterns of the parameters that `myoassist list params` shows",
                f"write {near}" if near else "optimizer.scan_from=shipped:around",
            )
        for i in members:
            center[i], width[i], uniform[i] = _resolve(options, table.parameters[i], float(start[i]))
    return VectorDistribution(center, width, uniform)


def restrict(distribution: VectorDistribution, free: np.ndarray) -> VectorDistribution:
    """Return the distribution of the free parameters alone; `free` has shape (D,)."""
    return VectorDistribution(distribution.center[free], distribution.width[free], distribution.uniform[free])


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read ({error})", "a YAML file", _EXAMPLE) from error
    lines = content.get("parameters") if isinstance(content, Mapping) else None
    if not isinstance(lines, Mapping) or not lines or len(content) != 1:
        raise ConfigError(f"{path} has no mapping parameters, or more than it", "parameters: and a line each", _EXAMPLE)
    return lines


def _check(options: EntryOptions, place: str) -> None:
    ends = options.range
    if (ends is None) == (options.sd is None) or (ends is not None and options.mean is not None):
        raise ConfigError(f"{place} has both or neither of range and sd", "range, or sd with or without mean", _EXAMPLE)
    if ends is None:
        return
    if not isinstance(ends, list) or len(ends) != 2 or not all(map(is_number, ends)) or ends[0] > ends[1]:
        raise ConfigError(f"{place}.range={format_value(ends)}", "two numbers, the lower one first", _EXAMPLE)


def _resolve(options: EntryOptions, parameter: Parameter, start: float) -> tuple[float, float, bool]:
    """Return center and width in raw units, and whether the parameter is uniform."""
    # Angles are decoded to rad and written in degrees.
    unit = np.pi / 180.0 if parameter.unit.startswith("deg") else 1.0
    scale, offset = (1.0, 0.0) if options.raw else (parameter.scale / unit, parameter.offset / unit)
    if options.range is not None:
        low, high = ((float(end) - offset) / scale for end in options.range)
        return 0.5 * (low + high), 0.5 * abs(high - low), True
    mean = start if options.mean is None else (options.mean - offset) / scale
    assert options.sd is not None
    return mean, options.sd / abs(scale), False
