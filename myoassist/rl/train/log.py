"""Growing files of a training: a table per rollout, its clock, the published log, evaluations, TensorBoard."""

import datetime
import json
import math
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from myoassist.files.append_log import AppendLog, read_lines
from myoassist.files.atomic import write_text_atomic
from myoassist.rl.env.failed_episodes import FAULTS_HEADER, note_episodes
from myoassist.rl.env.vec_measure import Episode
from myoassist.rl.train.evaluate_best import TrainingEvaluation
from myoassist.rollout.fault.file import WalkFault

HISTORY_NAME = "history.csv"
TIMING_NAME = "timing.csv"
FAULTS_NAME = "faults.csv"
EVALUATIONS_NAME = "evaluations.csv"
RECORDS_NAME = "train_log.jsonl"
LOG_NAME = "train_log.json"
TENSORBOARD_NAME = "tensorboard"
_EVALUATION_KEYS = ("score", "survived", "starts", "walked_time", "speed", "speed_error", "reward")
_TIMING_KEYS = ("steps_per_second", "physics", "network", "learning", "rest")


class TrainLog:
    """Everything that grows while a policy is trained.

    Args:
        folder: Run folder.
        reward_names: Terms of the reward.
        weights: Their weights as configured, for the records.
        update_keys: What the algorithm says about an update.
    """

    def __init__(
        self, folder: Path, reward_names: tuple[str, ...], weights: Mapping[str, Any], update_keys: tuple[str, ...]
    ) -> None:
        self._folder = folder
        self._names = reward_names
        self._weights = dict(weights)
        self._update_keys = update_keys
        columns = ["rollout", "steps", "episodes", "episode_length", "return"]
        columns += [f"reward/{name}" for name in reward_names] + list(update_keys)
        self.history = AppendLog(folder / HISTORY_NAME, ",".join(columns))
        self.timing = AppendLog(folder / TIMING_NAME, ",".join(["steps", *_TIMING_KEYS]), durable=False)
        self.records = AppendLog(folder / RECORDS_NAME, "")
        self.evaluations = AppendLog(folder / EVALUATIONS_NAME, ",".join(["steps", *_EVALUATION_KEYS]))
        self.faults = AppendLog(folder / FAULTS_NAME, FAULTS_HEADER)
        self.files = {
            HISTORY_NAME: self.history,
            TIMING_NAME: self.timing,
            RECORDS_NAME: self.records,
            FAULTS_NAME: self.faults,
        }
        self._writer: Any = None
        self._outer_hook = threading.excepthook
        # Unweighted parts since the start of the training, as published.
        self.accumulated = np.zeros(len(reward_names))
        self.since_record: list[Episode] = []
        self._records_written = 0
        self._records_next = 1

    def open_tensorboard(self, steps: int) -> None:
        """Begin to write events; those of a killed run after `steps` are taken back."""
        from torch.utils.tensorboard import SummaryWriter

        folder = self._folder / TENSORBOARD_NAME
        self._writer = SummaryWriter(str(folder), purge_step=steps + 1 if folder.exists() else None)
        self._outer_hook = threading.excepthook
        threading.excepthook = self._report_thread

    def _report_thread(self, arguments: threading.ExceptHookArgs) -> None:
        """Leave a full or vanished disk to the next event, which raises the same error where it is put in words."""
        ours = type(arguments.thread).__module__.startswith("tensorboard.")
        if not (ours and isinstance(arguments.exc_value, OSError)):
            self._outer_hook(arguments)

    def add_rollout(
        self, rollout: int, steps: int, episodes: list[Episode], rates: np.ndarray, update: Mapping[str, Any]
    ) -> None:
        """Add what a rollout and the update after it gave.

        Args:
            rollout: Its number.
            steps: Environment steps after it.
            episodes: Episodes that ended in it.
            rates: Weighted parts of the reward per second, shape (terms,).
            update: Values of Stable-Baselines3 without `train/`.
        """
        length, total = mean_episode(episodes)
        numbers = [
            rollout,
            steps,
            len(episodes),
            length,
            total,
            *rates,
            *(update.get(key, "") for key in self._update_keys),
        ]
        self.history.append(",".join(_cell(value) for value in numbers))
        if self._writer is not None:
            self._scalars("rollout", {"episode_length": length, "return": total, "episodes": len(episodes)}, steps)
            self._scalars("reward_per_second", dict(zip(self._names, rates, strict=True)), steps)
            self._scalars("train", update, steps)

    def add_timing(self, steps: int, values: Mapping[str, float]) -> None:
        """Add what the clock said; apart from the history, which does not depend on it."""
        self.timing.append(",".join([str(steps), *(f"{values[key]:.4g}" for key in _TIMING_KEYS)]))
        if self._writer is not None:
            self._scalars("time", values, steps)

    def add_faults(self, faults: list[WalkFault], steps: int) -> list[str]:
        """Add episodes that the physics failed in, keep the first ones for `myoassist replay`; return what to say."""
        rows, notes = note_episodes(self._folder, faults, steps)
        for row in rows:
            self.faults.append(row)
        return notes

    def add_evaluation(self, result: TrainingEvaluation) -> None:
        """Add an evaluation; it is on the disk when this returns."""
        values = {key: getattr(result, key) for key in _EVALUATION_KEYS}
        self.evaluations.append(",".join([str(result.steps), *(_cell(value) for value in values.values())]))
        self.evaluations.commit()
        if self._writer is not None:
            self._scalars("evaluation", values, result.steps)

    def add_record(self, steps: int, update: Mapping[str, Any]) -> None:
        """Add a record of the published log over the episodes since the last one.

        Args:
            steps: Environment steps so far.
            update: Values of the update before; -1 stands for what there is not yet.
        """
        length, total = mean_episode(self.since_record)
        episodes = self.since_record
        sums = np.mean([item.terms for item in episodes], axis=0) if episodes else np.zeros(len(self._names))
        record: dict[str, Any] = {key: _plain(update.get(key, -1)) for key in self._update_keys}
        record |= {
            "num_timesteps": steps,
            "average_num_timestep": length if episodes else 0,
            "average_reward_per_episode": total if episodes else 0,
            "average_reward_dict_per_episode": self._unweighted(sums),
            "time": datetime.datetime.now().strftime("%Y%m%d-%H%M%S.%f"),
            "reward_accumulate": self._unweighted(self.accumulated),
            "reward_weights": self._weights,
        }
        self.records.append(json.dumps(record))
        self.since_record = []

    def write_log(self, final: bool = False) -> None:
        """Bring train_log.json up to date: at the end, and whenever the records have grown by a quarter."""
        path = self._folder / RECORDS_NAME
        self._records_written += 1
        if not path.is_file() or (not final and self._records_written < self._records_next):
            return
        records = [json.loads(line) for line in read_lines(path).lines if line]
        self._records_next = self._records_written + max(1, len(records) // 4)
        write_text_atomic(self._folder / LOG_NAME, json.dumps({"log_datas": records}, indent=4) + "\n")

    def commit(self) -> None:
        """Write the rows added since the last commit."""
        for name, file in self.files.items():
            # Most trainings have no failed episode, and then no table of them.
            if name != FAULTS_NAME or file.pending:
                file.commit()
        if self._writer is not None:
            self._writer.flush()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Cut all files back to what `state` returned, but for evaluations after it."""
        for name, file in self.files.items():
            # States of older versions have no failed episodes.
            file.restore(state["files"].get(name, {"size": 0}))
        self.accumulated = np.array(state["accumulated"], dtype=float)
        self.since_record = [Episode(total, length, np.array(terms)) for total, length, terms in state["since_record"]]
        self._restore_evaluations(int(state["steps"]))

    def state(self, steps: int) -> dict[str, Any]:
        """Return what `restore` needs, as plain values."""
        return {
            "files": {name: file.state() for name, file in self.files.items()},
            "steps": steps,
            "accumulated": self.accumulated.tolist(),
            "since_record": [(item.total, item.length, item.terms.tolist()) for item in self.since_record],
        }

    def evaluated_steps(self) -> list[int]:
        """Return the steps that an evaluation is there for."""
        return [int(line.partition(b",")[0]) for line in read_lines(self.evaluations.path).lines[1:]]

    def close(self) -> None:
        """Close TensorBoard's files."""
        if self._writer is not None:
            try:
                self._writer.close()
            finally:
                threading.excepthook = self._outer_hook

    def _restore_evaluations(self, steps: int) -> None:
        path = self.evaluations.path
        if not path.is_file():
            return
        # Without a whole line it was killed while the first row was written.
        lines = read_lines(path).lines
        kept = [line for line in lines[1:] if int(line.partition(b",")[0]) <= steps]
        self.evaluations.restore({"size": sum(len(line) + 1 for line in [*lines[:1], *kept])})

    def _unweighted(self, sums: np.ndarray) -> dict[str, float]:
        """Return parts without their weights; those of dictionaries and of weight 0 stay as they are."""
        parts = {}
        for name, value in zip(self._names, sums, strict=True):
            weight = self._weights.get(name)
            scale = weight if isinstance(weight, int | float) and weight != 0.0 else 1.0
            parts[name] = float(value / scale)
        return parts

    def _scalars(self, group: str, values: Mapping[str, Any], steps: int) -> None:
        for name, value in values.items():
            if isinstance(value, int | float | np.number) and math.isfinite(value):
                self._writer.add_scalar(f"{group}/{name}", float(value), steps)


def mean_episode(episodes: list[Episode]) -> tuple[float, float]:
    """Return mean length in control steps and mean return; NaN without episodes."""
    if not episodes:
        return math.nan, math.nan
    return float(np.mean([item.length for item in episodes])), float(np.mean([item.total for item in episodes]))


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return "" if math.isnan(value) else repr(float(value))
    return str(value)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
