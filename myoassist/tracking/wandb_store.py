"""Runs in Weights & Biases: files below the folder of all runs, or a server that the user names."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myoassist.tracking.tracker import Row, TrackedRun


class WandbTracker:
    """One run in Weights & Biases."""

    def __init__(self) -> None:
        self._run: Any = None
        self._axes: set[str] = set()

    def open(self, run: TrackedRun, run_id: str | None) -> str:
        """Begin a run, or another part of the one of that id."""
        root = run.root.resolve()
        (root / "wandb").mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        for name in ("CACHE", "CONFIG", "DATA"):
            os.environ.setdefault(f"WANDB_{name}_DIR", str(root / "wandb" / name.lower()))
        import wandb

        quiet: dict[str, Any] = {"silent": True, "console": "off", "disable_git": True, "disable_code": True}
        quiet |= {"x_disable_stats": True, "x_disable_meta": True, "save_code": False}
        if run.uri is not None:
            quiet["base_url"] = run.uri
        self._run = wandb.init(
            project=run.experiment,
            name=run.name,
            id=run_id,
            # Kept on this machine there is nobody to ask what the run holds already.
            resume="allow" if run.uri is not None else None,
            dir=str(root),
            mode="offline" if run.uri is None else "online",
            config=dict(run.params),
            settings=wandb.Settings(**quiet),
        )
        return str(self._run.id)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Add a metric per column of a table, `<place><column>`, over the axis of its table."""
        for row in rows:
            axis = row.place + row.axis
            if axis not in self._axes:
                self._axes.add(axis)
                self._run.define_metric(axis, hidden=True)
                for name in row.values:
                    self._run.define_metric(row.place + name, step_metric=axis)
            self._run.log({axis: row.step} | {row.place + name: value for name, value in row.values.items()})

    def add_summary(self, values: Mapping[str, float]) -> None:
        """Add numbers of the summary."""
        self._run.summary.update(dict(values))

    def add_files(self, files: Sequence[Path]) -> None:
        """Put copies into the folder that is uploaded."""
        for file in files:
            shutil.copyfile(file, Path(self._run.dir) / file.name)

    def close(self, status: str) -> None:
        """End the run."""
        self._run.finish(exit_code=0 if status in ("finished", "interrupted") else 1)
