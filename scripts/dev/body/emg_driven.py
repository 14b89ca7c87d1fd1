"""Moments of ankle and knee that measured EMG gives the human body, with one scale per muscle.

EMG times a scale is the excitation; activation dynamics and elastic fibres follow it on the way of the leg. Scales are
fitted to the measured moments at free speed, then kept. A small weight holds them near 1, so that a muscle that hardly
moves knee or ankle has one, too.
"""

from dataclasses import dataclass

import numpy as np
from person_leg import JOINTS, LEAST, STEP, TURNS, Leg, Way, gather, move, spread_out
from scipy.optimize import least_squares

from myoassist.gait.leg_strides import EMG_ACTUATORS
from myoassist.model.kernel import kernel
from myoassist.rollout.muscle import fibre as f
from myoassist.rollout.physics import mju_muscle_dynamics

JUDGED = ("knee", "ankle")
# Muscles without an electrode of their own that do the work of one with it.
SYNERGISTS = {
    "rectus_femoris": ("vasti", "vasint", "vaslat", "vasmed"),
    "medial_hamstrings": ("grac",),
    "lateral_hamstrings": ("bifemsh", "bfsh"),
    "tibialis_anterior": ("edl", "ehl"),
    "gastrocnemius": ("gaslat", "soleus", "fdl", "fhl", "tibpost", "perlong", "perbrev"),
}
OTHERS = ("synergists", "static", "none")  # what drives muscles without an electrode
GRID = np.linspace(0.0, 2.5, 26)
_NEAR_ONE = 0.05  # weight of the squared distance of a scale from 1 beside squared errors, shares of the peak
# Where the time of a peak is looked for, % of the stride, and which sign it has.
_PEAKS = {"ankle": (0, 100, -1.0), "knee": (4, 40, -1.0)}


@dataclass(frozen=True)
class Agreement:
    """How near a moment is to people's.

    Attributes:
        r: Correlation over the stride.
        rms: Root mean square difference, share of the largest measured moment.
        peak: Largest extending or plantarflexing moment, N·m/kg, and people's.
        time: When that is, % of the stride, and people's.
    """

    r: float
    rms: float
    peak: tuple[float, float]
    time: tuple[float, float]


def electrodes(name: str, others: str) -> tuple[tuple[str, ...], bool]:
    """Return whose EMG drives a muscle, none if it is not driven by EMG, and whether it is the muscle's own."""
    own = tuple(e for e, groups in EMG_ACTUATORS.items() if any(name in group for group in groups))
    if own or others != "synergists":
        return own, bool(own)
    return tuple(e for e, names in SYNERGISTS.items() if name in names), False


@kernel
def _activate(excitation: np.ndarray, dynamics: np.ndarray, turns: int, step: float, activation: np.ndarray) -> None:
    table = dynamics.ctypes.data
    a = excitation[0]
    for _ in range(turns):
        for k in range(len(excitation)):
            a += step * mju_muscle_dynamics(excitation[k], a, table)
            activation[k] = a


def activate(excitation: np.ndarray, dynamics: np.ndarray) -> np.ndarray:
    """Return the activation that follows a periodic excitation, shape (T,), by MuJoCo's activation dynamics."""
    activation = np.zeros(len(excitation))
    _activate(excitation, np.ascontiguousarray(dynamics), TURNS, STEP, activation)
    return np.maximum(activation, LEAST)


def needed_excitation(way: Way, activation: np.ndarray, dynamics: np.ndarray) -> np.ndarray:
    """Return the excitation that MuJoCo's activation dynamics need to follow an activation, shape (51,).

    Below 0 where the activation falls faster than they can.
    """
    rate = np.gradient(np.concatenate([activation[-2:-1], activation, activation[1:2]]))[1:-1] / way.phase[1]
    brake = 0.5 + 1.5 * activation
    return activation + rate * np.where(rate > 0.0, dynamics[0] * brake, dynamics[1] / brake)


class Driven:
    """Moments of one speed as a function of the scales: one of every electrode's own muscle, one of its synergists.

    Args:
        leg: Muscles.
        way: What they do.
        static: Activations of static optimization, shape (51, n), of muscles without an electrode.
        others: One of `OTHERS`.
        deactivation: Time constant, s; None is the body's.
        delay: From EMG to excitation, s.
    """

    def __init__(
        self, leg: Leg, way: Way, static: np.ndarray, others: str, deactivation: float | None = None, delay: float = 0.0
    ) -> None:
        self.way = way
        self.groups: dict[str, list[int]] = {}
        dynamics = leg.dynamics.copy()
        if deactivation is not None:
            dynamics[:, 1] = deactivation
        drive = np.full((len(GRID), len(way.times), len(leg.names)), LEAST)
        if others == "static":
            drive[:] = spread_out(way, static)
        for i, name in enumerate(leg.names):
            sources, own = electrodes(name, others)
            if not sources:
                continue
            self.groups.setdefault(" and ".join(sources) + ("" if own else ", synergists"), []).append(i)
            emg = np.mean([way.emg[source] for source in sources], axis=0)
            late = np.interp(way.times - delay, way.phase, emg, period=way.stride)
            for row, scale in zip(drive, GRID, strict=True):
                row[:, i] = activate(np.clip(scale * late, 0.0, 1.0), dynamics[i])
        # Moments by scale, sample, joint and muscle, N·m.
        tension = np.stack([gather(way, move(leg, way, row)[:, :, f.TENSION]) for row in drive])
        parts = way.arms * tension[:, :, np.newaxis, :]
        driven = [i for members in self.groups.values() for i in members]
        self.rest = way.ligament + np.delete(parts[0], driven, axis=2).sum(axis=2)
        self.parts = np.stack([parts[..., members].sum(axis=3) for members in self.groups.values()])

    def moments(self, scales: np.ndarray) -> np.ndarray:
        """Return moments of hip, knee and ankle with ligaments, N·m, shape (51, 3); a scale for each of `groups`."""
        place = np.clip(scales, GRID[0], GRID[-1]) / (GRID[1] - GRID[0])
        low = np.minimum(place.astype(int), len(GRID) - 2)
        total = self.rest.copy()
        for part, first, share in zip(self.parts, low, place - low, strict=True):
            total += (1.0 - share) * part[first] + share * part[first + 1]
        return total


def fit_scales(driven: Driven) -> np.ndarray:
    """Return the scales that give the measured moments of knee and ankle best."""
    columns, way = [JOINTS.index(joint) for joint in JUDGED], driven.way

    def miss(scales: np.ndarray) -> np.ndarray:
        error = (driven.moments(scales) - way.moment)[:, columns] / way.peak[columns]
        return np.concatenate([error.ravel() / np.sqrt(error.size), _NEAR_ONE * (scales - 1.0) / np.sqrt(len(scales))])

    start = np.full(len(driven.groups), 0.5)
    return least_squares(miss, start, bounds=(GRID[0], GRID[-1]), diff_step=0.02).x


def judge(way: Way, moment: np.ndarray) -> dict[str, Agreement]:
    """Return how near moments, shape (51, 3), are to people's, of ankle and knee."""
    found, percent = {}, np.linspace(0.0, 100.0, len(moment))
    for joint in JUDGED:
        column = JOINTS.index(joint)
        ours, people = moment[:, column], way.moment[:, column]
        first, last, sign = _PEAKS[joint]
        window = (percent >= first) & (percent <= last)
        tops = [np.where(window, sign * curve, -np.inf) for curve in (ours, people)]
        found[joint] = Agreement(
            float(np.corrcoef(ours, people)[0, 1]),
            float(np.sqrt(np.mean((ours - people) ** 2)) / way.peak[column]),
            (float(tops[0].max() / way.mass), float(tops[1].max() / way.mass)),
            (float(percent[tops[0].argmax()]), float(percent[tops[1].argmax()])),
        )
    return found
