"""Parameters that depend on the condition: p(v) = p + p' (v - mean v), with a slope entry per reflex parameter."""

from dataclasses import replace

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.control.table import HUMAN_GROUPS, human_slice
from myoassist.optimize.start.legs import double_gains
from myoassist.optimize.start.vector import load_start, match_layout
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.runs.named_files import resolve_param_path
from myoassist.space.parameter import INF, Parameter
from myoassist.space.table import ParameterTable

SLOPE_PREFIX = "slope_"
SLOPE_GROUP = "slope"
_MARK = "-affine"


def add_slopes(table: ParameterTable, per: str) -> ParameterTable:
    """Return the table with one slope entry per reflex parameter behind it, layout `<layout>-affine<n>`.

    Args:
        table: Table of one condition.
        per: What a raw slope of 1 changes a raw parameter by 1 over: `m/s` or `10 deg`.
    """
    slopes = [
        Parameter(
            name=f"{SLOPE_PREFIX}{item.name}",
            unit=f"{item.unit or '1'} per {per}",
            scale=item.scale,
            offset=0.0,
            lower=-INF,
            upper=INF,
            initial=0.0,
            group=SLOPE_GROUP,
        )
        for item in table.parameters
        if item.group in HUMAN_GROUPS
    ]
    return ParameterTable([*table.parameters, *slopes], f"{table.layout}{_MARK}{len(slopes)}", table.factors)


def vector_at(vector: np.ndarray, table: ParameterTable, deviation: float) -> np.ndarray:
    """Return the vector of one condition, within the bounds of the search.

    Args:
        vector: Raw parameters and slopes, shape (len(table) + slopes,).
        table: Table of one condition.
        deviation: Distance of the condition from the mean of all, in the unit of the slopes.

    Returns:
        Raw parameters, shape (len(table),).
    """
    base, slopes = vector[: len(table)].copy(), vector[len(table) :]
    reflex = human_slice(table)
    moved = base[reflex] + deviation * slopes
    # A gain that is moved below its bound would change its sign; one that lies outside already is left alone.
    low, high = np.minimum(table.lower[reflex], base[reflex]), np.maximum(table.upper[reflex], base[reflex])
    base[reflex] = np.clip(moved, low, high)
    return base


def affine_l1(vector: np.ndarray, table: ParameterTable) -> float:
    """Return the distance of the parameters from ones plus the size of the slopes, both in the L1 norm."""
    base, slopes = vector[: len(table)], vector[len(table) :]
    return float(np.abs(base - 1.0).sum() + np.abs(slopes).sum())


def load_affine_start(
    config: RunConfig, table: ParameterTable, affine: ParameterTable, clamp: bool = True
) -> np.ndarray:
    """Return the start vector of a table with slopes; slopes of 0 where the stored vector has none.

    Args:
        config: `optimizer.param_path` names a file or run folder, with or without slopes.
        table: Table of one condition.
        affine: The table with slopes.
        clamp: See `load_start`.

    Raises:
        UserError, LayoutError: as `load_start`.
    """
    source = resolve_param_path(config.optimizer.param_path)
    slopes = affine.initial[len(table) :]
    if source is None:
        return affine.initial.copy()
    stored = read_vector(find_vector_file(source))
    if stored.layout is not None and _MARK in stored.layout:
        stored = double_gains(stored, affine)
    named = stored.layout is not None and _MARK in stored.layout
    if not named and not (stored.layout is None and len(stored.vector) == len(affine)):
        return np.concatenate([load_start(config, table, clamp), slopes])
    n_base = len(stored.vector) - len(slopes)
    slopes = stored.vector[n_base:]
    layout = stored.layout.partition(_MARK)[0] if stored.layout else None
    names = stored.names[:n_base] if stored.names else None
    vector = match_layout(replace(stored, vector=stored.vector[:n_base], layout=layout, names=names), table)
    if clamp:
        vector = table.clamp(vector)
    vector[~table.free] = table.initial[~table.free]
    return affine.check(np.concatenate([vector, slopes]), stored.source)
