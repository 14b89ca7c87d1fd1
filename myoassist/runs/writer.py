"""Write the files that every run folder has: configuration, versions, overrides, status."""

import datetime
import json
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.files.json_values import to_json
from myoassist.files.lock import RunLock
from myoassist.runs.catalogue import CONFIG_NAME, STATUS_NAME, VERSIONS_NAME, read_json, read_status
from myoassist.runs.differences import make_relative, to_plain
from myoassist.runs.overrides import format_exp_file
from myoassist.runs.record import CONFIG_HEADER
from myoassist.runs.versions import collect_versions, describe_version_changes

STATES = ("running", "finished", "interrupted", "failed")


@dataclass
class RunFolder:
    """An opened and locked run folder; a context manager that notes how the work in it ended.

    Attributes:
        path: The folder; relative to the current directory unless `logdir` or MYOASSIST_LOGS is absolute.
        name: Its last component.
        state: new, resume (unfinished, to be continued), extend (finished, larger maxiter) or finished.
        notice: What was decided and why, one or more lines for people.
        exp: Name of the exp, stored in status.json.
        maxiter: Number of generations, or of environment steps, asked for; stored in status.json.
        lock: The lock that is released on leaving.
        details: Content of status.json as last written.
    """

    path: Path
    name: str
    state: str
    notice: str = ""
    exp: str | None = None
    maxiter: int | None = None
    lock: RunLock | None = field(default=None, repr=False)
    details: dict[str, Any] = field(default_factory=dict, repr=False)

    def write_status(self, status: str, **details: object) -> None:
        """Replace status.json.

        Args:
            status: running, finished, interrupted or failed.
            **details: Such as generation and best; they replace or join the ones given before. Numbers may be NumPy's;
                NaN and infinity become null, absolute paths relative.

        Raises:
            ValueError: if the status is none of the four.
            ResumeError: if another process has taken the folder over.
            OSError: if the folder cannot be written.
        """
        if status not in STATES:
            raise ValueError(f"status {status!r} is none of {', '.join(STATES)}")
        if self.lock is not None:
            self.lock.check()
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        kept = {key: value for key, value in self.details.items() if key != "reason"}
        content = kept | {key: make_relative(to_json(value)) for key, value in details.items()}
        content |= {
            "status": status,
            "exp": self.exp,
            "expname": self.name,
            "maxiter": self.maxiter,
            "started": kept.get("started", now),
            "updated": now,
        }
        write_text_atomic(self.path / STATUS_NAME, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        self.details = content

    def close(self) -> None:
        """Release the lock; safe to call twice."""
        if self.lock is not None:
            self.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whatever the work wrote itself stands; only a run that still calls itself running is corrected.
        try:
            if self.details.get("status") == "running":
                if error is None or not isinstance(error, Exception):
                    self.write_status("interrupted")
                else:
                    text = str(error).split("\n")[0]
                    self.write_status("failed", reason=f"{type(error).__name__}: {text}")
        except Exception:
            # A full disk must not hide the error that ended the run.
            if error is None:
                raise
        finally:
            self.close()


def write_start(run: RunFolder, config: RunConfig, overrides: list[str]) -> list[str]:
    """Write configuration, overrides, versions and the status `running` into a locked folder.

    The configuration comes first: a folder without one counts as new. status.json comes last and keeps what it says
    about earlier work.

    Returns:
        Lines for people, e.g. that versions have changed since the run was started.
    """
    text = yaml.safe_dump(to_plain(config), sort_keys=False, allow_unicode=True)
    write_text_atomic(run.path / CONFIG_NAME, f"{CONFIG_HEADER}\n{text}")
    _write_overrides(run, overrides)
    notices = _write_versions(run.path)
    before = read_status(run.path)
    run.details = {key: value for key, value in before.items() if before["status"] != "unknown"}
    run.exp = run.exp or run.details.get("exp")
    run.write_status("running", **_begin_counting(config, run.details))
    return notices


def _begin_counting(config: RunConfig, details: dict[str, Any]) -> dict[str, int]:
    """Return the counter of a run that has not begun, so that status.json has it from the first instant on."""
    counter = {"search": "generation", "rl": "steps"}.get(config.task)
    counts = counter is not None and not (config.task == "search" and config.optimizer.mode == "evaluate")
    return {counter: 0} if counter is not None and counts and counter not in details else {}


def _write_overrides(run: RunFolder, overrides: list[str]) -> None:
    """Write the overrides as `<exp>_<stamp>.yaml` unless an earlier start left a file with the same content."""
    text = format_exp_file(run.exp, overrides)
    base = (run.exp or "run").replace("/", "_")
    for earlier in run.path.glob("*.yaml"):
        if earlier.name.startswith(f"{base}_") and earlier.read_text(encoding="utf-8", errors="replace") == text:
            return
    stamp = datetime.datetime.now().strftime("%Y%m%d_%H%M%S")
    write_text_atomic(run.path / f"{base}_{stamp}.yaml", text)


def _write_versions(path: Path) -> list[str]:
    """Write versions.json; the versions of earlier starts stay in it under `earlier` when they differ."""
    versions = collect_versions()
    before = read_json(path / VERSIONS_NAME)
    earlier = before.pop("earlier", [])
    changes = describe_version_changes(before, versions)
    if before and not changes:
        return []
    if before:
        versions["earlier"] = [*earlier, before]
    write_text_atomic(path / VERSIONS_NAME, json.dumps(versions, indent=2) + "\n")
    return [f"Versions have changed since this run was started: {', '.join(changes)}."] if changes else []
