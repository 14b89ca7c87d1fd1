"""The sweeper behind --multirun: every combination of the values on the command line."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from myoassist.config.compose.run import normalize_arguments
from myoassist.config.hydra.keys import check_places
from myoassist.config.run_names import quote_value
from myoassist.files.command_words import localize_command, quote_path
from myoassist.files.errors import ConfigError, UserError
from myoassist.runs.catalogue import read_fitness, read_status
from myoassist.runs.index import INDEX_NAME, IndexRow, write_index
from myoassist.runs.storage import make_folder
from myoassist.sweep.grid.job import GridJob
from myoassist.sweep.grid.orphans import GridSession, settle_sessions
from myoassist.sweep.grid.plan import Grid, plan_grid

_SHOWN_BEST = 3


class GridFailedError(UserError):
    """End of a grid of which some runs failed; all others have run."""

    exit_code = 1


class GridSweeper(Sweeper):
    """Run every combination of values, skip finished runs, continue unfinished ones, and keep an index.

    Args:
        params: Overrides with several values, key -> text, as configuration files can give them.
    """

    def __init__(self, params: Any = None) -> None:
        self.params = dict(params or {})
        if searched := [key for key, value in self.params.items() if isinstance(value, Mapping)]:
            raise ConfigError(
                f"a search space, of {searched[0]}, in a grid, which runs given values",
                "evo=evo, which searches it, or values between commas",
                "add evo=evo",
            )
        # The base class looks for them.
        self.config: DictConfig | None = None
        self.hydra_context: HydraContext | None = None
        self.task_function: TaskFunction | None = None

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Take what Hydra hands to every sweeper."""
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def sweep(self, arguments: list[str]) -> list[JobReturn]:
        """Run the grid and wait for all runs.

        Args:
            arguments: Overrides of the task, several values in some of them.

        Returns:
            One JobReturn per run; the value is its fitness, larger is better.

        Raises:
            UserError: before anything runs, if a run is refused, if two would share a folder, or if another sweep that
                lives works on one of them.
            GridFailedError: at the end, if any run failed.
            Stopped: after a stop signal.
        """
        grid = self._plan(arguments)
        if settle_sessions(grid.root, [job.folder for job in grid.jobs if job.state != "finished"]):
            # Workers that were waited for may have finished their runs.
            grid = self._plan(arguments)
        print(_describe_start(grid), flush=True)
        make_folder(grid.root, "the folder of the grid")
        returns = {job.number: _stored_return(job) for job in grid.jobs if job.state == "finished"}
        waiting = [job for job in grid.jobs if job.state != "finished"]
        errors: dict[int, BaseException] = {}
        self._write(grid, errors)

        def take(index: int, answer: JobReturn) -> None:
            number = waiting[index].number
            returns[number] = answer
            if answer.status != JobStatus.COMPLETED:
                errors[number] = answer._return_value
            self._write(grid, errors)

        try:
            if waiting:
                self._launch(grid, waiting, take)
        finally:
            rows = self._write(grid, errors)
        print(_describe_end(grid, rows), flush=True)
        if errors:
            raise _failure(grid, rows, errors)
        return [returns[job.number] for job in grid.jobs]

    def _plan(self, arguments: list[str]) -> Grid:
        check_places(self.config.hydra)
        params = normalize_arguments([f"{key}={value}" for key, value in self.params.items()])
        grid = plan_grid([*params, *arguments], self.config, self.hydra_context)
        typed_root = OmegaConf.to_container(self.config.hydra.overrides.hydra)
        if any(text.startswith("hydra.sweep.dir=") for text in typed_root):
            grid.root = Path(str(self.config.hydra.sweep.dir))
        return grid

    def _launch(self, grid: Grid, waiting: list[GridJob], take: Any) -> None:
        place = f"hydra.sweep.dir={quote_value(grid.root.as_posix())}"
        with read_write(self.config.hydra), open_dict(self.config.hydra):
            # What the launcher leaves behind belongs to the grid; every run composes it again.
            self.config.hydra.overrides.hydra = [*self.config.hydra.overrides.hydra, place]
            self.config.hydra.sweep.dir = grid.root.as_posix()
        launcher = Plugins.instance().instantiate_launcher(
            hydra_context=self.hydra_context, task_function=self.task_function, config=self.config
        )
        taken: set[int] = set()

        def hear(index: int, answer: JobReturn) -> None:
            taken.add(index)
            take(index, answer)

        if hasattr(launcher, "on_result"):
            launcher.on_result = hear
        if hasattr(launcher, "numbers"):
            launcher.numbers = [job.number for job in waiting]
        session, answers = None, None
        if hasattr(launcher, "on_submit"):
            session = GridSession(grid.root)
            launcher.on_submit = lambda index, job_id: session.note(job_id, waiting[index].folder)
        try:
            answers = launcher.launch([job.placed_overrides() for job in waiting], initial_job_idx=0)
        finally:
            if session is not None:
                session.close(over=answers is not None)
        for index, answer in enumerate(answers):
            if index not in taken:
                take(index, answer)

    def _write(self, grid: Grid, errors: dict[int, BaseException]) -> list[IndexRow]:
        rows = make_rows(grid.jobs, errors)
        write_index(grid.root, rows)
        return rows


def make_rows(jobs: Iterable[GridJob], errors: dict[int, BaseException]) -> list[IndexRow]:
    """Return the state of every run, read from its folder.

    Args:
        jobs: Runs of the grid.
        errors: Why a run of this number returned nothing; such a run counts as failed whatever its folder says.
    """
    return [_make_row(job, errors.get(job.number)) for job in jobs]


def _make_row(job: GridJob, error: BaseException | None) -> IndexRow:
    status = read_status(job.folder)
    state = "new" if status["status"] == "unknown" else status["status"]
    reason = str(status.get("reason", ""))
    if error is not None:
        state = "failed"
        message = str(error).strip().splitlines()
        # Messages name files of this machine, which mean nothing on another one.
        reason = (message[0] if message else type(error).__name__).replace(f"{Path.cwd().as_posix()}/", "")
    return IndexRow(job.number, job.overrides, job.swept, job.folder, state, status.get("best"), reason, job.command())


def _stored_return(job: GridJob) -> JobReturn:
    done = JobReturn(overrides=job.overrides, status=JobStatus.COMPLETED)
    done.return_value = read_fitness(read_status(job.folder))
    return done


def _describe_start(grid: Grid) -> str:
    states = [job.state for job in grid.jobs]
    words = {"finished": "finished before", "resume": "to be continued", "extend": "to be extended", "new": "new"}
    counts = ", ".join(f"{states.count(state)} {word}" for state, word in words.items() if state in states)
    lines = [f"{len(grid.jobs)} runs ({counts}); index in {(grid.root / INDEX_NAME).as_posix()}.", grid.notice]
    return "\n".join(line for line in lines if line)


def _describe_end(grid: Grid, rows: list[IndexRow]) -> str:
    states = [row.status for row in rows]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    ranked = sorted(
        (row for row in rows if row.best is not None and row.status == "finished"), key=lambda row: row.best
    )
    best = [f"  best {row.best:.5f}  {' '.join(row.swept)}  {row.folder.as_posix()}" for row in ranked[:_SHOWN_BEST]]
    compare = [f"to compare all of them: {localize_command(f'myoassist sweeps {quote_path(grid.root)}')}"]
    compare = compare if len(ranked) > 1 else []
    return "\n".join([f"{len(rows)} runs: {counts}.", *best, *compare])


def _failure(grid: Grid, rows: list[IndexRow], errors: dict[int, BaseException]) -> GridFailedError:
    lines = [f"{len(errors)} of {len(rows)} runs failed"]
    for row in rows:
        if row.job in errors:
            lines += [f"  {row.folder.as_posix()}: {row.reason}", f"    {row.command}"]
    return GridFailedError(
        "\n".join(lines),
        "all runs to end well; the others have",
        "remove the cause, then start the same sweep again (finished runs are skipped) or the command of one run",
    )
