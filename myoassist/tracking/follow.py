"""Tell a tracker of a run while it goes on, out of the files that it writes; the search knows nothing of it.

A thread reads the tables of the run folder every few seconds. Whatever goes wrong is said once, and the run goes on.
"""

import csv
import json
import math
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from myoassist.config.schema.keys import flatten_keys
from myoassist.config.schema.run import RunConfig
from myoassist.files.append_log import read_lines
from myoassist.files.atomic import write_text_atomic
from myoassist.runs.catalogue import log_root, read_json, read_status
from myoassist.runs.differences import to_plain
from myoassist.runs.writer import RunFolder
from myoassist.tracking.tracker import Row, TrackedRun, Tracker

NOTE_NAME = "tracking.json"
SCORE_NAME = "eval_score.json"
_PERIOD_S = 5.0
# The end of a run waits for the tracker no longer than this.
_PATIENCE_S = 120.0
# Tables and the column that counts them: of a search, of a training, of its evaluations.
_TABLES = {"history_generations.csv": "generation", "history.csv": "steps", "evaluations.csv": "steps"}
_SUFFIXES = (".yaml", ".json", ".txt", ".csv", ".png", ".svg")
_LARGEST = 4 * 2**20  # bytes


def make_tracker(name: str) -> Tracker:
    """Return the tracker of a name; its package is imported when it is opened."""
    if name == "mlflow":
        from myoassist.tracking.mlflow_store import MlflowTracker

        return MlflowTracker()
    from myoassist.tracking.wandb_store import WandbTracker

    return WandbTracker()


class Follower:
    """Tells a tracker what is new in a run folder.

    Args:
        config: Configuration of the run.
        folder: Run folder.
        exp: Name of its exp.
    """

    def __init__(self, config: RunConfig, folder: Path, exp: str | None) -> None:
        self._config = config
        self._folder = folder
        self._exp = exp
        self._tracker: Tracker | None = None
        note = read_json(folder / NOTE_NAME)
        known = note.get(config.tracking)
        self._note: dict[str, Any] = note
        self._id = known.get("run") if isinstance(known, dict) else None
        sent = known.get("sent") if isinstance(known, dict) else None
        self._sent = {str(name): int(rows) for name, rows in sent.items()} if isinstance(sent, dict) else {}

    @property
    def is_known(self) -> bool:
        """Whether the tracker has been told of this run before."""
        return isinstance(self._id, str)

    def open(self) -> None:
        """Begin, or continue what an earlier start of the run has begun."""
        tracker = make_tracker(self._config.tracking)
        self._id = tracker.open(self._describe(), self._id)
        self._tracker = tracker
        self._write_note()

    def send_rows(self) -> None:
        """Tell the rows that are new since the last time."""
        assert self._tracker is not None
        rows: list[Row] = []
        for file, axis in self._find_tables():
            place = file.parent.relative_to(self._folder).as_posix()
            name = file.relative_to(self._folder).as_posix()
            table = _read_table(file)
            # A killed run may have lost rows that it had told; it computes the same again.
            first = min(self._sent.get(name, 0), len(table))
            self._sent[name] = len(table)
            prefix = "" if place == "." else f"{place}/"
            rows += [row for item in table[first:] if (row := _make_row(prefix, axis, item)) is not None]
        if rows:
            self._tracker.add_rows(rows)
            self._write_note()

    def send_results(self) -> None:
        """Tell score and small files of the run."""
        assert self._tracker is not None
        best = read_status(self._folder).get("best")
        summary = {"best_total": float(best)} if isinstance(best, int | float) and math.isfinite(best) else {}
        # Scenarios of a policy and members of a pool have scores of their own.
        for file in (self._folder / SCORE_NAME, *sorted(self._folder.glob(f"*/{SCORE_NAME}"))):
            place = "score" if file.parent == self._folder else f"score/{file.parent.name}"
            summary |= dict(_numbers(read_json(file), place))
        if summary:
            self._tracker.add_summary(summary)
        files = [path for path in sorted(self._folder.iterdir()) if path.suffix in _SUFFIXES and path.is_file()]
        self._tracker.add_files([path for path in files if path.stat().st_size <= _LARGEST and path.name != NOTE_NAME])

    def close(self, status: str) -> None:
        """End it, finished, interrupted or failed."""
        if self._tracker is not None:
            self._tracker.close(status)

    def _describe(self) -> TrackedRun:
        flat = flatten_keys(to_plain(self._config), lambda _, key: True)
        root = log_root()
        name = self._folder
        if name.resolve().is_relative_to(root.resolve()):
            name = name.resolve().relative_to(root.resolve())
        elif name.is_absolute():
            name = Path(name.name)
        params = {key: str(value) for key, value in flat.items()}
        return TrackedRun(self._exp or "myoassist", name.as_posix(), params, root, self._config.tracking_uri)

    def _find_tables(self) -> list[tuple[Path, str]]:
        # Members of a pool and conditions of a chain lie below.
        return [
            (file, axis)
            for name, axis in _TABLES.items()
            for file in sorted([*self._folder.glob(name), *self._folder.glob(f"*/{name}")])
        ]

    def _write_note(self) -> None:
        self._note[self._config.tracking] = {"run": self._id, "sent": self._sent}
        write_text_atomic(self._folder / NOTE_NAME, json.dumps(self._note, indent=1) + "\n")


@contextmanager
def track_run(config: RunConfig, folder: RunFolder) -> Iterator[None]:
    """Tell the tracker of a configuration about a run for as long as the context lasts; none for `tracking=none`."""
    if config.tracking == "none":
        yield
        return
    stop = threading.Event()
    ending = {"status": "finished"}
    worker = threading.Thread(target=_follow, args=(config, folder, stop, ending), daemon=True, name="tracking")
    worker.start()
    try:
        yield
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt) or hasattr(error, "signal_number")
        ending["status"] = "interrupted" if stopped else "failed"
        raise
    finally:
        stop.set()
        worker.join(_PATIENCE_S)
        if worker.is_alive():
            warnings.warn(f"tracking={config.tracking} does not end; the run does not wait for it", stacklevel=2)


def _follow(config: RunConfig, folder: RunFolder, stop: threading.Event, ending: Mapping[str, str]) -> None:
    try:
        follower = Follower(config, folder.path, folder.exp)
        follower.open()
        while not stop.wait(_PERIOD_S):
            follower.send_rows()
        follower.send_rows()
        follower.send_results()
        follower.close(ending["status"])
    except Exception as error:  # Nothing that a tracker does may end a run.
        _say_once(config, error)


def track_evaluation(config: RunConfig, folder: Path) -> None:
    """Add score and files of an evaluation to a run that the tracker knows; any other run is left alone."""
    if config.tracking == "none":
        return
    try:
        follower = Follower(config, folder, None)
        if not follower.is_known:
            return
        follower.open()
        follower.send_results()
        follower.close("finished")
    except Exception as error:
        _say_once(config, error)


def _say_once(config: RunConfig, error: Exception) -> None:
    text = " ".join(str(error).split())[:300]
    warnings.warn(
        f"tracking={config.tracking} has failed ({type(error).__name__}: {text}); the run goes on without it",
        stacklevel=3,
    )


def _read_table(file: Path) -> list[dict[str, str]]:
    """Return the complete rows of a table."""
    lines = [line.decode("utf-8", errors="replace") for line in read_lines(file).lines]
    return list(csv.DictReader(lines))


def _make_row(place: str, axis: str, row: Mapping[str, Any]) -> Row | None:
    values: dict[str, float] = {}
    for name, text in row.items():
        try:
            value = float(text)
        except (TypeError, ValueError):
            continue
        if math.isfinite(value) and name:
            values[name] = value
    if axis not in values:
        return None
    step = int(values.pop(axis))
    return Row(place, axis, step, {_safe(name): value for name, value in values.items()})


def _numbers(content: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, float]]:
    """Give every finite number of nested mappings with its place, e.g. `score/speed_m_s`."""
    for name, value in content.items():
        place = f"{prefix}/{_safe(str(name))}"
        if isinstance(value, Mapping):
            yield from _numbers(value, place)
        elif isinstance(value, int | float) and math.isfinite(value):
            yield place, float(value)


def _safe(name: str) -> str:
    """Return a name of what trackers take: letters, digits and a few signs."""
    return "".join(sign if sign.isalnum() or sign in "_-. /" else "_" for sign in name)
