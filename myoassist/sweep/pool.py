"""The sweeper of a pool of searches: the members of a rung are jobs of the launcher."""

from dataclasses import replace

from hydra.core.utils import JobReturn, JobStatus

from myoassist.files.command_words import quote_path
from myoassist.files.console import say
from myoassist.files.errors import ConfigError
from myoassist.optimize.pool.state import Pool, finish_pool
from myoassist.runs.catalogue import read_fitness
from myoassist.runs.folder import open_run, plan_run
from myoassist.sweep.grid.job import GridJob
from myoassist.sweep.grid.orphans import settle_sessions
from myoassist.sweep.grid.plan import Grid
from myoassist.sweep.grid.sweeper import GridFailedError, GridSweeper


class PoolSweeper(GridSweeper):
    """Run one pool, each member of a rung as a job; which of them go on is decided here, between two launches.

    It is the same run in the same folders as without a launcher: either goes on where the other was stopped.

    Args:
        params: As for `GridSweeper`.
    """

    def sweep(self, arguments: list[str]) -> list[JobReturn]:
        """Run the pool and wait for its end.

        Args:
            arguments: Overrides of the run.

        Returns:
            One JobReturn, whose value is the fitness of the pool.

        Raises:
            UserError: before anything runs, if the run is refused or is no pool.
            GridFailedError: if a member failed; the same command goes on.
            Stopped: after a stop signal.
        """
        grid = self._plan(arguments)
        job = grid.jobs[0]
        config = job.composed.config
        if len(grid.jobs) != 1 or config.task != "search" or config.optimizer.members < 2:
            raise ConfigError(
                f"hydra/sweeper=pool with {len(grid.jobs)} runs, optimizer.members={config.optimizer.members}",
                "one run that is a pool: optimizer.members of 2 or more",
                "optimizer=pool   (several pools: leave hydra/sweeper out, each is then one job)",
            )
        if config.optimizer.mode not in ("single", "multispeed", "multislope") or (
            config.optimizer.multi_strategy == "chain"
        ):
            raise ConfigError(
                "hydra/sweeper=pool with a chain or an evaluation",
                "one search: the pool of a chain is that of its first condition",
                "the same command without --multirun and hydra/sweeper",
            )
        answer = JobReturn(overrides=job.overrides, status=JobStatus.COMPLETED)
        with open_run(config, job.composed.exp, job.composed.all_overrides) as folder:
            say(folder.notice)
            if folder.state == "finished":
                answer.return_value = read_fitness(folder.details)
                return [answer]
            pool = Pool(config, folder.path)
            while (limit := pool.limit()) is not None:
                say(f"rung {len(pool.rungs) + 1} of {pool.n_rungs}: {len(pool.alive)} members to {limit} evaluations")
                self._run_rung(pool, job, limit)
                pool.end_rung()
                folder.write_status("running", **pool.status())
                say(pool.describe())
            answer.return_value = -finish_pool(pool, folder)
            if config.optimizer.finalists:
                say(f"its finalists: myoassist choose {quote_path(folder.path)}")
        return [answer]

    def _run_rung(self, pool: Pool, job: GridJob, limit: int) -> None:
        """Launch the members that have not reached their milestone, and wait for them."""
        settle_sessions(pool.folder, [pool.place(member) for member in pool.alive])
        jobs = [_member_job(pool, job, member, limit) for member in pool.alive]
        waiting = [item for item in jobs if item.state != "finished"]
        failed: dict[int, BaseException] = {}

        def take(index: int, answer: JobReturn) -> None:
            if answer.status != JobStatus.COMPLETED:
                failed[waiting[index].number] = answer._return_value

        if waiting:
            self._launch(Grid(jobs, pool.folder), waiting, take)
        if failed:
            lines = [f"  {pool.place(member)}: {error}" for member, error in failed.items()]
            raise GridFailedError(
                "\n".join([f"{len(failed)} members of the pool failed", *lines]),
                "all members of a rung to end well",
                "remove the cause and give the same command, which goes on",
            )


def _member_job(pool: Pool, job: GridJob, member: int, limit: int) -> GridJob:
    own = pool.member_config(member, limit)
    folder, state = plan_run(own, None, [])
    changes = {
        "seed": own.seed,
        "optimizer.members": 1,
        "optimizer.milestones": "[]",
        "optimizer.finalists": 0,
        "optimizer.max_evaluations": limit,
        "fresh": "false",
        "resume": "auto",
    }
    kept = [text for text in job.overrides if text.partition("=")[0].lstrip("+") not in changes]
    overrides = [*kept, *(f"{key}={value}" for key, value in changes.items())]
    swept = [f"seed={own.seed}", f"optimizer.max_evaluations={limit}"]
    return GridJob(member, overrides, swept, replace(job.composed, config=own), folder, state)
