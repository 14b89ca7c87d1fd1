"""Launcher of this machine: each run in a process of its own, a few at a time."""

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, filter_overrides, run_job, setup_globals
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, open_dict

from myoassist.config.cores import count_cores
from myoassist.config.entries.launchers import check_launcher
from myoassist.config.run_names import PLACE_KEYS, override_key
from myoassist.files.errors import UserError
from myoassist.sweep.launch.local_processes import Outcome, run_processes
from myoassist.sweep.launch.resources import thread_key

# Below the folder of the sweep; hidden, because output and tracebacks name files of this machine.
LOG_FOLDER = ".jobs"


@dataclass
class HydraJob:
    """One run of a sweep, to be called in another process."""

    hydra_context: HydraContext
    config: DictConfig
    task_function: TaskFunction
    overrides: list[str]
    number: int
    singletons: dict[Any, Any]

    def __call__(self) -> JobReturn:
        """Compose the configuration of the run and hand it to the task function."""
        Singleton.set_state(self.singletons)
        setup_globals()
        config = self.hydra_context.config_loader.load_sweep_config(self.config, self.overrides)
        with open_dict(config.hydra.job):
            config.hydra.job.id = str(self.number)
            config.hydra.job.num = self.number
        done = run_job(
            task_function=self.task_function,
            config=config,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
            hydra_context=self.hydra_context,
            configure_logging=False,
        )
        if done.status == JobStatus.FAILED:
            print_failure(done._return_value)
        return done


def print_failure(error: BaseException) -> None:
    """Print why a run failed: the message alone where the user can act on it, else the traceback."""
    if isinstance(error, UserError):
        print(error, file=sys.stderr)
    else:
        traceback.print_exception(error)


class LocalLauncher(Launcher):
    """Run the jobs of a sweep on this machine.

    A job that raises, is killed or crashes becomes a failed `JobReturn`; the others go on.

    Args:
        max_parallel: Runs alive at once; None divides the cores of this machine by the threads of a run.
        timeout_min: Longest time of one run, min; None sets no limit. A run that reaches it saves and ends.
    """

    def __init__(self, max_parallel: int | None = None, timeout_min: float | None = None) -> None:
        check_launcher({"max_parallel": max_parallel, "timeout_min": timeout_min})
        self.max_parallel = max_parallel
        self.timeout_min = timeout_min
        # Numbers of the next jobs, where they are not consecutive because some had been finished before.
        self.numbers: Sequence[int] | None = None
        # When each job of the last launch began, by its index, as the monotonic clock tells it, s.
        self.began: dict[int, float] = {}
        # Told about every job when it has ended, before the others have.
        self.on_result: Callable[[int, JobReturn], None] | None = None

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Take what Hydra hands to every launcher."""
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Run the jobs and wait for all of them.

        Args:
            job_overrides: Overrides of each job.
            initial_job_idx: Number of the first job.

        Returns:
            One JobReturn per job, in order; failed ones hold the error.

        Raises:
            Stopped: after a stop signal, when all runs have saved.
        """
        setup_globals()
        limit = min(self.max_parallel or default_parallel(self.config, job_overrides), len(job_overrides))
        root = Path(str(self.config.hydra.sweep.dir))
        root.mkdir(parents=True, exist_ok=True)
        numbers = self.numbers or range(initial_job_idx, initial_job_idx + len(job_overrides))
        logs: list[Path | None] = [None] * len(job_overrides)
        if limit > 1:
            # Outputs of several runs at once would be unreadable on one console.
            (root / LOG_FOLDER).mkdir(exist_ok=True)
            logs = [root / LOG_FOLDER / f"{number}.log" for number in numbers]
            print(f"{limit} at once; their output goes to {(root / LOG_FOLDER).as_posix()}/<run>.log", flush=True)
        state = Singleton.get_state()
        jobs = [
            HydraJob(self.hydra_context, self.config, self.task_function, list(overrides), number, state)
            for number, overrides in zip(numbers, job_overrides, strict=True)
        ]
        returns: dict[int, JobReturn] = {}

        self.began = {}

        def start(index: int) -> None:
            self.began[index] = time.monotonic()
            print(f"run {numbers[index]}: {_shorten(job_overrides[index])}", flush=True)

        def end(index: int, outcome: Outcome) -> None:
            returns[index] = _to_return(outcome, job_overrides[index])
            print(f"run {numbers[index]}: {_describe(returns[index])}", flush=True)
            if self.on_result is not None:
                self.on_result(index, returns[index])

        run_processes(jobs, limit, logs, start, end, None if self.timeout_min is None else 60.0 * self.timeout_min)
        return [returns[index] for index in range(len(jobs))]


def default_parallel(config: DictConfig, job_overrides: Sequence[Sequence[str]]) -> int:
    """Return how many runs fit on this machine at once: its cores over the threads of the widest run.

    A run with `optimizer.threads=null`, or `rl.threads=null` with task=rl, takes all cores.
    """
    cores = count_cores()
    parser = OverridesParser.create()
    widest = 0
    for overrides in job_overrides:
        values = {key: OmegaConf.select(config, key) for key in ("task", "optimizer.threads", "rl.threads")}
        for override in parser.parse_overrides(list(overrides)):
            if override.key_or_group in values and not override.is_delete():
                values[override.key_or_group] = override.value()
        threads = 1 if values["task"] == "fake" else values[thread_key(values["task"])]
        widest = max(widest, threads if isinstance(threads, int) else cores)
    return max(1, cores // max(1, widest))


def _shorten(overrides: Sequence[str]) -> str:
    """Return overrides on one line, without those that only place the run."""
    shown = [text for text in filter_overrides(overrides) if override_key(text) not in PLACE_KEYS]
    return " ".join(shown)


def _to_return(outcome: Outcome, overrides: Sequence[str]) -> JobReturn:
    if isinstance(outcome.value, JobReturn):
        return outcome.value
    failed = JobReturn(overrides=list(overrides), status=JobStatus.FAILED)
    failed.return_value = outcome.error or RuntimeError("the run returned nothing")
    return failed


def _describe(done: JobReturn) -> str:
    if done.status == JobStatus.COMPLETED:
        return f"finished, fitness {done.return_value}"
    error = done._return_value
    return f"FAILED, {type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
