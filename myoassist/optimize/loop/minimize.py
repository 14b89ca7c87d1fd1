"""The search loop: ask, evaluate, tell, save; continues where a killed run was."""

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from myoassist.config.entries.search_stages import plan_stages, stage_config
from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.files.console import say
from myoassist.files.errors import ConfigError, RunError
from myoassist.files.signals import Stopped, StopRequest
from myoassist.optimize.loop.failed_generation import check_generation, explain_stop
from myoassist.optimize.loop.failed_walks import Capture, FaultKeeper
from myoassist.optimize.loop.progress import Progress, make_progress
from myoassist.optimize.loop.stages import StagedProblem
from myoassist.optimize.loop.workers import Workers
from myoassist.optimize.names import make_run_name
from myoassist.optimize.optimizers.registry import new_optimizer
from myoassist.optimize.problem import OptimizationResult, Problem
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.store.saver import RunSaver, resume_search
from myoassist.optimize.store.search_state import Search, cost_fingerprint, search_region
from myoassist.runs.catalogue import MAX_EVALUATIONS, read_status
from myoassist.runs.writer import RunFolder
from myoassist.space.table import ParameterTable


def minimize(
    problem: Problem,
    config: RunConfig,
    folder: RunFolder,
    *,
    start: np.ndarray | Callable[[], np.ndarray] | None = None,
    progress: Progress | None = None,
    plot: bool = True,
    capture: Capture | None = None,
) -> OptimizationResult:
    """Minimize the cost of a problem and leave the results in the run folder.

    A folder with a checkpoint is continued, bit for bit as if nothing had happened; a larger `optimizer.maxiter`
    extends a finished run. SIGINT and SIGTERM save the last complete generation and end the run.

    Args:
        problem: Cost, parameter table and number of evaluations at once; the latter has no influence on the outcome.
        config: Seed and optimizer options.
        folder: Opened run folder.
        start: Raw start vector, shape (D,), or a function that returns it, called for a new search only; None takes
            `optimizer.param_path` or the table's initial values.
        progress: Display; None chooses by standard output.
        plot: Draw the convergence figure at the end.
        capture: Simulates a vector again up to the failure of its physics, which is then kept in `faults/`.

    Raises:
        Stopped: after a stop signal, with the exit code of the process; everything is saved.
        FailedGenerationError: if every candidate fails; everything before is saved.
        HangingCandidateError: if an evaluation neither ends in time nor can be ended.
        UserError: before any evaluation, for what the user can change.
    """
    began = time.perf_counter()
    with ExitStack() as stack:
        stop = stack.enter_context(StopRequest())
        # The matrices are small: more BLAS threads only get in the way of the evaluations, and their number could
        # change the last digit.
        stack.enter_context(threadpool_limits(limits=1, user_api="blas"))
        search, saver = _open_search(problem.table, config, folder, start)
        search.stage_names = tuple(stage.name for stage in plan_stages(config.optimizer))
        limit = search.first_generation + config.optimizer.maxiter
        search.set_limit(limit)
        saver.save(search)
        folder.write_status("running", **_status(search))
        stack.enter_context(_keep_on_error(search, saver, folder))
        # Candidates that are disturbed in different ways could not be compared.
        common = config.cost.draws > 1
        display = stack.enter_context(progress or make_progress())
        workers = stack.enter_context(Workers(problem, config.seed, config.optimizer.candidate_timeout, common))
        faults = FaultKeeper(folder.path, capture, config.seed, common)
        reasons_seen: set[str] = set()
        entered: int | None = None
        fingerprint = None
        while search.generation < limit and not search.reasons and not _is_spent(search, config):
            generation_began = time.perf_counter()
            vectors = search.ask()
            if isinstance(problem, StagedProblem) and search.stage != entered:
                entered, fingerprint = search.stage, problem.enter_stage(search.stage)
                display.note(f"stage {search.stage_label}")
            results = workers.evaluate(vectors, search.generation + 1, stop)
            if results is None:
                _end_stopped(search, saver, folder, stop)
            else:
                for note in faults.add(search.generation + 1, vectors, results):
                    display.note(note)
                check_generation(search, results)
                search.tell(vectors, results, fingerprint)
                saver.add(search, results, time.perf_counter() - generation_began, problem.workers)
                if search.generation % config.optimizer.checkpoint_every == 0 and saver.save(search):
                    folder.write_status("running", **_status(search))
                _note_errors(display, results, reasons_seen)
                if display.update(search, results, limit):
                    stop.request()
        saver.save(search, final=True)
    if plot:
        folder.write_status("running", **_status(search))
        draw_run(folder.path)
    return _finish(search, config, folder, time.perf_counter() - began)


def _open_search(
    table: ParameterTable,
    config: RunConfig,
    folder: RunFolder,
    start: np.ndarray | Callable[[], np.ndarray] | None,
) -> tuple[Search, RunSaver]:
    """Return the search of a run folder, resumed, continued from another state, or new, with its saver."""
    resumed = resume_search(folder.path, table)
    if resumed is not None:
        search, files = resumed
        return search, RunSaver(folder.path, search, files)
    if config.optimizer.pickle_path is not None:
        if config.optimizer.param_path is not None or start is not None:
            raise ConfigError(
                "optimizer.pickle_path and optimizer.param_path are both given",
                "one of them: the state of an optimizer, or a vector to start a new one from",
                "drop one of the two",
            )
        # Kept out of the module's imports: only few runs need it.
        from myoassist.optimize.store.continued_state import continue_search

        search = continue_search(config, table)
    else:
        if start is None:
            vector = load_start(config, table)
        else:
            vector = table.clamp(start() if callable(start) else start)
            vector = np.where(table.free, vector, table.initial)
        search = Search(
            optimizer=new_optimizer(search_region(table, vector, config.optimizer), config.optimizer, config.seed),
            table=table,
            run_name=make_run_name(config, table),
            fingerprint=_first_fingerprint(config),
            base_vector=vector,
        )
    return search, RunSaver(folder.path, search)


def _note_errors(display: Progress, results: list[CostResult], seen: set[str]) -> None:
    """Say once why evaluations fail."""
    errors = [result.reason for result in results if result.outcome.name == "ERROR"]
    for reason in errors:
        if reason not in seen and len(seen) < 10:
            seen.add(reason)
            display.note(f"an evaluation failed: {reason}")


def _first_fingerprint(config: RunConfig) -> str:
    """Return the fingerprint of the cost that the first generation is judged by."""
    stages = plan_stages(config.optimizer)
    return cost_fingerprint(stage_config(config, stages[0]) if stages else config)


def _is_spent(search: Search, config: RunConfig) -> bool:
    cap = config.optimizer.max_evaluations
    return cap is not None and search.evaluations >= cap


def _status(search: Search) -> dict[str, object]:
    """Return what status.json says about a search."""
    best = None if search.best is None else search.best.result
    return {
        "generation": search.generation,
        "evaluations": search.evaluations,
        "best": None if best is None else best.total,
        "best_stage": None if best is None else best.stage,
        "run_name": search.run_name,
        **({"stage": search.stage_label} if search.stage_names else {}),
    }


@contextmanager
def _keep_on_error(search: Search, saver: RunSaver, folder: RunFolder) -> Iterator[None]:
    """Save the last complete generation when something ends the search, and let status.json tell of it."""
    try:
        yield
    except RunError:
        # Result files and status are written once a second only.
        saver.save(search, final=True)
        folder.write_status("running", **_status(search))
        raise


def _end_stopped(search: Search, saver: RunSaver, folder: RunFolder, stop: StopRequest) -> None:
    """Save the last complete generation and raise `Stopped`."""
    assert stop.signal_number is not None
    saver.save(search, final=True)
    folder.write_status("interrupted", **_status(search))
    raise Stopped(
        stop.signal_number,
        f"stopped in generation {search.generation + 1}; generation {search.generation} is saved in {folder.path}, "
        "the same command continues",
    )


def draw_run(folder: Path) -> None:
    """Draw the convergence figure of a run folder; a figure is no reason to lose the news that a search has ended."""
    from myoassist.optimize.store.plot import plot_convergence

    try:
        plot_convergence(folder, str(read_status(folder)["run_name"]))
    except Exception as error:
        warnings.warn(f"the convergence figure was not drawn: {type(error).__name__}: {error}", stacklevel=2)


def _finish(search: Search, config: RunConfig, folder: RunFolder, wall_time: float) -> OptimizationResult:
    """Write the final status, say how it went, return the result."""
    assert search.best is not None and search.best_last is not None
    reason = ", ".join(search.reasons) or (MAX_EVALUATIONS if _is_spent(search, config) else "maxiter")
    meaning = explain_stop(search)
    folder.write_status("finished", **_status(search), stop_reason=reason)
    say(
        f"finished after generation {search.generation} ({reason}), {wall_time:.1f} s: "
        f"best {search.best.result.total:.5f}, best of the last generation {search.best_last.result.total:.5f}"
        + (f"\n{meaning}" if meaning else "")
    )
    if config.optimizer.cost_print:
        from myoassist.cost.report import format_terms

        print(format_terms(search.best.result), end="")
    return OptimizationResult(
        best=search.best,
        best_last=search.best_last,
        generations=search.generation,
        evaluations=search.evaluations,
        stop_reason=reason,
        run_name=search.run_name,
    )
