"""The start vector: the table's initial values, or a stored vector brought to the layout of this run."""

import numpy as np

from myoassist.config.errors import LayoutError
from myoassist.config.schemas import RunConfig
from myoassist.config.start_point import resolve_param_path
from myoassist.optimize.vector_file import StoredVector, find_vector_file, read_vector
from myoassist.reflex.parameters import ParameterTable, describe_lengths

# Entries of the human part in 3D.
_HUMAN_3D = 97


def load_start(config: RunConfig, table: ParameterTable, clamp: bool = True) -> np.ndarray:
    """Return the raw start vector of a run, shape (D,).

    Without `optimizer.param_path` these are the initial values of the table. Otherwise the stored vector is taken: exo
    entries are appended with their defaults where it has none, and dropped where the run has no exo. Fixed entries
    keep the value that the table gives them.

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
        LayoutError: naming both layouts, if the two share no human part or have different exo parts.
    """
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
    if n_exo != len(table) - n_human:
        if "npoint" in table.layout and n_exo % 2 == 0:
            raise _refusal(stored, table, "changing the number of points of a torque curve is not available yet")
        raise _refusal(stored, table)
    return table.check(stored.vector, stored.source)


def _check_kind(stored: StoredVector, table: ParameterTable, n_human: int) -> None:
    """Refuse what the length alone would let pass: the other dimensionality, another exo curve, renamed entries."""
    if stored.layout is None:
        n_stored = stored.vector.shape[0]
        # A 2D vector with ten or more points of torque is as long as a 3D one.
        if table.layout.startswith("2d") and n_stored >= _HUMAN_3D and n_stored != len(table):
            raise _refusal(stored, table, "give the best_parameters.json of the run, which names its layout")
        return
    human, _, exo = stored.layout.partition("-")
    own_human, _, own_exo = table.layout.partition("-")
    if human != own_human or (exo and own_exo and exo != own_exo):
        raise _refusal(stored, table)
    if stored.names is not None and stored.names[:n_human] != table.names[:n_human]:
        raise _refusal(stored, table, "its parameters have other names; it was written by another version")


def _refusal(stored: StoredVector, table: ParameterTable, remedy: str = "") -> LayoutError:
    layout = f"layout {stored.layout}" if stored.layout else "an unnamed layout"
    return LayoutError(
        f"{stored.source} has {stored.vector.shape[0]} entries of {layout}",
        f"layout {table.layout} with {len(table)} entries, or its human part alone ({describe_lengths()})",
        remedy or "set the model and exo options as in the run that wrote it, or choose another file",
    )
