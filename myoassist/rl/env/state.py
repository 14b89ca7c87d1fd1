"""Memory of a batch of environments."""

import numpy as np

from myoassist.rl.kernels.draws import N_SCHEDULE, seed_streams
from myoassist.rl.kernels.layout import State, Task
from myoassist.rl.kernels.rewards import N_FOOTSTEP, TERMS


def make_state(task: Task, n: int, observation_size: int, seed: int) -> State:
    """Allocate the state and the outputs of `n` environments.

    Args:
        task: What they share.
        n: Number of environments.
        observation_size: Entries of an observation.
        seed: Seed of the random streams.
    """
    muscles, terms = len(task.muscle_act), len(TERMS)
    return State(
        streams=seed_streams(seed, n),
        frame=np.zeros(n),
        steps=np.zeros(n, dtype=np.int64),
        schedule=np.zeros((n, N_SCHEDULE)),
        previous_act=np.full((n, max(muscles, 1)), np.nan),
        footstep=np.zeros((n, N_FOOTSTEP)),
        load_history=np.zeros((n, 2, 3)),
        start=np.full(n, -1, dtype=np.int64),
        observations=np.zeros((n, observation_size), dtype=np.float32),
        terminal=np.zeros((n, observation_size), dtype=np.float32),
        rewards=np.zeros(n),
        terms=np.zeros((n, terms)),
        ended=np.zeros(n, dtype=np.int64),
        episode_return=np.zeros(n),
        episode_terms=np.zeros((n, terms)),
        last_return=np.zeros(n),
        last_terms=np.zeros((n, terms)),
        last_length=np.zeros(n, dtype=np.int64),
        forces=np.zeros((n, 2)),
        limits=np.zeros((n, len(task.limit))),
        activation=np.zeros((n, muscles)),
        command=np.zeros((n, len(task.device))),
        feet=np.zeros((n, 2, 2)),
    )
