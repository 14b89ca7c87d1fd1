"""Coordinates that follow another one by a polynomial, such as the kneecap or the linkage of a device."""

from collections.abc import Iterable

import mujoco
import numpy as np

Coupling = tuple[int, int, np.ndarray]
# The model library holds a coupling with a time constant of 20 ms on bodies of 1 g, a spring of 25 kN/m, which muscles
# stretch by centimetres. The shortest constant that MuJoCo keeps at the longest time step is twice this step. An
# armature lets the solver pull harder; what it adds to the inertia of the joint is at most 0.1 % of the shank's.
_TIME_CONSTANT = 0.004  # s
_ARMATURE = 0.1  # kg


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


def firm_couplings(spec: mujoco.MjSpec, worn: str | None = None) -> None:
    """Let the coupled coordinates of the legs follow their joints whatever muscles pull at them, in place.

    Their own ranges are lifted: a few end before the polynomial does, and two constraints would fight.

    Args:
        spec: Spec with joint couplings.
        worn: Begin of the names of the bodies of a device, whose linkages stay as they are; None for none.
    """
    for equality in spec.equalities:
        if equality.type != mujoco.mjtEq.mjEQ_JOINT or not equality.name2:
            continue
        joint = spec.joint(equality.name1)
        if worn is not None and joint.parent.name.startswith(worn):
            continue
        equality.solref[0] = _TIME_CONSTANT
        joint.limited = mujoco.mjtLimited.mjLIMITED_FALSE
        if joint.type == mujoco.mjtJoint.mjJNT_SLIDE:
            joint.armature = max(float(joint.armature), _ARMATURE)
