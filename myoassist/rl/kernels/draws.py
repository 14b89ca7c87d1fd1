"""Random numbers and target-speed schedules inside compiled code: one stream per environment."""

import numpy as np

from myoassist.model.kernel import kernel

UNIFORM, SINUSOIDAL, STEP = range(3)
MODES = ("UNIFORM", "SINUSOIDAL", "STEP")
# Columns of a schedule.
MODE, PHASE, PERIOD, LOW, HIGH, VALUE, LAST_CHANGE = range(7)
N_SCHEDULE = 7

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


def seed_streams(seed: int, n: int) -> np.ndarray:
    """Return the start states of `n` independent streams, shape (n,)."""
    children = np.random.SeedSequence(seed).spawn(n)
    return np.array([child.generate_state(1, np.uint64)[0] for child in children], dtype=np.uint64)


@kernel
def draw(streams: np.ndarray, i: int) -> float:
    """Return the next number of stream `i`, uniform in [0, 1) (SplitMix64, Steele et al. 2014)."""
    streams[i] = streams[i] + _GAMMA
    z = streams[i]
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    z = z ^ (z >> _S31)
    return float(z >> _S11) * 2.0**-53


@kernel
def start_schedule(
    schedule: np.ndarray, streams: np.ndarray, i: int, modes: np.ndarray, speeds: np.ndarray, periods: np.ndarray
) -> None:
    """Draw the target-speed schedule of an episode.

    Args:
        schedule: Schedule of this environment, shape (7,), overwritten.
        streams: Random streams.
        i: Environment.
        modes: Modes to draw from.
        speeds: Lowest and highest target speed, m/s, shape (2,).
        periods: Shortest and longest period, s, shape (2,).
    """
    schedule[MODE] = modes[min(int(draw(streams, i) * len(modes)), len(modes) - 1)]
    schedule[PHASE] = 2.0 * np.pi * draw(streams, i)
    schedule[PERIOD] = periods[0] + (periods[1] - periods[0]) * draw(streams, i)
    schedule[LOW] = speeds[0]
    schedule[HIGH] = speeds[1]
    schedule[VALUE] = speeds[0] + (speeds[1] - speeds[0]) * draw(streams, i)
    schedule[LAST_CHANGE] = 0.0
    follow_schedule(schedule, streams, i, 0.0)


@kernel
def follow_schedule(schedule: np.ndarray, streams: np.ndarray, i: int, time: float) -> float:
    """Return the target speed at a time of the episode, m/s."""
    low, high = schedule[LOW], schedule[HIGH]
    if schedule[MODE] == SINUSOIDAL:
        wave = np.sin(schedule[PHASE] + 2.0 * np.pi * time / schedule[PERIOD])
        schedule[VALUE] = low + (high - low) * (wave + 1.0) / 2.0
    elif schedule[MODE] == STEP and time - schedule[LAST_CHANGE] > schedule[PERIOD]:
        schedule[VALUE] = low + (high - low) * draw(streams, i)
        schedule[LAST_CHANGE] = time
    return schedule[VALUE]
