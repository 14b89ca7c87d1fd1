"""Bring a stored vector to the device of a run: by name where a prosthesis takes entries away."""

import warnings
from dataclasses import replace

import numpy as np

from myoassist.config.schema.control import HUMAN_CONTROLLERS, ControlConfig
from myoassist.control.entries import human_entries
from myoassist.control.legs import BILATERAL, SHARED, legs_of
from myoassist.control.table import join_table
from myoassist.optimize.start.vector_file import StoredVector
from myoassist.space.parameter import Entries
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
    controllers = [_controller(body) for body in (old_body, new_body)]
    if controllers[0] != controllers[1] or controllers[0] is None or legs_of(old_body) != legs_of(new_body):
        return stored
    if ".ind" in old_body + new_body or (old_body == new_body and (same_exo or not _foreign(old_exo, new_exo))):
        return stored
    if old_body.partition(".")[0] != new_body.partition(".")[0] or old_body[:2] not in ("2d", "3d"):
        return stored
    values = dict(zip(stored.names, stored.vector.tolist(), strict=True))
    human = _human_names(controllers[0], int(new_body[0]), legs_of(new_body))
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


def _controller(body: str) -> str | None:
    """Return reflex or guided for the name of a layout; None for others, of which nothing is carried over by name."""
    marks = [mark.rstrip("0123456789") for mark in body.split(".")[1:]]
    if "guided" in marks:
        return "guided"
    others = [name for name in HUMAN_CONTROLLERS if name != "reflex"]
    return None if any(mark in others or mark.startswith("own_") for mark in marks) else "reflex"


def _human_names(controller: str, dimensions: int, legs: str) -> tuple[str, ...]:
    """Return the names of the human part of a walk without a device, of both legs where they have their own."""
    legs = SHARED if legs == SHARED else BILATERAL
    rows = human_entries(ControlConfig(controller=controller), dimensions)
    return join_table(rows, Entries(), dimensions=dimensions, init_pose="walk_left", legs=legs).names


def _kind(exo: str) -> str:
    return exo if exo.startswith("own_") else exo.rstrip("0123456789")


def _foreign(old: str, new: str) -> bool:
    """Say whether device entries cannot be converted: another clock, a curve against impedances, own ones."""
    if not old or not new:
        return _kind(old) == "impedance" or old.startswith("own_")
    if "own_" in (old[:4], new[:4]):
        return _kind(old) != _kind(new)
    return old.startswith("stride_") != new.startswith("stride_") or "impedance" in (_kind(old), _kind(new))
