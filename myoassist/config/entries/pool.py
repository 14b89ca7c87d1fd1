"""How the budget of a pool of searches is divided (`optimizer.members`)."""

import math

import numpy as np

from myoassist.config.schema.run import OptimizerConfig

# Separates the seeds of members from the random numbers of a run.
_MEMBER_STREAM = 5


def pool_budget(optimizer: OptimizerConfig) -> int:
    """Return the evaluations of all members together."""
    budget = optimizer.popsize * optimizer.maxiter
    return budget if optimizer.max_evaluations is None else min(budget, optimizer.max_evaluations)


def count_members(optimizer: OptimizerConfig) -> list[int]:
    """Return how many members work in each rung, the last one included."""
    counts = [optimizer.members]
    while len(counts) <= len(optimizer.milestones) if optimizer.milestones else counts[-1] > 1:
        counts.append(keep_count(counts[-1], optimizer.halving))
    return counts


def keep_count(members: int, halving: float) -> int:
    """Return how many of so many members go on, fewer than before but one at least."""
    return max(1, min(members - 1, math.ceil(members / halving)))


def plan_milestones(optimizer: OptimizerConfig) -> list[int]:
    """Return the evaluations of a member at the end of each rung but the last, which takes what is left.

    Where none are given every rung has the same share of the budget, in whole generations.
    """
    if optimizer.milestones:
        return [int(value) for value in optimizer.milestones]
    counts = count_members(optimizer)
    share = pool_budget(optimizer) / len(counts)
    steps = [int(share / count / optimizer.popsize) * optimizer.popsize for count in counts[:-1]]
    return [int(value) for value in np.cumsum(steps)]


def member_seed(run_seed: int, member: int) -> int:
    """Return the seed of a member, counted from 0; the first is the run without a pool."""
    if member == 0:
        return run_seed
    words = np.random.SeedSequence([run_seed, _MEMBER_STREAM, member]).generate_state(1)
    return int(words[0]) % 2**31
