"""Search and train out of Python: the training command, with functions that are told how it gets on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from myoassist.api.config import Config, require_config
from myoassist.api.run import Run, load_run
from myoassist.files.errors import ConfigError
from myoassist.rl.train.listener import Rollout

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from myoassist.cost.result import CostResult
    from myoassist.optimize.loop.progress import Progress
    from myoassist.optimize.store.search_state import Search
    from myoassist.rl.train.evaluate_best import TrainingEvaluation
    from myoassist.rl.train.listener import Listener


class StopSearch(Exception):  # noqa: N818 - a wish, nothing went wrong
    """Raised by a callback to stop after the present generation or rollout; the same as to return True."""


@dataclass(frozen=True)
class Generation:
    """A generation of a search, as a callback is told of it.

    Attributes:
        number: Its number, from 1.
        limit: The last one of the run.
        evaluations: Evaluations of the search so far.
        best: Best total cost of the search so far.
        stage: Stage of that candidate: 0, 1a, 1b, 1c, 2 or 3.
        parts: Summands of that total by name.
        terms: Reported terms of that candidate by name; empty in stages 0 and 1.
        vector: Its raw parameters, shape (D,).
        best_last: Best total cost of this generation.
        totals: Total cost of every candidate of this generation, shape (P,).
        run_name: Name of the search, of which a chain and a pool have several.
    """

    number: int
    limit: int
    evaluations: int
    best: float
    stage: str
    parts: Mapping[str, float]
    terms: Mapping[str, Any]
    vector: "np.ndarray"
    best_last: float
    totals: "np.ndarray"
    run_name: str


Callback = Callable[[Generation], Any]
RolloutCallback = Callable[[Rollout], Any]
EvaluationCallback = Callable[["TrainingEvaluation"], Any]


def optimize(config: Config, callback: Callback | None = None) -> Run:
    """Search, as the training command does: start a run, continue an unfinished one, or extend a finished one.

    Interrupting it (Ctrl-C, or the stop button of a notebook) saves the last complete generation and returns the run so
    far; the same call goes on.

    Args:
        config: What `compose` gave.
        callback: Told of every generation; the search stops after it where this returns True or raises `StopSearch`.

    Returns:
        The run, finished or interrupted.

    Raises:
        UserError: if the run is refused, with the message of the command.
    """
    return _train(require_config(config, "optimize"), "search", callback)


def train_policy(
    config: Config, callback: RolloutCallback | None = None, evaluated: EvaluationCallback | None = None
) -> Run:
    """Train a policy, as the training command does for experiments of `task=rl`.

    Interrupting it (Ctrl-C, or the stop button of a notebook) saves the last complete rollout and its update, and
    returns the run so far; the same call goes on.

    Args:
        config: What `compose` gave.
        callback: Told of every rollout, once its update is done, as a `Rollout`; the training stops after it where this
            returns True or raises `StopSearch`.
        evaluated: Told of every evaluation of a policy, as a `rl.train.evaluate_best.TrainingEvaluation`; it stops the
            training in the same way. Evaluations are made beside the training: that of a rollout comes some rollouts
            later, the last one after the last rollout.

    Returns:
        The run, finished or interrupted.

    Raises:
        UserError: if the run is refused, with the message of the command.
    """
    listener = None if callback is None and evaluated is None else _Listening(callback, evaluated)
    return _train(require_config(config, "train_policy"), "rl", None, listener)


def _train(config: Config, task: str, callback: Callback | None, listener: "Listener | None" = None) -> Run:
    from myoassist.api.start import start_mujoco
    from myoassist.check.run import check
    from myoassist.files.console import say
    from myoassist.files.signals import Stopped
    from myoassist.train import train

    composed = config.compose()
    if composed.config.task not in (task, "fake"):
        other = "train_policy" if composed.config.task == "rl" else "optimize"
        raise ConfigError(f"task={composed.config.task}", f"an experiment of task={task}", f"{other}(config)")
    check(composed.config)
    start_mujoco()
    opened: list[Path] = []
    show = None if callback is None else (lambda: _Told(callback))
    try:
        train(composed, show, lambda folder: opened.append(folder.path), listener=listener)
    except Stopped as stop:
        # Whoever ends the process, as a batch system does, is not asking for a result.
        if not _was_asked(stop) or not opened:
            raise
        say(str(stop))
    return load_run(opened[0])


def _was_asked(stop: Any) -> bool:
    import signal

    return stop.signal_number == signal.SIGINT


class _Told:
    """The display of a search that tells a callback besides.

    Args:
        callback: Told of every generation.
    """

    def __init__(self, callback: Callback) -> None:
        from myoassist.optimize.loop.progress import make_progress

        self._callback = callback
        self._shown: Progress = make_progress()

    def __enter__(self) -> Self:
        self._shown.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.__exit__(kind, error, trace)

    def update(self, search: "Search", results: "Sequence[CostResult]", limit: int) -> bool:
        """Show a generation and tell it; return whether the search is to stop."""
        self._shown.update(search, results, limit)
        return _wants_stop(self._callback, _describe(search, results, limit))

    def note(self, text: str) -> None:
        """Say something once."""
        self._shown.note(text)


class _Listening:
    """Hands on what a training tells.

    Args:
        callback: Told of every rollout; None for nobody.
        evaluated: Told of every evaluation; None for nobody.
    """

    def __init__(self, callback: RolloutCallback | None, evaluated: EvaluationCallback | None) -> None:
        self._callback = callback
        self._evaluated = evaluated

    def take_rollout(self, rollout: Rollout) -> bool:
        """Tell a rollout; return whether the training is to stop."""
        return _wants_stop(self._callback, rollout)

    def take_evaluation(self, evaluation: "TrainingEvaluation") -> bool:
        """Tell an evaluation; return whether the training is to stop."""
        return _wants_stop(self._evaluated, evaluation)


def _wants_stop(callback: Callable[[Any], Any] | None, told: Any) -> bool:
    """Tell a callback; return whether it asks to stop."""
    if callback is None:
        return False
    try:
        return callback(told) is True
    except StopSearch:
        return True


def _describe(search: "Search", results: "Sequence[CostResult]", limit: int) -> Generation:
    import numpy as np

    best, last = search.best, search.best_last
    assert best is not None and last is not None, "a generation was told"
    return Generation(
        number=search.generation,
        limit=limit,
        evaluations=search.evaluations,
        best=best.result.total,
        stage=best.result.stage,
        parts=dict(best.result.parts),
        terms=dict(best.result.terms),
        vector=best.vector.copy(),
        best_last=last.result.total,
        totals=np.array([result.total for result in results]),
        run_name=search.run_name,
    )


def sweep(*overrides: str) -> "pd.DataFrame":
    """Run every combination of values, as `--multirun` does, and return the index of the grid.

    Args:
        *overrides: What the command is given, several values between commas: `"seed=0,1"`.

    Returns:
        A row per run: `run` (folder), `status`, `best`, `reason`, and a column for everything that varies.

    Raises:
        UserError: if the grid is refused, or at the end if any run failed.
    """
    from myoassist.api.grid import run_grid

    return run_grid(list(overrides))
