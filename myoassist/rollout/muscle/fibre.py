"""One muscle with fibre, pennation and elastic or rigid tendon, compiled.

A fibre of length x (optimal lengths) and speed v, at an angle of constant width to its tendon, is in equilibrium with
it: (activation * FL(x) * FV(v) + FP(x) + damping * v) * cos(angle) = FT(tendon). The elastic tendon makes x a state; it
is moved on by backward Euler, which is stable at every step, by Newton's method within a bracket. Equations: De Groote
et al. 2016, see `model.plant.curves`; damped equilibrium: Millard, Uchida, Seth & Delp, J Biomech Eng 135 (2013).
"""

from typing import NamedTuple

import numpy as np

from myoassist.model.kernel import kernel
from myoassist.model.plant.curves import (
    LENGTH_HIGH,
    LENGTH_LOW,
    LENGTHS,
    SPEED_HIGH,
    SPEED_LOW,
    SPEEDS,
    TENDON_FOOT,
    TENDON_LINEAR,
    TENDON_SLACK,
    TENSIONS,
    Curves,
)
from myoassist.model.plant.fibres import STATE_SIZE

DAMPING = 0.03  # peak forces at the greatest speed
LEAST_ACTIVATION = 0.01
LEAST_LENGTH = 0.2  # optimal lengths; no fibre gets shorter
TOLERANCE = 1e-6  # peak forces, of the equilibrium
_MOST_STEPS = 60
SETTLE_STEP, SETTLE_STEPS = 0.01, 40  # s; 0.4 s at a fixed path
_LENGTH_INVERSE = LENGTHS / (LENGTH_HIGH - LENGTH_LOW)
_SPEED_INVERSE = SPEEDS / (SPEED_HIGH - SPEED_LOW)
_TENDON_LOW, _TENDON_HIGH = float(TENDON_SLACK), float(TENDON_LINEAR)
_TENDON_INVERSE = TENSIONS / (_TENDON_HIGH - _TENDON_LOW)

# Columns of the constants of a muscle: peak force N, optimal length m, slack length m, width in optimal lengths, what
# is added to the length of the model's path m, greatest speed in optimal lengths/s, exponent of the tendon, passive
# force over that of the curve.
CONSTANTS = 8
F_MAX, OPTIMAL, SLACK, WIDTH, OFFSET, FASTEST, EXPONENT, SHARE = range(CONSTANTS)
# Numbers of its state: length and speed of the fibre (optimal lengths, and per second), forces N: of the tendon, active
# and passive ones along the fibre, of its damping; strain of the tendon; length of the model's path m while the force
# stands in its place. They lie in the simulator's user data, so that every copy of a state holds them.
LENGTH, SPEED, TENSION, ACTIVE, PASSIVE, DAMPED, STRAIN, PATH = range(STATE_SIZE)


class Fibres(NamedTuple):
    """Fibres and tendons of one walker; without rows where MuJoCo's own muscles work.

    Attributes:
        actuator: Actuator of each muscle, shape (n,).
        activation: Address of its activation, shape (n,).
        constants: Shape (n, 8), columns above.
        state: Numbers above, one muscle behind the other, shape (n * STATE_SIZE,); changed by every step.
        dynamics: As in `muscle_model.MujocoMuscles`.
        curves: Tables.
        step: Physics time step, s.
        rigid: Whether tendons keep their slack length.
        column: First of the log's columns of fibre lengths, behind them come those of speeds.
    """

    actuator: np.ndarray
    activation: np.ndarray
    constants: np.ndarray
    state: np.ndarray
    dynamics: np.ndarray
    curves: Curves
    step: float
    rigid: bool
    column: int


@kernel
def _read_length(curves: Curves, x: float) -> tuple[float, float, float, float]:
    """Return active force, its slope, passive force, its slope at a fibre length."""
    place = (x - LENGTH_LOW) * _LENGTH_INVERSE
    if place >= LENGTHS:
        row = curves.length[LENGTHS - 1]
        slope = row[5] + 2.0 * row[6] + 3.0 * row[7]
        end = row[4] + row[5] + row[6] + row[7]
        return 0.0, 0.0, end + slope * (place - LENGTHS), slope * _LENGTH_INVERSE
    if place <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    i = int(place)
    t = place - i
    row = curves.length[i]
    active = row[0] + t * (row[1] + t * (row[2] + t * row[3]))
    passive = row[4] + t * (row[5] + t * (row[6] + t * row[7]))
    active_slope = row[1] + t * (2.0 * row[2] + t * 3.0 * row[3])
    passive_slope = row[5] + t * (2.0 * row[6] + t * 3.0 * row[7])
    return active, active_slope * _LENGTH_INVERSE, passive, passive_slope * _LENGTH_INVERSE


@kernel
def _read_speed(curves: Curves, v: float) -> tuple[float, float]:
    """Return the force factor and its slope at a speed; straight lines beyond the table."""
    place = (v - SPEED_LOW) * _SPEED_INVERSE
    beyond = 0.0
    if place < 0.0:
        beyond, i, t = place, 0, 0.0
    elif place >= SPEEDS:
        beyond, i, t = place - SPEEDS, SPEEDS - 1, 1.0
    else:
        i = int(place)
        t = place - i
    row = curves.speed[i]
    slope = row[1] + t * (2.0 * row[2] + t * 3.0 * row[3])
    value = row[0] + t * (row[1] + t * (row[2] + t * row[3])) + slope * beyond
    return value, slope * _SPEED_INVERSE


@kernel
def _read_tendon(curves: Curves, exponent: float) -> tuple[float, float]:
    """Return the tendon force and its slope at an exponent: none when slack, a straight line above two peak forces."""
    if exponent <= _TENDON_LOW:
        return 0.0, 0.0
    place = (exponent - _TENDON_LOW) * _TENDON_INVERSE
    if place >= TENSIONS:
        row = curves.tendon[TENSIONS - 1]
        slope = row[1] + 2.0 * row[2] + 3.0 * row[3]
        return row[0] + row[1] + row[2] + row[3] + slope * (place - TENSIONS), slope * _TENDON_INVERSE
    i = int(place)
    t = place - i
    row = curves.tendon[i]
    value = row[0] + t * (row[1] + t * (row[2] + t * row[3]))
    slope = row[1] + t * (2.0 * row[2] + t * 3.0 * row[3])
    return value, slope * _TENDON_INVERSE


@kernel
def shortest(c: np.ndarray) -> float:
    """Return the least length of a fibre, in optimal lengths: its angle to the tendon stays below 84 deg."""
    return max(LEAST_LENGTH, 1.005 * c[WIDTH])


@kernel
def solve_elastic(c: np.ndarray, s: np.ndarray, curves: Curves, path: float, activation: float, step: float) -> None:
    """Move the fibre of one muscle on by a step that ends at a path length (m) and an activation."""
    if not (abs(path) < 1e3 and abs(activation) < 1e3):
        # A table has no place for such a number. No force is one either, so that the walk fails and says why.
        s[TENSION] = np.nan
        return
    a = min(max(activation, LEAST_ACTIVATION), 1.0)
    total = path + c[OFFSET]
    optimal, width, share, before = c[OPTIMAL], c[WIDTH], c[SHARE], s[LENGTH]
    per_length = 1.0 / (step * c[FASTEST])
    stretch = c[EXPONENT] / c[SLACK]
    foot = c[EXPONENT] * TENDON_FOOT
    low = shortest(c)
    along = max((total - c[SLACK] * (TENDON_FOOT + _TENDON_LOW / c[EXPONENT])) / optimal, 0.0)
    # Here the tendon has no force and the fibre does not shorten, so that it pulls at least as much as the tendon.
    high = max(max(np.sqrt(along * along + width * width), before), low + 1e-9)
    x = min(max(before + step * s[SPEED], low), high)
    active = passive = damped = tension = exponent = 0.0
    for _ in range(_MOST_STEPS):
        v = (x - before) * per_length
        length_factor, length_slope, passive, passive_slope = _read_length(curves, x)
        passive *= share
        speed_factor, speed_slope = _read_speed(curves, v)
        projected = np.sqrt(x * x - width * width)
        cosine = projected / x
        exponent = stretch * (total - optimal * projected) - foot
        tension, tension_slope = _read_tendon(curves, exponent)
        active = a * length_factor * speed_factor
        damped = DAMPING * v
        force = active + passive + damped
        excess = force * cosine - tension
        if abs(excess) < TOLERANCE:
            break
        if excess > 0.0:
            high = x
        else:
            low = x
        slope = (
            (a * (length_slope * speed_factor + length_factor * speed_slope * per_length) + share * passive_slope)
            + DAMPING * per_length
        ) * cosine
        slope += force * width * width / (x * x * projected) + tension_slope * stretch * optimal / cosine
        new = x - excess / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if new == x or high - low < 1e-12:
            break
        x = new
    s[LENGTH] = x
    s[SPEED] = (x - before) / step
    s[TENSION] = c[F_MAX] * tension
    s[ACTIVE] = c[F_MAX] * active
    s[PASSIVE] = c[F_MAX] * passive
    s[DAMPED] = c[F_MAX] * damped
    s[STRAIN] = (exponent + foot) / c[EXPONENT] - 1.0


@kernel
def solve_rigid(c: np.ndarray, s: np.ndarray, curves: Curves, path: float, rate: float, activation: float) -> None:
    """Compute one muscle whose tendon has its slack length, at a path length (m), its rate (m/s) and an activation."""
    if not (abs(path) < 1e3 and abs(activation) < 1e3 and abs(rate) < 1e6):
        s[TENSION] = np.nan
        return
    a = min(max(activation, LEAST_ACTIVATION), 1.0)
    width = c[WIDTH]
    along = max((path + c[OFFSET] - c[SLACK]) / c[OPTIMAL], 0.0)
    length = np.sqrt(along * along + width * width)
    x = max(length, shortest(c))
    projected = np.sqrt(x * x - width * width)
    # A fibre that is as short as it gets does not follow its path.
    speed = rate / c[OPTIMAL] * projected / x if length >= x else 0.0
    v = speed / c[FASTEST]
    length_factor, _, passive, _ = _read_length(curves, x)
    passive *= c[SHARE]
    speed_factor, _ = _read_speed(curves, v)
    active, damped = a * length_factor * speed_factor, DAMPING * v
    s[LENGTH], s[SPEED] = x, speed
    s[TENSION] = c[F_MAX] * max((active + passive + damped) * projected / x, 0.0)
    s[ACTIVE], s[PASSIVE], s[DAMPED] = c[F_MAX] * active, c[F_MAX] * passive, c[F_MAX] * damped
    s[STRAIN] = 0.0


@kernel
def move_fibres(muscles: Fibres, state: np.ndarray, act: np.ndarray, length: np.ndarray) -> None:
    """Move all fibres on by a time step that ends in the present state.

    Args:
        muscles: Fibres and tendons.
        state: Their state, shape (n * STATE_SIZE,).
        act: Activations of the simulator.
        length: Its actuator lengths, m.
    """
    for i in range(len(muscles.actuator)):
        s = state[STATE_SIZE * i : STATE_SIZE * (i + 1)]
        path = length[muscles.actuator[i]]
        solve_elastic(muscles.constants[i], s, muscles.curves, path, act[muscles.activation[i]], muscles.step)


@kernel
def pull_fibres(muscles: Fibres, state: np.ndarray, act: np.ndarray, length: np.ndarray, rate: np.ndarray) -> None:
    """Compute all muscles with rigid tendons; as above, and the rates of actuator lengths, m/s."""
    for i in range(len(muscles.actuator)):
        s = state[STATE_SIZE * i : STATE_SIZE * (i + 1)]
        a = muscles.actuator[i]
        solve_rigid(muscles.constants[i], s, muscles.curves, length[a], rate[a], act[muscles.activation[i]])


@kernel
def put_forces(muscles: Fibres, state: np.ndarray, length: np.ndarray) -> None:
    """Write minus the tendon forces in the place of the path lengths, from where the bias of the actuators takes them.

    So every walker has forces of its own while all share one model.
    """
    for i in range(len(muscles.actuator)):
        state[STATE_SIZE * i + PATH] = length[muscles.actuator[i]]
        length[muscles.actuator[i]] = -state[STATE_SIZE * i + TENSION]


@kernel
def restore_paths(muscles: Fibres, state: np.ndarray, length: np.ndarray) -> None:
    """Write the path lengths back."""
    for i in range(len(muscles.actuator)):
        length[muscles.actuator[i]] = state[STATE_SIZE * i + PATH]


@kernel
def settle_fibres(muscles: Fibres, state: np.ndarray, act: np.ndarray, length: np.ndarray) -> None:
    """Bring all fibres to equilibrium at the present path lengths and activations; then they do not move."""
    for i in range(len(muscles.actuator)):
        c, s = muscles.constants[i], state[STATE_SIZE * i : STATE_SIZE * (i + 1)]
        path = length[muscles.actuator[i]]
        along = max((path + c[OFFSET] - c[SLACK]) / c[OPTIMAL], 0.0) if abs(path) < 1e3 else 1.0
        s[LENGTH] = max(np.sqrt(along * along + c[WIDTH] * c[WIDTH]), shortest(c))
        s[SPEED] = 0.0
        for _ in range(SETTLE_STEPS):
            solve_elastic(c, s, muscles.curves, path, act[muscles.activation[i]], SETTLE_STEP)
        s[SPEED] = 0.0


@kernel
def log_fibres(muscles: Fibres, row: np.ndarray, column: int) -> None:
    """Write the state of all fibres: the log's own columns of length and speed, and the channels from `column` on."""
    n = len(muscles.actuator)
    for i in range(n):
        s = muscles.state[STATE_SIZE * i : STATE_SIZE * (i + 1)]
        row[muscles.column + i] = s[LENGTH]
        row[muscles.column + n + i] = s[SPEED]
        row[column + i] = s[STRAIN]
        row[column + n + i] = s[ACTIVE]
        row[column + 2 * n + i] = s[PASSIVE]
        row[column + 3 * n + i] = s[DAMPED]
