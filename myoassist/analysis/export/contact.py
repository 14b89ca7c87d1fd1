"""Ground reaction force and centre of pressure of each foot, from the contacts of a walk that is simulated again."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.model.build import Walker
from myoassist.model.layout import FRAMES, SIDES
from myoassist.model.world_frame import moving_bodies
from myoassist.rollout.simulator import make_simulator

_FOOT_FRAMES = ("talus", "calcn", "toes")
# What a geom belongs to if to no foot.
GROUND, BODY = -2, -1


@dataclass(frozen=True)
class GroundReaction:
    """What the ground does to the feet; legs in the order r, l, world frame: x forward, y left, z up.

    Attributes:
        force_w: Force, N, shape (T, 2, 3).
        point_w: Centre of pressure, m, shape (T, 2, 3); zero without contact.
        moment_w: Free moment about the centre of pressure, N·m, shape (T, 2, 3).
        repeated: Whether the walk came out bit for bit as it was evaluated.
    """

    force_w: np.ndarray
    point_w: np.ndarray
    moment_w: np.ndarray
    repeated: bool


def measure_ground_reaction(evaluation: Evaluation) -> GroundReaction:
    """Simulate an evaluated walk again, step by step, and sum the contact forces of each foot.

    Args:
        evaluation: The walk; its log is not changed.
    """
    walker, config = evaluation.walker, evaluation.config
    simulator = make_simulator(config, walker)
    legs = _leg_of_geom(walker)
    samples: list[np.ndarray] = []
    log = simulator.simulate_slowly(
        evaluation.vector, observe=lambda data: samples.append(sum_contacts(walker.model, data, legs))
    )
    loads = np.array(samples).reshape(-1, 2, 9)[: evaluation.log.n_steps]
    repeated = log.flat.shape == evaluation.log.flat.shape and np.array_equal(log.flat, evaluation.log.flat)
    return GroundReaction(loads[..., :3], loads[..., 3:6], loads[..., 6:], repeated)


def sum_contacts(model: mujoco.MjModel, data: mujoco.MjData, legs: np.ndarray) -> np.ndarray:
    """Return force, centre of pressure and free moment of each leg, world frame, shape (2, 9).

    The centre of pressure is the mean of the contact points weighted by their normal forces; with the points in one
    plane, the moment that is left is about the normal of the ground.

    Args:
        model: Compiled model.
        data: State after `mj_forward`.
        legs: Leg of each geom, 0 right, 1 left, GROUND for all that does not move, BODY for others, shape (ngeom,).
    """
    loads = np.zeros((2, 9))
    contacts: tuple[list, list] = ([], [])
    wrench = np.zeros(6)
    for index in range(data.ncon):
        contact = data.contact[index]
        first, second = (int(legs[geom]) for geom in contact.geom)
        # A foot meets the ground; two parts of the body that touch are no ground reaction.
        if GROUND not in (first, second) or max(first, second) < 0:
            continue
        mujoco.mj_contactForce(model, data, index, wrench)
        # The force is that of the first geom on the second, in rows of the contact frame.
        sign = 1.0 if second >= 0 else -1.0
        axes_w = contact.frame.reshape(3, 3)
        force_w, moment_w = sign * (wrench[:3] @ axes_w), sign * (wrench[3:] @ axes_w)
        contacts[max(first, second)].append((wrench[0], contact.pos.copy(), force_w, moment_w))
    for leg, found in enumerate(contacts):
        normal = sum(item[0] for item in found)
        if normal <= 0.0:
            continue
        point_w = sum(item[0] * item[1] for item in found) / normal
        loads[leg, :3] = sum(item[2] for item in found)
        loads[leg, 3:6] = point_w
        loads[leg, 6:] = sum(np.cross(item[1] - point_w, item[2]) + item[3] for item in found)
    return loads


def _leg_of_geom(walker: Walker) -> np.ndarray:
    """Return the leg whose foot a geom is of, else GROUND or BODY; worn parts move with the foot that carries them."""
    model, layout = walker.model, walker.layout
    leg_of_body = np.where(moving_bodies(model), BODY, GROUND)
    for leg, side in enumerate(SIDES):
        for frame in _FOOT_FRAMES:
            leg_of_body[layout.frame_body[FRAMES.index(f"{frame}_{side}")]] = leg
    # Children have higher numbers than their parents.
    for body in range(1, model.nbody):
        if leg_of_body[body] == BODY:
            leg_of_body[body] = max(leg_of_body[model.body_parentid[body]], BODY)
    return leg_of_body[model.geom_bodyid]
