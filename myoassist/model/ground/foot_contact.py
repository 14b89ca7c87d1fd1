"""Replace the meshes that meet the ground by capsules across the foot, fitted to the underside of each mesh."""

import mujoco
import numpy as np

RADIUS = 0.01  # m
N_CAPSULES = 3  # per mesh: rear end, middle, front end


def add_capsules(spec: mujoco.MjSpec, compiled: mujoco.MjModel) -> None:
    """Let capsules collide instead of the foot meshes, which stay to be drawn.

    Args:
        spec: Spec whose foot geoms are marked by `conaffinity`.
        compiled: The same spec, compiled.
    """
    touch_sites = [spec.site(s.objname) for s in spec.sensors if s.type == mujoco.mjtSensor.mjSENS_TOUCH]
    for geom in list(spec.geoms):
        if geom.conaffinity == 0 or geom.parent.name == "world":
            continue
        index = compiled.geom(geom.name).id
        if compiled.geom_type[index] != mujoco.mjtGeom.mjGEOM_MESH:
            continue
        geom.conaffinity = 0
        friction, margin = geom.friction.copy(), compiled.geom_margin[index]
        capsules = fit_capsules(mesh_vertices(compiled, index))
        for site in touch_sites:
            if site.parent.name == geom.parent.name:
                _enclose(site, capsules)
        for number, (inner, outer) in enumerate(capsules):
            geom.parent.add_geom(
                name=f"{geom.name}_capsule{number}",
                type=mujoco.mjtGeom.mjGEOM_CAPSULE,
                fromto=[*inner, *outer],
                size=[RADIUS, 0.0, 0.0],
                contype=0,
                conaffinity=1,
                mass=0.0,
                group=3,
                friction=friction,
                margin=margin,
                rgba=[0.4, 0.7, 0.5, 0.5],
            )


def _enclose(site: mujoco.MjsSite, capsules: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Let a touch site's box hold all capsules of its body, so that the sensor counts every contact."""
    ends = np.array(capsules).reshape(-1, 3)
    low, high = ends.min(axis=0) - 2 * RADIUS, ends.max(axis=0) + 2 * RADIUS
    site.pos, site.quat, site.size = (low + high) / 2, [1.0, 0.0, 0.0, 0.0], (high - low) / 2


def mesh_vertices(compiled: mujoco.MjModel, geom: int) -> np.ndarray:
    """Return the vertices of a mesh geom in the frame of its body, m, shape (n, 3)."""
    mesh = int(compiled.geom_dataid[geom])
    start = compiled.mesh_vertadr[mesh]
    vertices = compiled.mesh_vert[start : start + compiled.mesh_vertnum[mesh]].astype(float)
    matrix = np.zeros(9)
    mujoco.mju_quat2Mat(matrix, compiled.geom_quat[geom])
    return vertices @ matrix.reshape(3, 3).T + compiled.geom_pos[geom]


def fit_capsules(vertices: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the axes of capsules of `RADIUS` across a foot whose lowest points touch the hull's underside.

    Args:
        vertices: Points in the body frame (x forward, y up, z right), m, shape (n, 3).

    Returns:
        End points of each axis, rear to front.
    """
    rear, front = vertices[:, 0].min() + RADIUS, vertices[:, 0].max() - RADIUS
    width = (front - rear) / N_CAPSULES
    capsules = []
    for x in np.linspace(rear, front, N_CAPSULES):
        near = vertices[np.abs(vertices[:, 0] - x) <= max(width / 2, RADIUS)]
        low = near[:, 1].min()
        sole = near[near[:, 1] <= low + RADIUS]
        y = low + RADIUS
        left, right = sole[:, 2].min() + RADIUS, sole[:, 2].max() - RADIUS
        if left >= right:
            left = right = 0.5 * (left + right)
            left, right = left - 0.001, right + 0.001
        capsules.append((np.array([x, y, left]), np.array([x, y, right])))
    return capsules
