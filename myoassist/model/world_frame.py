"""What of a compiled model moves, and places of what does not, in the world: a static body is part of the world."""

import mujoco
import numpy as np

_FAR = 1e4  # m; beyond every ground


def moving_bodies(model: mujoco.MjModel) -> np.ndarray:
    """Return whether each body moves, shape (nbody,), bool; those that are welded to the world do not."""
    return model.body_weldid != 0


def moving_geoms(model: mujoco.MjModel) -> np.ndarray:
    """Return whether each geom moves, shape (ngeom,), bool."""
    return moving_bodies(model)[model.geom_bodyid]


def moving_mass(model: mujoco.MjModel) -> float:
    """Return the mass of all that moves, kg: of the walker, without a ground that has a mass of its own."""
    return float(np.where(moving_bodies(model), model.body_mass, 0.0).sum())


def colliding_geoms(model: mujoco.MjModel) -> np.ndarray:
    """Return whether each geom can collide, by its flags or in a contact pair, shape (ngeom,), bool."""
    colliding = (model.geom_contype > 0) | (model.geom_conaffinity > 0)
    colliding[model.pair_geom1] = True
    colliding[model.pair_geom2] = True
    return colliding


def move_geom(model: mujoco.MjModel, geom: int, place_w: tuple[float | None, ...], upright: bool = False) -> None:
    """Move a geom that is part of the world to a place in the world, in place, however its body is shifted and turned.

    Args:
        model: Compiled model; no simulation of it may be running.
        geom: Geom of a body that does not move.
        place_w: Coordinates in the world, m; None keeps one.
        upright: Let its axes be those of the world.
    """
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    body = int(model.geom_bodyid[geom])
    wanted_w = [now if to is None else to for now, to in zip(data.geom_xpos[geom], place_w, strict=True)]
    model.geom_pos[geom] = data.xmat[body].reshape(3, 3).T @ (np.array(wanted_w) - data.xpos[body])
    if upright:
        mujoco.mju_negQuat(model.geom_quat[geom], data.xquat[body])
    # A geom compiled at the origin of its body, or turned as it, would not be asked where it is.
    model.geom_sameframe[geom] = mujoco.mjtSameFrame.mjSAMEFRAME_NONE
    if body > 0:
        # Boxes around the compiled geoms decide which ones are looked at; those of the world itself are not asked.
        first = int(model.body_bvhadr[body])
        model.bvh_aabb[first : first + int(model.body_bvhnum[body])] = [0.0, 0.0, 0.0, _FAR, _FAR, _FAR]
