"""Coordinates that follow another one by a polynomial, such as the kneecap or the linkage of a device."""

from collections.abc import Iterable

import mujoco
import numpy as np

Coupling = tuple[int, int, np.ndarray]


def find_couplings(model: mujoco.MjModel) -> list[Coupling]:
    """Return (dependent address, independent address, polynomial from the highest power) of each joint coupling."""
    rows = []
    for i in np.flatnonzero(model.eq_type == mujoco.mjtEq.mjEQ_JOINT):
        if model.eq_obj2id[i] < 0:
            continue
        dependent = int(model.jnt_qposadr[model.eq_obj1id[i]])
        independent = int(model.jnt_qposadr[model.eq_obj2id[i]])
        rows.append((dependent, independent, model.eq_data[i, 4::-1].copy()))
    return rows


def follow_couplings(couplings: Iterable[Coupling], qpos0: np.ndarray, qpos: np.ndarray) -> None:
    """Move every coupled coordinate onto its polynomial of the independent one, in place.

    Args:
        couplings: As `find_couplings` lists them; in order, so that one may follow a coordinate that itself follows.
        qpos0: Positions that the polynomials count from, shape (nq,).
        qpos: Positions that are changed, shape (nq,).
    """
    for dependent, independent, polynomial in couplings:
        qpos[dependent] = qpos0[dependent] + np.polyval(polynomial, qpos[independent] - qpos0[independent])
