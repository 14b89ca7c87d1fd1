"""The right leg of the human body on the way that people's legs go: paths, arms, what muscles have to do, what they do.

Curves are those of `myoassist.gait.reference.human` (Schwartz, Rozumalski & Trost 2008) at one of their speeds; the leg
is upright (hip angles count against the pelvis, whose mean tilt is taken away), the toes are straight. Moments are
flexion and dorsiflexion positive here, extension and plantarflexion in the data.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from least_cubes import share
from leg_geometry import leg_geometry
from scipy.interpolate import CubicSpline

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.gait.reference.human import EMG, GRAVITY, match_reference
from myoassist.model.build import Walker, build_walker
from myoassist.model.kernel import kernel
from myoassist.model.plant.curves import Curves, make_curves
from myoassist.model.plant.fibres import STATE_SIZE
from myoassist.model.plant.joints import LIGAMENTS
from myoassist.people.tables import load_gait
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from myoassist.rollout.muscle import fibre as f
from myoassist.rollout.muscle.tendon import make_fibres

LEG = 0.9  # m, hip joint to floor
# v / sqrt(g L), means of the data. The body is judged, and its passive fibres were fitted, at the middle three.
SPEEDS = {"slow": 0.2902, "free": 0.42939, "fast": 0.55986}
ALL_SPEEDS = {"very_slow": 0.1721, **SPEEDS, "very_fast": 0.6938}
JOINTS = ("hip", "knee", "ankle")
STEP = 0.001  # s, of moved fibres
TURNS = 3  # strides until they repeat
LEAST = f.LEAST_ACTIVATION
_LIGAMENT_JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
_ROUNDS, _RELAXED, _SETTLED = 40, 0.5, 0.005
_RESERVE, _RESERVE_SCALE = 1000.0, 10.0  # cost of a squared reserve, N·m of a reserve of 1


@dataclass(frozen=True)
class Leg:
    """Muscles of the right leg.

    Attributes:
        walker: Compiled walker.
        names: Muscles, without their side.
        constants: Shape (n, 8), columns of `rollout.muscle.fibre`.
        dynamics: Time constants of activation and deactivation, s, and the width of their blend, shape (n, 3).
    """

    walker: Walker
    names: tuple[str, ...]
    constants: np.ndarray
    dynamics: np.ndarray


@dataclass(frozen=True)
class Way:
    """What people do at one speed, and the muscles' geometry on that way; samples are every 2 % of the stride.

    Attributes:
        name: Name of the speed.
        speed: m/s.
        stride: Time of a stride, s.
        mass: Of the body, kg.
        lengths: Spline of path lengths over time, m.
        rates: Their rates, m/s, shape (51, n).
        arms: Moment arms, m, shape (51, 3 or 4, n).
        moment: Measured moment, N·m, shape (51, 3 or 4).
        spread: Standard deviation of people's moments, N·m, shape (51, 3).
        ligament: What ligaments give of it, N·m, shape (51, 3).
        emg: By electrode, share of the muscle's own maximum, shape (51,).
    """

    name: str
    speed: float
    stride: float
    mass: float
    lengths: CubicSpline
    rates: np.ndarray
    arms: np.ndarray
    moment: np.ndarray
    spread: np.ndarray
    ligament: np.ndarray
    emg: Mapping[str, np.ndarray]

    @property
    def peak(self) -> np.ndarray:
        """Largest measured moment of each joint, N·m, shape (3,)."""
        return np.abs(self.moment).max(axis=0)

    @property
    def phase(self) -> np.ndarray:
        """Times of the samples, s, shape (51,)."""
        return np.linspace(0.0, self.stride, len(self.moment))

    @property
    def times(self) -> np.ndarray:
        """Times of the steps of moved fibres, s."""
        return np.arange(0.0, self.stride, STEP)


def build_leg(musculature: int, plant: str = "human") -> Leg:
    """Build a human body and return the muscles of its right leg."""
    walker = build_walker(ModelConfig(musculature=musculature, plant=plant), EnvConfig(init_pose="stand"))
    right = [i for i, name in enumerate(walker.layout.muscle_names) if name.endswith("_r")]
    fibres = make_fibres(walker, np.zeros(walker.model.nuserdata))
    dynamics = walker.model.actuator_dynprm[walker.layout.all_muscles[right], :3]
    names = tuple(walker.layout.muscle_names[i][:-2] for i in right)
    return Leg(walker, names, fibres.constants[right], np.ascontiguousarray(dynamics))


def walked_angles(name: str) -> np.ndarray:
    """Return hip, knee and ankle of people at a speed of `ALL_SPEEDS`, deg, the leg upright, shape (51, 3)."""
    people = match_reference(ALL_SPEEDS[name] * float(np.sqrt(GRAVITY * LEG)), LEG)
    angles = np.stack([people.curves[joint][0] for joint in JOINTS], axis=1)
    angles[:, 0] -= people.curves["pelvis"][0].mean()
    angles[-1] = angles[0]
    return angles


def make_way(leg: Leg, name: str, ligaments: bool = True, frontal: bool = False) -> Way:
    """Return what people do at a speed of `ALL_SPEEDS`; without ligaments, muscles give the whole moment.

    A frontal way has the adduction of the hip and its moment, adduction positive, as a fourth joint.
    """
    walker = leg.walker
    speed = ALL_SPEEDS[name] * float(np.sqrt(GRAVITY * LEG))
    people = match_reference(speed, LEG)
    angles, joints = walked_angles(name), JOINTS
    if frontal:
        adduction = load_gait().curves["hip_adduction"][0][list(ALL_SPEEDS).index(name)]
        angles, joints = np.column_stack([angles, adduction]), (*JOINTS, "hip_abduction")
        angles[-1] = angles[0]
    stride = people.figures["stride_time_s"][0]
    geometry = leg_geometry(walker, angles)
    lengths = geometry.lengths
    lengths[-1] = lengths[0]
    spline = CubicSpline(np.linspace(0.0, stride, len(lengths)), lengths, bc_type="periodic")
    held = np.zeros_like(angles)
    for item in LIGAMENTS if ligaments else ():
        if item.joint in _LIGAMENT_JOINTS:
            column = _LIGAMENT_JOINTS.index(item.joint)
            held[:, column] -= item.direction * item.torque(angles[:, column])
    table = load_gait().curves
    place = list(ALL_SPEEDS).index(name)
    mean, sd = (np.stack([table[f"{joint}_moment"][kind][place] for joint in joints], axis=1) for kind in (0, 1))
    return Way(
        name,
        speed,
        stride,
        walker.mass,
        spline,
        spline(np.linspace(0.0, stride, len(lengths)), 1),
        geometry.arms,
        -walker.mass * mean,
        walker.mass * sd,
        held,
        {electrode: people.curves[f"emg_{electrode}"][0] for electrode in EMG},
    )


def optimize(leg: Leg, way: Way) -> tuple[np.ndarray, np.ndarray]:
    """Find the activations with the least sum of cubes that give the measured moments, tendons rigid.

    Source: Crowninshield & Brand, J Biomech 14:793 (1981).

    Returns:
        Activations, shape (51, n), and what is left of the moments, N·m, shape (51, 3).

    Raises:
        RuntimeError: if a sample has no optimum.
    """
    curves, lengths = make_curves(), way.lengths(way.phase)
    force, s = np.zeros((2, *way.rates.shape)), np.zeros(STATE_SIZE)
    for row, a in zip(force, (LEAST, 1.0), strict=True):
        for k, i in np.ndindex(*way.rates.shape):
            f.solve_rigid(leg.constants[i], s, curves, lengths[k, i], way.rates[k, i], a)
            row[k, i] = s[f.TENSION]
    gain = (force[1] - force[0]) / (1.0 - LEAST)
    return share_moments(way, gain, force[0] - LEAST * gain)


def optimize_elastic(leg: Leg, way: Way, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the same with elastic tendons: fibres are moved, then activations shared anew, until both agree.

    Args:
        leg: Muscles.
        way: What they do.
        start: Activations to begin with, shape (51, n).

    Returns:
        Activations, shape (51, n), and what the moved fibres leave of the moments, N·m, shape (51, 3).
    """
    activation = start
    for _ in range(_ROUNDS):
        states = move(leg, way, spread_out(way, activation))
        tension, active, length = (gather(way, states[:, :, c]) for c in (f.TENSION, f.ACTIVE, f.LENGTH))
        cosine = np.sqrt(1.0 - (leg.constants[:, f.WIDTH] / length) ** 2)
        # Of a slower fibre each part of activation is worth more; that shows in the next round.
        gain = cosine * active / np.maximum(activation, LEAST)
        wanted, _ = share_moments(way, gain, tension - gain * activation)
        change = wanted - activation
        activation = activation + _RELAXED * change
        activation[-1] = activation[0] = 0.5 * (activation[0] + activation[-1])
        if np.abs(change).max() < _SETTLED:
            break
    return activation, way.moment - moments_of(way, move(leg, way, spread_out(way, activation)))


def share_moments(way: Way, gain: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share the moments of every sample among muscles that pull with gain * activation + rest, N, each (51, n).

    Returns:
        Activations, shape (51, n), with the least sum of cubes, and reserve moments, N·m, shape (51, 3).

    Raises:
        RuntimeError: if a sample has no optimum.
    """
    target = way.moment - way.ligament - np.einsum("kjn,kn->kj", way.arms, rest)
    return share(way.arms * gain[:, np.newaxis, :], target, LEAST, _RESERVE_SCALE, _RESERVE)


def move(leg: Leg, way: Way, drive: np.ndarray) -> np.ndarray:
    """Move elastic fibres over strides until they repeat.

    Args:
        leg: Muscles.
        way: Their way.
        drive: Activations at `way.times`, shape (T, n).

    Returns:
        States of the last stride, shape (T, n, numbers of a state).
    """
    states = np.zeros((*drive.shape, STATE_SIZE))
    state = np.zeros((len(leg.names), STATE_SIZE))
    state[:, f.LENGTH] = 1.0
    path, curves = way.lengths(way.times), make_curves()
    for _ in range(TURNS):
        _move(leg.constants, state, curves, path, drive, STEP, states)
    return states


@kernel
def _move(
    constants: np.ndarray,
    state: np.ndarray,
    curves: Curves,
    path: np.ndarray,
    drive: np.ndarray,
    step: float,
    states: np.ndarray,
) -> None:
    for k in range(len(path)):
        for i in range(len(constants)):
            f.solve_elastic(constants[i], state[i], curves, path[k, i], drive[k, i], step)
            for column in range(state.shape[1]):
                states[k, i, column] = state[i, column]


def spread_out(way: Way, samples: np.ndarray) -> np.ndarray:
    """Return samples of the stride, shape (51, n), at `way.times`."""
    return np.stack([np.interp(way.times, way.phase, column) for column in samples.T], axis=1)


def gather(way: Way, values: np.ndarray) -> np.ndarray:
    """Return values at `way.times`, shape (T, n), at the samples of the stride."""
    return np.stack([np.interp(way.phase, way.times, column, period=way.stride) for column in values.T], axis=1)


def moments_of(way: Way, states: np.ndarray) -> np.ndarray:
    """Return the moments of moved fibres and ligaments, N·m, shape (51, 3)."""
    return np.einsum("kjn,kn->kj", way.arms, gather(way, states[:, :, f.TENSION])) + way.ligament


def as_log(leg: Leg, way: Way, drive: np.ndarray, states: np.ndarray) -> WalkLog:
    """Return moved fibres as the log of one leg, as the energy models read it."""
    layout = LogLayout(tuple(f"{name}_r" for name in leg.names), leg.constants[:, f.F_MAX], leg.constants[:, f.OPTIMAL])
    flat = np.zeros((len(drive), layout.size))
    layout.view(flat, "fiber_length")[:] = states[:, :, f.LENGTH]
    layout.view(flat, "fiber_velocity")[:] = states[:, :, f.SPEED]
    # The models read the force of the contractile part.
    layout.view(flat, "muscle_force")[:] = states[:, :, f.ACTIVE]
    layout.view(flat, "activation")[:] = layout.view(flat, "excitation")[:] = drive
    return WalkLog(layout, flat, STEP, len(drive), way.mass, Outcome.SURVIVED)
