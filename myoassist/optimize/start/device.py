"""Bring a stored vector to the device of a run: by name where a prosthesis takes entries away."""

import warnings
from dataclasses import replace

import numpy as np

from myoassist.control.table import build_table
from myoassist.optimize.start.vector_file import StoredVector
from myoassist.space.table import ParameterTable


def fit_stored(stored: StoredVector, table: ParameterTable) -> StoredVector:
    """Return a stored vector in the human layout of a table, its device entries kept where both mean the same.

    A vector without names, or of the other dimensionality, is returned as it is: the caller refuses it or not.

    Args:
        stored: Vector as it lies on disk.
        table: Parameters of the run.
    """
    if stored.names is None or stored.layout is None:
        return stored
    old_body, _, old_exo = stored.layout.partition("-")
    new_body, _, new_exo = table.layout.partition("-")
    same_exo = _kind(old_exo) == _kind(new_exo) or not old_exo
    # What is carried over by name below is a part of the reflexes.
    if any(mark in old_body + new_body for mark in (".cpg", ".network", ".own_")):
        return stored
    if ".ind" in old_body + new_body or (old_body == new_body and (same_exo or not _foreign(old_exo, new_exo))):
        return stored
    if old_body.partition(".")[0] != new_body.partition(".")[0] or old_body[:2] not in ("2d", "3d"):
        return stored
    values = dict(zip(stored.names, stored.vector.tolist(), strict=True))
    human = build_table(int(new_body[0])).names
    wanted = [name for name in table.names[: table.group_slice("exo").start] if name in human]
    # What a prosthesis took away starts from the table when the leg is whole again.
    defaults = dict(zip(table.names, table.initial.tolist(), strict=True))
    missing = [name for name in wanted if name not in values]
    if any(not name.startswith(("act_", "ankle_", "knee_")) for name in missing):
        return stored
    names, vector = list(wanted), [values.get(name, defaults[name]) for name in wanted]
    layout = new_body
    if old_exo and old_body == new_body and same_exo:
        layout = stored.layout
    elif old_exo and _kind(old_exo) == "impedance" == _kind(new_exo):
        own = [name for name in table.names[table.group_slice("exo")] if name in values]
        if len(own) == len(table) - len(wanted):
            names += own
            vector += [values[name] for name in own]
            layout = table.layout
    elif old_exo and new_exo and not _foreign(old_exo, new_exo):
        own = [name for name in stored.names if name not in human]
        names += own
        vector += [values[name] for name in own]
        layout = f"{new_body}-{old_exo}"
    elif old_exo and new_exo:
        warnings.warn(
            f"the start vector was found with another device ({old_exo}, here {new_exo}): its reflexes are taken over, "
            f"the entries of the device start anew ({stored.source})",
            stacklevel=3,
        )
    return replace(stored, vector=np.array(vector), layout=layout, names=tuple(names))


def _kind(exo: str) -> str:
    return exo if exo.startswith("own_") else exo.rstrip("0123456789")


def _foreign(old: str, new: str) -> bool:
    """Say whether device entries cannot be converted: another clock, a curve against impedances, own ones."""
    if not old or not new:
        return _kind(old) == "impedance" or old.startswith("own_")
    if "own_" in (old[:4], new[:4]):
        return _kind(old) != _kind(new)
    return old.startswith("stride_") != new.startswith("stride_") or "impedance" in (_kind(old), _kind(new))
