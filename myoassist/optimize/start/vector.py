"""The start vector: the table's initial values, or a stored vector brought to the layout of this run."""

import contextlib
import warnings

import numpy as np

from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.config.sources.shipped import list_controllers
from myoassist.control.device.resample import four_param_to_npoint, resample_npoint
from myoassist.control.legs import legs_of
from myoassist.control.table import describe_lengths
from myoassist.files.errors import LayoutError
from myoassist.optimize.start.device import fit_stored
from myoassist.optimize.start.legs import double_gains
from myoassist.optimize.start.vector_file import StoredVector, find_vector_file, read_vector
from myoassist.runs.named_files import resolve_param_path
from myoassist.space.table import ParameterTable

# Entries of the human part in 3D.
_HUMAN_3D = 97
_FOUR_PARAM = "four_param"
_NPOINT = "npoint"
# Beginning of the layouts of controllers of the user.
OWN_PREFIX = "own_"


def load_start(config: RunConfig, table: ParameterTable, clamp: bool = True) -> np.ndarray:
    """Return the raw start vector of a run, shape (D,).

    Without `optimizer.param_path` these are the initial values of the table. Otherwise the stored vector is taken: exo
    entries are appended with their defaults where it has none, dropped where the run has no exo, and resampled with
    their peak kept where the run has another number of points, which a warning says. Fixed entries keep the value that
    the table gives them.

    Args:
        config: `optimizer.param_path` names a parameter file or a run folder.
        table: Parameters of this run.
        clamp: Move every entry into its bounds, as a search needs it; false leaves a vector to be evaluated as it is.

    Raises:
        UserError: if the file is missing, empty, unreadable or holds NaN.
        LayoutError: if it belongs to another layout.
    """
    source = resolve_param_path(config.optimizer.param_path)
    if source is None:
        return table.initial.copy()
    stored = read_vector(find_vector_file(source))
    vector = match_layout(stored, table)
    if clamp:
        vector = table.clamp(vector)
    vector[~table.free] = table.initial[~table.free]
    return vector


def match_layout(stored: StoredVector, table: ParameterTable) -> np.ndarray:
    """Return a stored vector in the layout of a table, shape (D,).

    Raises:
        LayoutError: naming both layouts and the shipped vectors that fit, if the two share no human part or have
            different exo parts.
    """
    try:
        return _match(stored, table)
    except LayoutError as error:
        fitting = ", ".join(f"{SHIPPED_PREFIX}{name}" for name in fitting_controllers(table))
        words = f"of the shipped vectors fit {fitting}" if fitting else "no shipped vector fits"
        raise LayoutError(error.found, error.expected, f"{error.remedy}; {words}") from error


def fitting_controllers(table: ParameterTable) -> list[str]:
    """Return the names of the shipped controllers that a search over a table can start from."""
    found = []
    for controller in list_controllers():
        # What would have to be resampled fits too.
        with contextlib.suppress(LayoutError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _match(read_vector(controller.parameters), table)
            found.append(controller.name)
    return found


def _match(stored: StoredVector, table: ParameterTable) -> np.ndarray:
    stored = fit_stored(double_gains(stored, table), table)
    n_human = table.group_slice("exo").start
    n_stored = stored.vector.shape[0]
    _check_kind(stored, table, n_human)
    n_exo = n_stored - n_human
    if n_exo < 0:
        raise _refusal(stored, table)
    if n_human == len(table):
        if n_exo and (n_exo % 2 or n_exo < 2):
            raise _refusal(stored, table)
        return stored.vector[:n_human].copy()
    if n_exo == 0:
        return np.concatenate([stored.vector, table.initial[n_human:]])
    if n_exo == len(table) - n_human and not _is_four_param_as_points(stored, table):
        return table.check(stored.vector, stored.source)
    return table.check(np.concatenate([stored.vector[:n_human], _convert_exo(stored, table, n_human)]), stored.source)


def _is_four_param_as_points(stored: StoredVector, table: ParameterTable) -> bool:
    """Tell whether a four-parameter curve is to become points; with two points the lengths are the same."""
    return _exo_kind(stored.layout or "") == _FOUR_PARAM and _exo_kind(table.layout) == _NPOINT


def _convert_exo(stored: StoredVector, table: ParameterTable, n_human: int) -> np.ndarray:
    """Return the exo entries of a stored vector as points of the torque curve of this run."""
    exo = stored.vector[n_human:]
    if len(exo) % 2:
        # Neither four parameters nor pairs of torque and time.
        raise _refusal(stored, table)
    if _exo_kind(table.layout) != _NPOINT:
        raise _refusal(stored, table, "exo.controller=npoint keeps the curve, or give a vector without exo entries")
    n_points = (len(table) - n_human) // 2
    try:
        if _is_four_param_as_points(stored, table):
            values, old = four_param_to_npoint(exo, n_points), "four-parameter torque curve"
        elif len(exo) == 4 and stored.layout is None:
            raise _refusal(
                stored,
                table,
                "its 4 exo entries may be a four-parameter curve or two points, and the file does not say: give the "
                "best_parameters.json of the run, or set exo.controller=four_param (or exo.n_points=2) as in that run",
            )
        else:
            values, old = resample_npoint(exo, n_points), f"torque curve of {len(exo) // 2} points"
    except ValueError as error:
        raise _refusal(stored, table, f"its torque curve is unusable ({error}); give another file") from error
    warnings.warn(f"{stored.source}: {old} resampled to {n_points}, peak kept", stacklevel=2)
    return values


def _exo_kind(layout: str) -> str:
    """Return four_param, npoint, impedance, own_<Name>, or an empty text for a layout without an exo."""
    kind = layout.partition("-")[2]
    return kind if kind.startswith(OWN_PREFIX) else kind.rstrip("0123456789").removeprefix("stride_")


def _check_kind(stored: StoredVector, table: ParameterTable, n_human: int) -> None:
    """Refuse what the length alone would let pass: the other dimensionality, another exo curve, renamed entries."""
    if stored.layout is None:
        n_stored = stored.vector.shape[0]
        # A 2D vector with ten or more points of torque is as long as a 3D one.
        if table.layout.startswith("2d") and n_stored >= _HUMAN_3D and n_stored != len(table):
            raise _refusal(stored, table, "give the best_parameters.json of the run, which names its layout")
        return
    if legs_of(stored.layout) != legs_of(table.layout):
        raise _refusal(
            stored, table, f"control.legs={legs_of(stored.layout)}, or a vector of legs that share their gains"
        )
    if stored.layout.partition("-")[0] != table.layout.partition("-")[0]:
        raise _refusal(stored, table)
    kind, wanted = _exo_kind(stored.layout), _exo_kind(table.layout)
    own = any(name.startswith(OWN_PREFIX) for name in (kind, wanted))
    if own and kind and wanted and (kind != wanted or stored.names not in (None, table.names)):
        raise _refusal(stored, table, "start from a vector of the same controller, or from one without a device")
    if kind not in ("", _FOUR_PARAM, _NPOINT, "impedance") and not own:
        # More than a human and an exo, e.g. slopes over conditions: no single walk is in it.
        raise _refusal(stored, table)
    if _exo_kind(stored.layout) == _NPOINT and _exo_kind(table.layout) == _FOUR_PARAM:
        raise _refusal(stored, table, "points do not become four parameters: set exo=npoint, or start without exo")
    if stored.names is not None and stored.names[:n_human] != table.names[:n_human]:
        raise _refusal(stored, table, "its parameters have other names; it was written by another version")


def _refusal(stored: StoredVector, table: ParameterTable, remedy: str = "") -> LayoutError:
    layout = f"layout {stored.layout}" if stored.layout else "an unnamed layout"
    return LayoutError(
        f"{stored.source} has {stored.vector.shape[0]} entries of {layout}",
        f"layout {table.layout} with {len(table)} entries, or its human part alone ({describe_lengths()})",
        remedy
        or "set the model and exo options as in the run that wrote it, choose another file, or "
        "optimizer.param_path=null for the start values of the controller",
    )
