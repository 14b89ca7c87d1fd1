"""State of the guided reflexes: parameters of each leg, clocks, what is felt."""

from typing import NamedTuple

import numpy as np

from myoassist.control.human.contributions import Contributions
from myoassist.control.human.guided.pattern import Pattern

# Where a foot is.
AIR, SCUFF, GROUND = 0.0, 0.5, 1.0


class Guided(NamedTuple):
    """State of the guided reflexes; leg 0 right, leg 1 left.

    Attributes:
        clock: Period, s, and shares of the way to 0 and to half a period that a heel strike takes the clock of its own
            and of the other leg, shape (2, 3). All parameters have a row for each leg.
        activity: Scale and lead (s) of the activity of each muscle, shape (2, 13, 2).
        gains: Stretch reflexes of `PAIRS`, in stance and in swing, 1/rad and s/rad, shape (2, 14, 2, 2).
        shift: Added to people's angles, rad, shape (2, 3).
        balance: Target of lean, rad, then `BALANCE`, shape (2, 6).
        force: Load reflexes of `LOADED`, shape (2, 5).
        side_gains: Stretch reflexes of `SIDE_PAIRS`, as gains, shape (2, 2, 2, 2); 0 in 2D.
        frontal: Added to people's adduction in stance and in swing, rad, then `FRONTAL`, shape (2, 14); 0 in 2D.
        pattern: What people do.
        speed: Target speed, m/s, shape (1,).
        pace: By how much the clocks run faster per m/s above the target speed, and how fast they run now, as a factor,
            shape (2,).
        stumbles: 1 with the stumble response, 0 without, shape (1,).
        awaits: 1 where the leg that stands waits for a late foot, 0 where it goes on, shape (1,).
        senses: Record of SENSES, shape (1,).
        phase: Phase of each leg, 0 to 1, shape (2,).
        since: Time since the heel strike of each leg, periods, shape (2,).
        contact: AIR, SCUFF or GROUND: where the foot was, shape (2,).
        contributions: What each part of SOURCES gives the muscles.
    """

    clock: np.ndarray
    activity: np.ndarray
    gains: np.ndarray
    shift: np.ndarray
    balance: np.ndarray
    force: np.ndarray
    side_gains: np.ndarray
    frontal: np.ndarray
    pattern: Pattern
    speed: np.ndarray
    pace: np.ndarray
    stumbles: np.ndarray
    awaits: np.ndarray
    senses: np.ndarray
    phase: np.ndarray
    since: np.ndarray
    contact: np.ndarray
    contributions: Contributions


class Sideways(NamedTuple):
    """What a leg feels sideways; places and speeds to the right.

    Attributes:
        adduction, adduction_rate: Of the hip, rad, rad/s.
        off, speed: Place and speed of the pelvis against the other foot, m, m/s.
        drift: Speed of the pelvis, m/s.
    """

    adduction: float
    adduction_rate: float
    off: float
    speed: float
    drift: float
