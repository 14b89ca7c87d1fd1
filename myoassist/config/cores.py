"""How many cores this process may use."""

import os


def count_cores() -> int:
    """Return the cores of this machine that the process may use; on a cluster at most those that the job was given."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # Not every cluster binds its jobs to the cores that they were given.
    given = os.environ.get("SLURM_CPUS_PER_TASK", "")
    return min(cores, int(given)) if given.isdigit() and int(given) > 0 else cores
