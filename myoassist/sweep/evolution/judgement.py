"""What came of an individual: finished, failed, killed, timed out or pruned, and its loss."""

import math
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn, JobStatus

from myoassist.files.errors import StorageError, UserError
from myoassist.runs.catalogue import read_fitness, read_status
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.settings import EvolutionOptim


class TooManyFailuresError(UserError):
    """Stop an evolution of which too many individuals fail; everything is saved."""

    exit_code = 1


def judge_return(item: Individual, answer: JobReturn, optim: EvolutionOptim) -> None:
    """Fill in status, fitness, loss and error of an individual from what its launcher returned.

    NaN and infinity never reach the optimizer: NaN is a failure, infinity on the bad side a pruned run.

    Raises:
        StorageError: if the run ended because its folder could not be written.
    """
    if answer.status == JobStatus.COMPLETED:
        judge_fitness(item, answer.return_value, optim)
        return
    error = getattr(answer, "_return_value", None)
    if isinstance(error, StorageError):
        # Nothing is known about the individual: it runs again once its folder can be written. What refuses the start of
        # a run ends an evolution that was under way.
        error.exit_code = StorageError.exit_code
        raise error
    item.status = getattr(error, "kind", "failed")
    item.fitness, item.loss = None, optim.failed_loss
    item.error = _first_line(error)


def judge_fitness(item: Individual, value: Any, optim: EvolutionOptim) -> None:
    """Fill in status, fitness and loss of an individual whose run returned a value."""
    direction = -1.0 if optim.maximize else 1.0
    item.fitness, item.loss, item.error = None, optim.failed_loss, ""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        item.status, item.error = "failed", f"the run returned {value!r} instead of a fitness"
    elif math.isnan(value):
        item.status, item.error = "failed", "the fitness is not a number"
    elif math.isinf(value):
        pruned = direction * value > 0
        item.status = "pruned" if pruned else "failed"
        item.error = "the run was rejected before it started" if pruned else "the fitness is infinitely good"
    else:
        item.status, item.fitness = "finished", float(value)
        item.loss = direction * item.fitness


def reuse_finished(item: Individual, folder: Path, optim: EvolutionOptim) -> bool:
    """Take the result of a run that ended while nobody was there to collect it.

    Args:
        item: An individual that the journal announced, so its folder can only hold its own run.
        folder: Folder of the evolution.
        optim: Settings.

    Returns:
        Whether there was one.
    """
    status = read_status(folder / item.folder)
    if status["status"] != "finished":
        return False
    judge_fitness(item, read_fitness(status), optim)
    item.attempts = max(item.attempts, 1)
    return True


def _first_line(error: Any) -> str:
    """Return the line of an error that says what happened: the last one of a traceback, else the first one."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and set(line.strip()) != {"-"}]
    if not lines:
        return type(error).__name__
    if any(line.startswith("Traceback") for line in lines):
        ends = [line for line in lines if not line.startswith(("File ", "^", "~", "You can check", "- /", "- "))]
        return _without_places((ends or lines)[-1])[:500]
    return _without_places(lines[0])[:500]


def _without_places(text: str) -> str:
    """Return a message without folders of this machine, which mean nothing on another one."""
    for folder in (Path.cwd(), Path(__file__).parents[3]):
        text = text.replace(f"{folder.as_posix()}/", "")
    return text
