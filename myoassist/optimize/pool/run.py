"""Run a pool of searches in this process: member after member, each with all workers, rung by rung."""

import copy
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from myoassist.config.schema.run import RunConfig
from myoassist.files.console import say
from myoassist.files.signals import Stopped
from myoassist.optimize.loop.minimize import draw_run
from myoassist.optimize.loop.progress import Progress, make_progress
from myoassist.optimize.pool.state import Pool, finish_pool
from myoassist.optimize.run_search import open_problem, run_search
from myoassist.runs.folder import open_run
from myoassist.runs.writer import RunFolder


def run_pool(
    config: RunConfig, folder: RunFolder, problem: Any = None, show: Callable[[], Progress] = make_progress
) -> float:
    """Run the members of a pool one after the other, each with all workers, rung by rung.

    Args:
        config: Run configuration with `optimizer.members`.
        folder: Opened run folder.
        problem: What `open_problem` gave for the same model and cost; None opens one.
        show: Makes the display of every search.

    Returns:
        Best total of all members.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    pool = Pool(config, folder.path)
    pool.publish()
    alone = copy.deepcopy(config)
    alone.optimizer.members = 1
    with ExitStack() as stack:
        problem = problem or stack.enter_context(open_problem(alone))
        while (limit := pool.limit()) is not None:
            for member in pool.alive:
                rung = f"rung {len(pool.rungs) + 1} of {pool.n_rungs}"
                say(f"{pool.place(member).name} of {config.optimizer.members}, {rung}, to {limit} evaluations:")
                try:
                    _search(pool.member_config(member, limit), problem, show)
                except Stopped:
                    folder.write_status("interrupted", **pool.status())
                    raise
            pool.end_rung()
            folder.write_status("running", **pool.status())
            say(pool.describe())
    for member in range(config.optimizer.members):
        # Once, because it takes longer than the generations of a short rung.
        draw_run(pool.place(member))
    return finish_pool(pool, folder)


def _search(config: RunConfig, problem: Any, show: Callable[[], Progress]) -> None:
    """Start, continue or extend a member; nothing is done where it has reached its milestone or converged."""
    with open_run(config, None, []) as run:
        if run.state != "finished":
            run_search(config, run, problem=problem, plot=False, show=show)
