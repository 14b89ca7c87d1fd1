"""Give an own file the contacts and the solver that MuJoCo 3.3 would have given it.

Since then the margins of two geoms that meet are added, where the larger one was taken; a gap keeps its contacts apart
from the margin instead of being taken off it; and the Newton solver ends earlier at the same tolerance.
"""

from itertools import combinations

import mujoco
import numpy as np

# Small enough for the solver to go on until nothing changes, as it did.
TOLERANCE = 1e-15


def ground_geoms(model: mujoco.MjModel) -> np.ndarray:
    """Return the ids of geoms that collide and are fixed to the world, in whatever static body they lie."""
    return np.flatnonzero(_colliding(model) & (model.body_weldid[model.geom_bodyid] == 0)).astype(np.int64)


def _colliding(model: mujoco.MjModel) -> np.ndarray:
    return (model.geom_contype > 0) | (model.geom_conaffinity > 0)


def match_older(spec: mujoco.MjSpec) -> mujoco.MjModel:
    """Edit the spec of an own file so that MuJoCo 3.3's contact margins and solver tolerance hold; return the model.

    The ground gets no margin, so that a foot on it has that of the foot. Whatever the sum of two margins does not give
    becomes a contact pair: two feet, and a foot on ground of a larger margin. Pairs that the file itself lists have
    their own margins, in both versions.

    Args:
        spec: Spec of the file, edited in place.
    """
    spec.option.tolerance = min(spec.option.tolerance, TOLERANCE)
    model = spec.compile()
    margin, gap = model.geom_margin.copy(), model.geom_gap.copy()
    geoms = {geom.id: geom for geom in spec.geoms}
    _name(geoms)
    ground = set(ground_geoms(model).tolist())
    for i in np.flatnonzero(_colliding(model)):
        geoms[int(i)].margin = 0.0 if i in ground else margin[i] - gap[i]
        geoms[int(i)].gap = 0.0
    for pair in spec.pairs:
        pair.margin, pair.gap = pair.margin - pair.gap, 0.0
    for one, other in _meeting(model):
        wanted = max(margin[one], margin[other]) - max(gap[one], gap[other])
        if geoms[one].margin + geoms[other].margin != wanted:
            _add_pair(spec, model, geoms, one, other, wanted)
    return spec.compile()


def _name(geoms: dict[int, mujoco.MjsGeom]) -> None:
    """Name geoms that have no name, because pairs are made by name."""
    taken = {geom.name for geom in geoms.values()}
    for number, geom in geoms.items():
        if not geom.name:
            name = f"geom_{number}"
            while name in taken:
                name += "_"
            geom.name = name
            taken.add(name)


def _meeting(model: mujoco.MjModel) -> list[tuple[int, int]]:
    """Return the pairs of geoms that MuJoCo itself would look at."""
    geoms = np.flatnonzero(_colliding(model)).tolist()
    excluded = {int(signature) for signature in model.exclude_signature}
    listed = {frozenset(pair) for pair in zip(model.pair_geom1.tolist(), model.pair_geom2.tolist(), strict=True)}
    parents_meet = bool(model.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_FILTERPARENT)
    found = []
    for one, other in combinations(geoms, 2):
        bodies = sorted((int(model.geom_bodyid[one]), int(model.geom_bodyid[other])))
        first, second = (int(model.body_weldid[body]) for body in bodies)
        if first == second or frozenset((one, other)) in listed or (bodies[0] << 16) + bodies[1] in excluded:
            continue
        if not parents_meet and first and second:
            parents = [int(model.body_weldid[model.body_parentid[body]]) for body in (first, second)]
            if first == parents[1] or second == parents[0]:
                continue
        masks = [(int(model.geom_contype[i]), int(model.geom_conaffinity[i])) for i in (one, other)]
        if masks[0][0] & masks[1][1] or masks[1][0] & masks[0][1]:
            found.append((one, other))
    return found


def _add_pair(
    spec: mujoco.MjSpec, model: mujoco.MjModel, geoms: dict[int, mujoco.MjsGeom], one: int, other: int, margin: float
) -> None:
    """Add a pair whose contacts are, but for the margin, those that MuJoCo makes of the two geoms."""
    condim, friction, solref, solimp = _mix(model, one, other)
    pair = spec.add_pair(geomname1=geoms[one].name, geomname2=geoms[other].name, margin=margin, gap=0.0)
    pair.condim = condim
    # Sliding and rolling friction hold in two directions each.
    pair.friction = friction[[0, 0, 1, 2, 2]]
    pair.solref, pair.solimp = solref, solimp


def _mix(model: mujoco.MjModel, one: int, other: int) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Return condim, friction, solref and solimp of a contact of two geoms, by MuJoCo's rules."""
    # Its order, on which the last bit of a mean depends.
    one, other = sorted((one, other), key=lambda geom: int(model.geom_type[geom]))
    priority = int(model.geom_priority[one]) - int(model.geom_priority[other])
    if priority:
        chosen = one if priority > 0 else other
        return (
            int(model.geom_condim[chosen]),
            model.geom_friction[chosen],
            model.geom_solref[chosen],
            model.geom_solimp[chosen],
        )
    weights = np.array([model.geom_solmix[one], model.geom_solmix[other]])
    small = weights < mujoco.mjMINVAL
    share = float(weights[0] / weights.sum()) if not small.any() else (0.5 if small.all() else float(not small[0]))
    solrefs = model.geom_solref[[one, other]]
    # A negative first number stands for stiffness and damping, of which the softer counts.
    solref = share * solrefs[0] + (1 - share) * solrefs[1] if (solrefs[:, 0] > 0).all() else solrefs.min(axis=0)
    solimp = share * model.geom_solimp[one] + (1 - share) * model.geom_solimp[other]
    condim = int(max(model.geom_condim[one], model.geom_condim[other]))
    return condim, np.maximum(model.geom_friction[one], model.geom_friction[other]), solref, solimp
