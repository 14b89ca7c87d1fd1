"""A Slurm launcher that outlives its workers: whatever ends one becomes a failed result, never an endless wait."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, filter_overrides
from hydra_plugins.hydra_submitit_launcher.config import BaseQueueConf
from hydra_plugins.hydra_submitit_launcher.submitit_launcher import SlurmLauncher
from omegaconf import OmegaConf

from myoassist.config.entries.launchers import check_launcher
from myoassist.files.errors import ConfigError
from myoassist.sweep.launch.orphans import outlive_requeue, prepare_restart
from myoassist.sweep.launch.slurm_submission import drop_replaced, explain_refusal
from myoassist.sweep.launch.slurm_watch import EndWatch, WorkerLostError, cancel_jobs, name_loss

# What the stock launcher does not know, with the values of `TolerantSlurmConfig`.
_OWN = {"poll_s": 1.0, "watch_s": 10.0, "grace_s": 15.0, "max_array_size": 1000}
_INIT_KEYS = ("max_num_timeout", "python")
_SCRUBBED = ("SLURM_", "SBATCH_", "SRUN_")
_KEPT = ("SLURM_CONF",)
_TOO_OFTEN = "timed-out too many times"


class TolerantSlurmLauncher(SlurmLauncher):
    """Run each job as a task of a Slurm job array, `array_parallelism` at once.

    A worker that raises, is killed, cancelled or times out for good becomes a failed `JobReturn`; the others go on. A
    worker that is preempted or reaches its time limit is requeued and continues from the checkpoint of its run.

    Args:
        **params: Fields of `TolerantSlurmConfig`.

    Attributes:
        on_result: Called with index and result as soon as a worker ends.
        on_submit: Called with index and job id as soon as a worker is submitted.
    """

    def __init__(self, **params: Any) -> None:
        if (tasks := params.get("tasks_per_node") or 1) != 1:
            raise ConfigError(
                f"hydra.launcher.tasks_per_node={tasks}: every task would repeat the same run in the same folder",
                "1",
                "hydra.launcher.tasks_per_node=1",
            )
        check_launcher(params)
        super().__init__(**{key: value for key, value in params.items() if key not in _OWN})
        self.own = {key: params.get(key, value) for key, value in _OWN.items()}
        self.on_result: Callable[[int, JobReturn], None] | None = None
        self.on_submit: Callable[[int, str], None] | None = None

    def __getstate__(self) -> dict[str, Any]:
        # Workers get a copy, and the callbacks hold what belongs to the daemon.
        return vars(self) | {"on_result": None, "on_submit": None}

    def __call__(self, sweep_overrides: list[str], *arguments: Any) -> JobReturn:
        """Run one job; called in the worker."""
        outlive_requeue()
        prepare_restart(sweep_overrides)
        return super().__call__(sweep_overrides, *arguments)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> list[JobReturn]:
        """Run jobs and return one result each, failed ones included.

        Args:
            job_overrides: Overrides of each job.
            initial_job_idx: Number of the first one.

        Returns:
            Results in the order of the jobs. A worker that ended without a result has status FAILED and a
            `WorkerLostError` as its value.

        Raises:
            ConfigError: if this machine has no Slurm.
            SubmissionError: if Slurm refuses the jobs; what had been submitted before has ended then.
        """
        assert self.config is not None, "Hydra calls setup first"
        Path(str(self.config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)
        state = Singleton.get_state()
        jobs = []
        for number, overrides in enumerate(job_overrides, start=initial_job_idx):
            print(f"  #{number} {' '.join(filter_overrides(overrides))}", flush=True)
            jobs.append((list(overrides), "hydra.sweep.dir", number, f"job_id_for_{number}", state))
        executor = self._make_executor()
        results: dict[int, JobReturn] = {}
        size = int(self.own["max_array_size"])
        # One array after the other, so that array_parallelism holds for all of them together.
        for first in range(0, len(jobs), size):
            results |= self._run_array(executor, dict(enumerate(jobs[first : first + size], start=first)))
        return [results[index] for index in range(len(jobs))]

    def _make_executor(self) -> Any:
        import submitit

        init = {f"slurm_{key}": self.params[key] for key in _INIT_KEYS if self.params.get(key) is not None}
        shared = set(OmegaConf.structured(BaseQueueConf).keys())
        parameters = {
            key if key in shared else f"slurm_{key}": value
            for key, value in drop_replaced(self.params).items()
            if key not in (*_INIT_KEYS, "submitit_folder")
        }
        try:
            executor = submitit.AutoExecutor(folder=self.params["submitit_folder"], cluster="slurm", **init)
        except RuntimeError as error:
            raise ConfigError(
                f"this machine cannot submit Slurm jobs: {error}",
                "the login node or a job of a Slurm cluster, with sbatch and srun in PATH",
                "hydra/launcher=local",
            ) from None
        executor.update_parameters(**parameters)
        return executor

    def _run_array(self, executor: Any, jobs: dict[int, tuple]) -> dict[int, JobReturn]:
        with scrubbed_environment(), explain_refusal():
            handles = executor.map_array(self, *zip(*jobs.values(), strict=True))
        active = dict(zip(jobs, handles, strict=True))
        results: dict[int, JobReturn] = {}
        try:
            if self.on_submit is not None:
                for index, job in active.items():
                    self.on_submit(index, job.job_id)
            watch, asked = EndWatch(self.own["grace_s"]), time.monotonic()
            while active:
                time.sleep(self.own["poll_s"])
                ended = {index: _read_result(job, jobs[index][0]) for index, job in active.items() if _has_result(job)}
                if time.monotonic() - asked >= self.own["watch_s"]:
                    asked = time.monotonic()
                    over = watch.check(job.job_id for index, job in active.items() if index not in ended)
                    for index, job in active.items():
                        # The result may have come in while Slurm was asked.
                        if job.job_id in over and index not in ended and not _has_result(job):
                            ended[index] = _fail(jobs[index][0], _describe_loss(job, over[job.job_id]))
                for index, answer in ended.items():
                    del active[index]
                    results[index] = answer
                    if self.on_result is not None:
                        self.on_result(index, answer)
        except BaseException:
            cancel_jobs(job.job_id for job in active.values())
            raise
        return results


@contextmanager
def scrubbed_environment() -> Iterator[None]:
    """Hide the Slurm variables of the daemon's own job from those that it submits, all but SLURM_CONF."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(_SCRUBBED) and name not in _KEPT}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def _has_result(job: Any) -> bool:
    path = job.paths.result_pickle
    try:
        # Listing the folder makes a network file system look again.
        list(path.parent.iterdir())
    except OSError:
        return False
    return path.exists()


def _read_result(job: Any, overrides: list[str]) -> JobReturn:
    try:
        answer = job.results()[0]
    except Exception as error:
        answer = _fail(overrides, error)
    # submitit raises this inside the run, so that it looks like a failure of the run itself.
    if answer.status != JobStatus.COMPLETED and _TOO_OFTEN in str(answer._return_value):
        return _fail(overrides, WorkerLostError("timeout", f"job {job.job_id} reached its time limit too often"))
    return answer


def _describe_loss(job: Any, state: str) -> WorkerLostError:
    text = f"job {job.job_id} ended without a result (state {state})"
    try:
        lines = [line for line in (job.stderr() or "").splitlines() if line.strip()]
    except OSError:
        lines = []
    # What the system itself said last, e.g. that the job was killed for its memory.
    said = [line.strip() for line in lines if line.startswith(("slurmstepd:", "srun:")) or "Killed" in line]
    return WorkerLostError(name_loss(state), f"{text}: {said[-1]}" if said else text)


def _fail(overrides: list[str], error: Exception) -> JobReturn:
    answer = JobReturn(overrides=overrides)
    answer.status = JobStatus.FAILED
    answer.return_value = error
    return answer
