"""The start phase that a policy walks longest from, for policies that were trained with another reference."""

from dataclasses import dataclass

import numpy as np

from myoassist.analysis.policy.rollout import Policy, set_schedule
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.kernels.layout import RUNNING
from myoassist.rl.train.evaluate_best import start_frames


@dataclass(frozen=True)
class ChosenStart:
    """Where a walk starts.

    Attributes:
        frame: Frame of the reference.
        note: Why there, for people; empty where nothing was tried.
    """

    frame: int = 0
    note: str = ""


def choose_start(batch: WalkBatch, policy: Policy, entry: EvaluationEntry) -> ChosenStart:
    """Walk a scenario from as many start phases as there are environments and choose the one that lasts longest.

    Args:
        batch: Environments made for evaluation, one per start.
        policy: Policy for their channels.
        entry: Length and target speeds of the walk.
    """
    frames = start_frames(batch, batch.n_envs)
    length = 1 if batch.reference is None else batch.reference.length
    set_schedule(batch, entry)
    observations = batch.reset(frames)
    alive, steps = np.ones(batch.n_envs, dtype=bool), np.zeros(batch.n_envs, dtype=np.int64)
    for _ in range(entry.num_timesteps):
        batch.step(policy.act(observations))
        alive &= batch.ended == RUNNING
        steps += alive
        if not alive.any():
            break
    # The first of equal ones: frame 0, if that lasts as long.
    best = int(np.argmax(steps))
    return ChosenStart(
        int(frames[best]),
        f"The motion that this policy was trained with is not here. Of {len(frames)} start phases of its stand-in the "
        f"walk is shown from {100.0 * frames[best] / length:.0f} %, from which it lasts longest; it lasts to the end "
        f"from {int(alive.sum())} of them.",
    )
