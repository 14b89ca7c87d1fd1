"""One training: its loop, what it saves after every update, its best policy."""

import json
import math
import time
import zipfile
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback

from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.checkpoint import Checkpoint, load_newest, write_checkpoint
from myoassist.files.signals import StopRequest
from myoassist.rl.algorithms.base import Learner
from myoassist.rl.env.vec_measure import Episode, MeasuredVecEnv, RolloutStatistics
from myoassist.rl.policy.file import NOTE_NAME, PolicyFile, add_note, read_policy
from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.policy.policy import routing_of
from myoassist.rl.train.background import BackgroundEvaluation, Snapshot
from myoassist.rl.train.evaluate_best import TrainingEvaluation
from myoassist.rl.train.listener import Listener, Rollout
from myoassist.rl.train.log import TrainLog, mean_episode
from myoassist.rl.train.progress import TrainProgress
from myoassist.rl.train.state import capture_training, restore_training
from myoassist.rl.train.transfer import apply_transfer
from myoassist.runs.policy_files import BEST_NAME, MODELS_NAME, list_models, model_path, prune_models
from myoassist.runs.writer import RunFolder


class _StopCallback(BaseCallback):
    """End a rollout when somebody asks to stop."""

    def __init__(self, stop: StopRequest) -> None:
        super().__init__()
        self._stop = stop

    def _on_step(self) -> bool:
        return not self._stop.requested


class Trainer:
    """A training in a run folder.

    Args:
        config: Run configuration.
        folder: Opened run folder.
        learner: The learning algorithm.
        venv: Its environments.
        evaluation: Evaluates snapshots beside the training.
        stop: Request to stop.
        listener: Told of every rollout and every evaluation; None for nobody.

    Attributes:
        saved_steps: Environment steps of the newest state that `save` would write.
    """

    def __init__(
        self,
        config: RunConfig,
        folder: RunFolder,
        learner: Learner,
        venv: MeasuredVecEnv,
        evaluation: BackgroundEvaluation,
        stop: StopRequest,
        listener: Listener | None = None,
    ) -> None:
        self._listener = listener
        self._config = config
        self._folder = folder
        self._learner = learner
        self._venv = venv
        self._evaluation = evaluation
        self._stop = stop
        weights = asdict(config.env.reward_keys_and_weights)
        self._log = TrainLog(folder.path, venv.reward_names, weights, learner.update_keys)
        self._interval = 1.0 / config.env.control_framerate
        self._first_steps = 0
        self._rollout = 0
        self._best: TrainingEvaluation | None = None
        # Mean length of the episodes that ended in the last rollout, for the curriculum; None if none did.
        self._length: float | None = None
        self._recent: deque[Episode] = deque(maxlen=100)
        self._update: dict[str, Any] = {}
        self._state: Checkpoint | None = None
        self._written = -1
        self.saved_steps = 0

    @property
    def _steps(self) -> int:
        return self._learner.steps

    @property
    def _limit(self) -> int:
        return self._first_steps + self._config.rl.total_timesteps

    def open(self, transfer: PolicyFile | None) -> None:
        """Continue the newest checkpoint, or start, from another policy where there is one."""
        learner = self._learner
        self._callback = _StopCallback(self._stop)
        learner.begin(self._callback)
        checkpoint = load_newest(self._folder.path)
        if checkpoint is None:
            if transfer is not None:
                apply_transfer(transfer, learner, self._config)
                self._first_steps = self._steps
        else:
            restore_training(checkpoint.state, learner, self._venv, f"the checkpoint in {self._folder.path}")
            header = checkpoint.header
            self._first_steps, self._rollout = int(header["first_steps"]), int(header["rollout"])
            self._update = dict(header["update"])
            self._length = header.get("episode_length")
            self._log.restore(header["log"])
        self._best = self._read_best()
        (self._folder.path / MODELS_NAME).mkdir(exist_ok=True)
        self._log.open_tensorboard(self._steps)
        self._progress = TrainProgress(self._limit)
        self._capture()
        self.save()
        self._folder.write_status("running", **self.status())
        self._resubmit()

    def run(self) -> None:
        """Collect rollouts and learn from them until the limit or a request to stop."""
        learner, venv = self._learner, self._venv
        while self._steps < self._limit and not self._stop.requested:
            began = time.perf_counter()
            before = self._steps
            venv.clear()
            venv.set_progress((before - self._first_steps) / self._config.rl.total_timesteps, self._length)
            if not learner.collect(venv, self._callback):
                return
            collected = time.perf_counter()
            learner.learn(self._limit)
            learned = time.perf_counter()
            previous, self._update = self._update, learner.take_update()
            self._add_rollout(previous)
            for note in self._log.add_faults(self._venv.take_faults(), self._steps):
                self._progress.note(note)
            self._rollout += 1
            self._capture()
            if self._rollout % self._config.rl.logger_params.checkpoint_frequency == 0:
                self.save()
                self._folder.write_status("running", **self.status())
            self._take_evaluations()
            self._show(before, collected - began, learned - collected, time.perf_counter() - began)
            self._tell_rollout()

    def finish(self) -> float | None:
        """Evaluate the last policy, write what is left and the status.

        Returns:
            Score of the best policy; None if a stop was asked for before all evaluations were done.
        """
        if self._steps not in [*self._log.evaluated_steps(), *self._evaluation.pending]:
            self._submit(self._dump())
        while self._evaluation.pending and not self._stop.requested:
            self._take_evaluations()
            time.sleep(0.02)
        if self._evaluation.pending:
            return None
        if not model_path(self._folder.path, self._steps).exists():
            write_bytes_atomic(model_path(self._folder.path, self._steps), self._dump())
        self.save(final=True)
        self._folder.write_status("finished", **self.status())
        score = 0.0 if self._best is None else self._best.score
        where = "" if self._best is None else f" of step {self._best.steps}"
        self._progress.note(f"finished after step {self._steps}: best score {score:.3f}{where}")
        return score

    def save(self, final: bool = False) -> None:
        """Write the last complete rollout and its update; the growing files first."""
        assert self._state is not None
        if self._written != self.saved_steps:
            write_checkpoint(self._folder.path, self._state)
            self._written = self.saved_steps
        if final:
            self._log.commit()
            self._log.write_log(final=True)

    def status(self) -> dict[str, Any]:
        """Return what status.json says about the training."""
        best = self._best
        return {
            "steps": self.saved_steps,
            "rollouts": self._rollout,
            "first_steps": self._first_steps,
            "unstable_episodes": self._venv.unstable,
            "fitness": None if best is None else best.score,
            "best_steps": None if best is None else best.steps,
            "evaluation": None if best is None else asdict(best),
        }

    def close(self) -> None:
        """Close the files."""
        self._log.close()

    def _add_rollout(self, previous: Mapping[str, Any]) -> None:
        statistics = self._venv.statistics()
        rates = self._rates(statistics)
        self._log.add_rollout(self._rollout, self._steps, statistics.episodes, rates, self._update)
        self._log.accumulated += statistics.terms
        length, _ = mean_episode(statistics.episodes)
        self._length = None if math.isnan(length) else length
        self._log.since_record += statistics.episodes
        frequency = self._config.rl.logger_params
        logs = self._rollout % frequency.logging_frequency == 0
        evaluates = (
            frequency.evaluate_frequency > 0 and self._rollout > 0 and self._rollout % frequency.evaluate_frequency == 0
        )
        if logs:
            self._log.add_record(self._steps, previous)
        if logs or evaluates:
            model = self._dump()
            write_bytes_atomic(model_path(self._folder.path, self._steps), model)
            prune_models(self._folder.path, frequency.keep_models, self._evaluation.pending)
            if evaluates:
                self._submit(model)

    def _rates(self, statistics: RolloutStatistics) -> np.ndarray:
        """Return the weighted parts of the reward per second, shape (terms,)."""
        return statistics.terms / (statistics.steps * self._interval)

    def _capture(self) -> None:
        """Keep the state as it is, with the rows that belong to it on their way to the disk."""
        self._log.commit()
        self._log.write_log()
        header = {
            "task": "rl",
            "first_steps": self._first_steps,
            "rollout": self._rollout,
            "update": self._update,
            "episode_length": self._length,
            "log": self._log.state(self._steps),
        }
        self._state = Checkpoint(header, capture_training(self._learner, self._venv))
        self.saved_steps = self._steps

    def _dump(self) -> bytes:
        return self._learner.dump({"algorithm": self._config.rl.algorithm, "env_id": self._config.env.env_id})

    def _submit(self, model: bytes) -> None:
        policy = self._learner.policy
        tensors = {name: tensor.detach().cpu().numpy().copy() for name, tensor in policy.state_dict().items()}
        snapshot = NumpyPolicy(tensors, policy.routing, policy.whole)
        self._evaluation.submit(Snapshot(self._steps, snapshot, model))

    def _resubmit(self) -> None:
        """Evaluate saved models that a kill kept from being evaluated."""
        frequency = self._config.rl.logger_params.evaluate_frequency
        if frequency == 0:
            return
        per_rollout = self._venv.num_envs * self._learner.steps_per_env
        done = self._log.evaluated_steps()
        for steps, path in list_models(self._folder.path):
            rollout = (steps - self._first_steps) // per_rollout - 1
            if steps <= self._steps and rollout > 0 and rollout % frequency == 0 and steps not in done:
                file = read_policy(path)
                routing = routing_of(file.params, *self._sizes(), file.whole)
                self._evaluation.submit(
                    Snapshot(steps, NumpyPolicy(file.tensors, routing, file.whole), path.read_bytes())
                )

    def _sizes(self) -> tuple[int, int]:
        routing = self._learner.policy.routing
        return len(routing.observation_names), len(routing.action_names)

    def _take_evaluations(self) -> None:
        for snapshot, result in self._evaluation.take():
            # Its row comes last: killed in between, the evaluation is made again, while a row alone would tell the
            # next start that the best is known.
            if self._best is None or result.rank > self._best.rank:
                self._best = result
                data = add_note(snapshot.model, evaluation=asdict(result))
                write_bytes_atomic(self._folder.path / BEST_NAME, data)
            self._log.add_evaluation(result)
            self._progress.note(result.describe())
            self._folder.write_status("running", **self.status())
            if self._listener is not None and self._listener.take_evaluation(result):
                self._stop.request()

    def _read_best(self) -> TrainingEvaluation | None:
        """Return the evaluation of best_model.zip; None where there is none."""
        try:
            with zipfile.ZipFile(self._folder.path / BEST_NAME) as archive:
                return TrainingEvaluation(**json.loads(archive.read(NOTE_NAME))["evaluation"])
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile):
            return None

    def _show(self, before: int, collecting: float, learning: float, duration: float) -> None:
        statistics = self._venv.statistics()
        shares = {
            "physics": statistics.physics_time / duration,
            "network": (collecting - statistics.physics_time) / duration,
            "learning": learning / duration,
            "rest": (duration - collecting - learning) / duration,
        }
        steps = self._steps - before
        self._log.add_timing(self._steps, {"steps_per_second": steps / duration, **shares})
        self._recent.extend(statistics.episodes)
        length, total = mean_episode(list(self._recent))
        std = float(self._learner.policy.log_std.detach().exp().mean())
        self._progress.update(self._steps, steps, duration, shares, length, total, std)

    def _tell_rollout(self) -> None:
        if self._listener is None:
            return
        statistics = self._venv.statistics()
        counts = (self._rollout, self._steps, self._limit, len(statistics.episodes))
        rewards = dict(zip(self._venv.reward_names, self._rates(statistics).tolist(), strict=True))
        told = Rollout(*counts, *mean_episode(statistics.episodes), rewards, dict(self._update), self._best)
        if self._listener.take_rollout(told):
            self._stop.request()
