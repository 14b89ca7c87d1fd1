"""Stance or stride clock of an exoskeleton and its torque, compiled."""

from typing import NamedTuple

import numpy as np

from myoassist.model.kernel import kernel

STANCE_LOAD = 0.1  # body weights
MIN_STANCE = 0.035  # s; shorter contacts do not enter the mean
INITIAL_STANCE = 0.6  # s
MIN_STRIDE = 0.3  # s; a contact sooner after a heel strike is a scuff
INITIAL_STRIDE = 1.2  # s
MAX_KNOTS = 66  # 64 points and both ends

# Rows of the clock of a leg.
PHASE, CLOCK, MEAN, COUNT, LAST, PERCENT = 0, 1, 2, 3, 4, 7
_N_CLOCK = 8


class Exo(NamedTuple):
    """State of both torque controllers; leg 0 right, leg 1 left.

    Attributes:
        clock: Per leg: in stance, time since heel strike (s), mean stance or stride (s), their number, the last three
            (s), percent; (2, 8).
        percent: Knots of the curve, percent, shape (66,); the first `knots[0]` are used.
        coefficients: Piecewise cubic, shape (4, 65).
        knots: Number of knots, shape (1,); 0 means off.
        max_torque: Upper limit, N·m, shape (1,).
        torque: Commanded torque in force, N·m, shape (2,).
        stride: Whether the clock runs over the stride, shape (1,).
    """

    clock: np.ndarray
    percent: np.ndarray
    coefficients: np.ndarray
    knots: np.ndarray
    max_torque: np.ndarray
    torque: np.ndarray
    stride: np.ndarray


def make_exo() -> Exo:
    """Allocate controllers that are off."""
    return Exo(
        np.zeros((2, _N_CLOCK)),
        np.zeros(MAX_KNOTS),
        np.zeros((4, MAX_KNOTS - 1)),
        np.zeros(1, dtype=np.int64),
        np.zeros(1),
        np.zeros(2),
        np.zeros(1, dtype=np.int64),
    )


def reset_exo(exo: Exo, curve: object | None, max_torque: float, stride: bool = False) -> None:
    """Install a curve (`splines.TorqueCurve`, or None for off) and restart the clocks."""
    exo.clock[:] = 0.0
    exo.clock[:, MEAN] = INITIAL_STRIDE if stride else INITIAL_STANCE
    exo.stride[0] = 1 if stride else 0
    exo.torque[:] = 0.0
    exo.max_torque[0] = max_torque
    exo.knots[0] = 0
    if curve is not None:
        k = len(curve.percent)
        exo.knots[0] = k
        exo.percent[:k] = curve.percent
        exo.coefficients[:, : k - 1] = curve.coefficients


@kernel
def _evaluate(exo: Exo, x: float) -> float:
    i = 0
    last = exo.knots[0] - 2
    while i < last and x >= exo.percent[i + 1]:
        i += 1
    s = x - exo.percent[i]
    c = exo.coefficients
    return ((c[0, i] * s + c[1, i]) * s + c[2, i]) * s + c[3, i]


@kernel
def _keep(c: np.ndarray, duration: float) -> None:
    """Put a finished stance or stride into the mean of the last three."""
    c[LAST], c[LAST + 1], c[LAST + 2] = c[LAST + 1], c[LAST + 2], duration
    c[COUNT] += 1.0
    if c[COUNT] >= 3.0:
        c[MEAN] = (c[LAST] + c[LAST + 1] + c[LAST + 2]) / 3.0


@kernel
def _run_stride_clock(c: np.ndarray, load: float, dt: float) -> None:
    """Advance a clock that runs from heel strike to heel strike; it stands still before the first one."""
    contact = load > STANCE_LOAD
    if contact and c[PHASE] == 0.0 and (c[CLOCK] == 0.0 or c[CLOCK] > MIN_STRIDE):
        if c[CLOCK] > 0.0:
            _keep(c, c[CLOCK])
        c[CLOCK] = dt
    elif c[CLOCK] > 0.0:
        c[CLOCK] += dt
    c[PHASE] = 1.0 if contact else 0.0


@kernel
def update_exo(exo: Exo, leg: int, load: float, dt: float) -> float:
    """Advance the clock of a leg by one control step and return its torque.

    Over stance the percentage is of the mean stance; the clock is not cleared at toe-off, so in swing the torque of the
    last stance percentage is held. Over a stride it is of the mean time from heel strike to heel strike.

    Args:
        exo: State, changed in place.
        leg: 0 right, 1 left.
        load: Load of the foot, body weights, undelayed.
        dt: Control interval, s.

    Returns:
        Assisting torque, N·m, in 0..max_torque.
    """
    if exo.knots[0] == 0:
        return 0.0
    c = exo.clock[leg]
    if exo.stride[0] != 0:
        _run_stride_clock(c, load, dt)
    elif load > STANCE_LOAD:
        if c[PHASE] == 0.0:
            c[CLOCK] = 0.0
        c[CLOCK] += dt
        c[PHASE] = 1.0
    else:
        if c[PHASE] != 0.0 and c[CLOCK] > MIN_STANCE:
            _keep(c, c[CLOCK])
        c[PHASE] = 0.0
    c[PERCENT] = min(max(100.0 * c[CLOCK] / c[MEAN], 0.0), 100.0)
    torque = min(max(_evaluate(exo, c[PERCENT]), 0.0), exo.max_torque[0])
    exo.torque[leg] = torque
    return torque
