"""Runs in MLflow: a database below the folder of all runs, or a server that the user names."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myoassist.tracking.tracker import Row, TrackedRun

DATABASE_NAME = "mlflow.db"
ARTIFACTS_NAME = "mlartifacts"
# What one request of MLflow takes.
_METRICS, _PARAMS, _LENGTH = 1000, 100, 6000
_STATUSES = {"finished": "FINISHED", "interrupted": "KILLED"}


class MlflowTracker:
    """One run in MLflow."""

    def __init__(self) -> None:
        self._client: Any = None
        self._id = ""

    def open(self, run: TrackedRun, run_id: str | None) -> str:
        """Begin a run, or continue one; its parameters are told once."""
        # It tells its makers of its use otherwise.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        from filelock import FileLock
        from mlflow.entities import Param
        from mlflow.tracking import MlflowClient

        if run.uri is not None:
            self._client = MlflowClient(tracking_uri=run.uri)
            experiment = self._find_experiment(run, None)
        else:
            root = run.root.resolve()
            root.mkdir(parents=True, exist_ok=True)
            # Runs of a grid begin at once, and one alone may make the tables.
            with FileLock(root / f".{DATABASE_NAME}.lock"):
                self._client = MlflowClient(tracking_uri=f"sqlite:///{(root / DATABASE_NAME).as_posix()}")
                experiment = self._find_experiment(run, (root / ARTIFACTS_NAME).as_uri())
        if run_id is not None:
            self._id = run_id
            self._client.update_run(run_id, status="RUNNING")
            return run_id
        self._id = self._client.create_run(experiment, run_name=run.name).info.run_id
        params = [Param(key, value[:_LENGTH]) for key, value in run.params.items()]
        for begin in range(0, len(params), _PARAMS):
            self._client.log_batch(self._id, params=params[begin : begin + _PARAMS])
        return self._id

    def _find_experiment(self, run: TrackedRun, artifacts: str | None) -> str:
        found = self._client.get_experiment_by_name(run.experiment)
        return found.experiment_id if found else self._client.create_experiment(run.experiment, artifacts)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Add a metric per column of a table, `<place><column>`."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(row.place + name, value, now, row.step) for row in rows for name, value in row.values.items()]
        for begin in range(0, len(metrics), _METRICS):
            self._client.log_batch(self._id, metrics=metrics[begin : begin + _METRICS])

    def add_summary(self, values: Mapping[str, float]) -> None:
        """Add metrics without steps."""
        self.add_rows([Row("", "", 0, values)])

    def add_files(self, files: Sequence[Path]) -> None:
        """Add artifacts."""
        for file in files:
            self._client.log_artifact(self._id, str(file))

    def close(self, status: str) -> None:
        """End the run."""
        self._client.set_terminated(self._id, _STATUSES.get(status, "FAILED"))
