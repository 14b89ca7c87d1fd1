"""The sweepers `evolution_nevergrad` and `optuna`: generations of runs, a journal that survives anything."""

import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict, read_write

from myoassist.config.hydra.keys import check_places
from myoassist.config.run_names import quote_value
from myoassist.files.command_words import localize_command, quote_path
from myoassist.files.errors import ConfigError
from myoassist.files.signals import Stopped
from myoassist.runs.storage import explain_storage
from myoassist.sweep.evolution.files import describe_failures, write_exports
from myoassist.sweep.evolution.folder import EvolutionFolder, count_done, now, open_evolution
from myoassist.sweep.evolution.individual import RETRIED, Individual, derive_seed, place_individual
from myoassist.sweep.evolution.judgement import TooManyFailuresError, judge_return, reuse_finished
from myoassist.sweep.evolution.libraries.library import NEVERGRAD, OPTUNA
from myoassist.sweep.evolution.orphans import settle_orphans
from myoassist.sweep.evolution.plan import EvolutionPlan, make_plan
from myoassist.sweep.evolution.state import WORST_LOSS, ask_event, replay, result_event, tell_event
from myoassist.sweep.evolution.store import write_checkpoint
from myoassist.sweep.launch.slurm import TolerantSlurmLauncher


class EvolutionSweeper(Sweeper):
    """Search the parameters of runs with an optimizer of a library, one generation after the other.

    Args:
        optim: Settings, see `EvolutionOptim`.
        params: Search space, see `read_search_space`.
        constraints: Limits of the space, see `read_constraints`.
    """

    library = NEVERGRAD

    def __init__(self, optim: Any, params: Any = None, constraints: Any = None) -> None:
        self.optim, self.params, self.constraints = optim, params, constraints
        # Methods of the base class look for them.
        self.config: DictConfig | None = None
        self.hydra_context: HydraContext | None = None
        self.task_function: TaskFunction | None = None
        self.launcher: Launcher | None = None

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Remember what Hydra hands over; the launcher follows once the folder is known."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    def sweep(self, arguments: list[str]) -> None:
        """Run or continue the evolution that the arguments describe.

        Raises:
            UserError: if it is refused; nothing has run then.
            TooManyFailuresError: if more of a generation failed than `max_failure_rate` allows; everything is saved.
            Stopped: after Ctrl-C or SIGTERM; everything is saved.
        """
        check_places(self.config.hydra)
        for typed in self.config.hydra.overrides.hydra:
            if str(typed).startswith("hydra.sweep.dir="):
                place = str(typed).partition("=")[2]
                raise ConfigError(
                    f"{typed}: the folder of an evolution is another key", "logdir=<folder>", f"logdir={place}"
                )
        plan = make_plan(
            self.library, self.config, self.hydra_context, self.optim, self.params, self.constraints, arguments
        )
        # Refuses an optimizer that cannot work before anything is written.
        _build(plan, plan.budget)
        folder = open_evolution(plan)
        try:
            for notice in folder.notices:
                print(notice, flush=True)
            with explain_storage(folder.path):
                self._evolve(plan, folder)
        finally:
            folder.lock.release()

    def _evolve(self, plan: EvolutionPlan, folder: EvolutionFolder) -> None:
        state = folder.state
        # As it was planned at the first start: some optimizers divide their budget into phases.
        optimizer = _build(plan, state.budget)
        candidates = replay(state, optimizer)
        settle_orphans(state, folder.path)
        _follow(folder)
        self.launcher = self._make_launcher(folder)
        generation = state.told
        with _stopping_with_words(folder):
            while candidates or len(state.individuals) < plan.budget:
                if not candidates:
                    candidates = _ask(plan, folder, optimizer, generation)
                started = time.monotonic()
                self._run_generation(plan, folder, generation)
                batch = state.generation(generation)
                for item in batch:
                    optimizer.tell(candidates[item.job], WORST_LOSS if item.loss is None else item.loss)
                candidates = {}
                folder.lock.check()
                folder.journal.write(tell_event(generation, now()))
                state.told = generation + 1
                write_checkpoint(folder.path)
                _follow(folder)
                write_exports(state, folder.path)
                print(_progress(plan, folder, generation, time.monotonic() - started), flush=True)
                _check_failures(plan, folder, batch)
                generation += 1
        write_exports(state, folder.path)
        best = state.best()
        found = f"best {best.fitness:.6g} in {best.folder}" if best else "no individual finished"
        command = localize_command(f"myoassist evos {quote_path(folder.path)}")
        print(f"Evolution of {len(state.individuals)} individuals done: {found}; table, page: {command}", flush=True)

    def _run_generation(self, plan: EvolutionPlan, folder: EvolutionFolder, generation: int) -> None:
        """Bring every individual of a generation to a result, in the journal as well."""
        batch = folder.state.generation(generation)
        for item in batch:
            if item.status == "pending" and reuse_finished(item, folder.path, plan.optim):
                _note(folder, item)
            elif item.status == "pending" and not all(limit(item.params) for limit in plan.constraints):
                item.status, item.error = "pruned", "no individual that meets the constraints was found"
                item.loss = plan.optim.failed_loss
                _note(folder, item)
        while waiting := [
            item
            for item in batch
            if item.status == "pending" or (item.status in RETRIED and item.attempts <= plan.optim.retries)
        ]:
            self._launch(plan, folder, waiting)

    def _launch(self, plan: EvolutionPlan, folder: EvolutionFolder, waiting: list[Individual]) -> None:
        overrides = [plan.overrides(item, folder.path) for item in waiting]
        started = time.monotonic()
        noted: set[int] = set()

        def take(index: int, answer: JobReturn) -> None:
            item = waiting[index]
            judge_return(item, answer, plan.optim)
            item.attempts += 1
            # On this machine an individual may have waited for its turn; in the queue of a cluster that is unknown.
            began = getattr(self.launcher, "began", {}).get(index, started)
            item.seconds = round(time.monotonic() - began, 3)
            item.session = folder.state.sessions
            _note(folder, item)
            noted.add(index)

        if hasattr(self.launcher, "on_result"):
            self.launcher.on_result = take
        if isinstance(self.launcher, TolerantSlurmLauncher):
            self.launcher.on_submit = lambda index, job_id: _note_submission(folder, waiting[index], job_id)
        # Job numbers follow from generation and rank, also where only some of a generation are launched again.
        answers = self.launcher.launch(overrides, initial_job_idx=waiting[0].job)
        for index, answer in enumerate(answers):
            if index not in noted:
                take(index, answer)

    def _make_launcher(self, folder: EvolutionFolder) -> Launcher:
        with read_write(self.config.hydra), open_dict(self.config.hydra):
            # Whatever Hydra and the launcher leave behind belongs to the evolution; workers compose it again.
            place = f"hydra.sweep.dir={quote_value(folder.path.as_posix())}"
            self.config.hydra.overrides.hydra.append(place)
            self.config.hydra.sweep.dir = folder.path.as_posix()
        return Plugins.instance().instantiate_launcher(
            hydra_context=self.hydra_context, task_function=self.task_function, config=self.config
        )


class OptunaSweeper(EvolutionSweeper):
    """The same with a sampler of Optuna, and with a file for its dashboard."""

    library = OPTUNA


def _build(plan: EvolutionPlan, budget: int) -> Any:
    return plan.library.build(plan.space, plan.constraints, plan.optim, budget)


def _ask(plan: EvolutionPlan, folder: EvolutionFolder, optimizer: Any, generation: int) -> dict[int, Any]:
    """Ask for a generation and announce it in the journal; return job number -> candidate."""
    state = folder.state
    places = {item.uid: [item.generation, item.rank] for item in state.individuals}
    first = len(state.individuals)
    count = min(plan.optim.num_workers, plan.budget - first)
    candidates: dict[int, Any] = {}
    batch: list[Individual] = []
    for rank in range(count):
        candidate = optimizer.ask()
        values = {
            key: value.tolist() if hasattr(value, "tolist") else value for key, value in dict(candidate.value).items()
        }
        parents = [places[uid] for uid in candidate.parents_uids if uid in places]
        seed = derive_seed(plan.optim.seed, generation, rank)
        place = place_individual(generation, rank)
        batch.append(Individual(first + rank, generation, rank, values, seed, place, parents, candidate.uid))
        candidates[first + rank] = candidate
    state.individuals += batch
    folder.journal.write(ask_event(batch))
    _follow(folder)
    return candidates


def _note(folder: EvolutionFolder, item: Individual) -> None:
    folder.lock.check()
    folder.journal.write(result_event(item, now()))
    _follow(folder)


def _follow(folder: EvolutionFolder) -> None:
    if folder.follower is not None:
        folder.follower.follow(folder.state)


def _note_submission(folder: EvolutionFolder, item: Individual, job_id: str) -> None:
    item.job_id = job_id
    folder.journal.write({"event": "submit", "time": now(), "job": item.job, "job_id": job_id, "launcher": "slurm"})


def _progress(plan: EvolutionPlan, folder: EvolutionFolder, generation: int, seconds: float) -> str:
    state = folder.state
    batch = state.generation(generation)
    total = -(-plan.budget // plan.optim.num_workers)
    values = [item.fitness for item in batch if item.status == "finished"]
    words = [f"generation {generation + 1}/{total}:"]
    if values:
        best = max(values) if plan.optim.maximize else min(values)
        words.append(f"best {best:.6g}, median {statistics.median(values):.6g},")
    overall = state.best()
    if overall is not None:
        words.append(f"best so far {overall.fitness:.6g} ({overall.folder}),")
    words.append(f"{len(batch) - len(values)} of {len(batch)} without a result, {seconds:.1f} s,")
    return " ".join([*words, f"{count_done(state.individuals)}/{plan.budget} done"])


def _check_failures(plan: EvolutionPlan, folder: EvolutionFolder, batch: list[Individual]) -> None:
    failed = [item for item in batch if item.status not in ("finished", "pruned")]
    if len(failed) / len(batch) > plan.optim.max_failure_rate:
        raise TooManyFailuresError(
            f"{len(failed)} of {len(batch)} individuals of generation {batch[0].generation} failed\n"
            + describe_failures(failed, folder.path, plan.space.fixed),
            f"at most a share of {plan.optim.max_failure_rate:g} (hydra.sweeper.optim.max_failure_rate)",
            "remove the cause and run the same command again, which goes on without these individuals",
        )


@contextmanager
def _stopping_with_words(folder: EvolutionFolder) -> Iterator[None]:
    """Turn Ctrl-C, and SIGTERM, which ends a Slurm job, into an exception: workers are cancelled, the lock is freed."""
    words = f"Evolution stopped; the same command continues it in {folder.path.as_posix()}."

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(number, words)

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:
        # Not the main thread, which alone is told of signals.
        yield
        return
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(signal.SIGINT, words) from None
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
