"""Decide where a run lives and whether it starts, continues or is finished, and open its folder."""

import datetime
import shlex
from pathlib import Path
from typing import Any

from myoassist.config.nearest import nearest_names
from myoassist.config.run_names import check_name, override_key, quote_value
from myoassist.config.schema.plant import HUMANS, PUBLISHED, USUAL_HUMAN
from myoassist.config.schema.published_numbers import PUBLISHED_OVERLAY
from myoassist.config.schema.resolved import has_steady_paths
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ResumeError
from myoassist.runs.catalogue import (
    MAX_EVALUATIONS,
    day_folder,
    describe_run,
    list_older,
    list_run_names,
)
from myoassist.runs.differences import describe_changes, find_changes
from myoassist.runs.overrides import format_command
from myoassist.runs.record import Inspection, inspect_folder
from myoassist.runs.storage import claim_folder, refuse_folder, remove_temporaries, set_aside
from myoassist.runs.writer import RunFolder, write_start

_PATHS = "model.steady_paths"
# Where a published preset differs from the same one with the overlay.
_OF_THE_OVERLAY = {"model.plant", "model.sensing", _PATHS, "cost.l1_weight", "optimizer.scan"}


def open_run(config: RunConfig, exp: str | None, overrides: list[str], today: datetime.date | None = None) -> RunFolder:
    """Find, lock and prepare the folder of a run.

    The folder is `config.logdir`, or `logs/<date>/<expname>`; with `resume=auto` an unfinished run of the same name and
    configuration under the newest older date is continued instead of starting one today. The folder holds config.yaml,
    versions.json, status.json and the overrides as an exp file when this returns. A finished run is left as it is.

    Args:
        config: Validated configuration.
        exp: Name of the chosen exp, kept for `find_newest_finished`; None without one.
        overrides: Overrides of the command, with or without `exp=`, for the exp file and for remedies.
        today: Date of the folder of a new run; None asks the clock.

    Returns:
        The folder, a context manager: `state` is new, resume, extend or finished, and `notice` says it for people.
        With `resume` there may be no checkpoint yet, namely when the run was killed in its first generation.

    Raises:
        ResumeError: if the folder belongs to another configuration, another process or somebody else, if its files
            cannot be read, or if `resume` forbids what would have to be done.
        ConfigError: if the name makes no folder, or the folder cannot be written.
    """
    if exp and not any(text.startswith("exp=") for text in overrides):
        overrides = [f"exp={exp}", *overrides]
    request = _Request(config, exp, overrides, today or datetime.date.today())
    if config.fresh and config.resume == "must":
        raise ResumeError("fresh=true with resume=must", "one of the two: start anew, or continue", "drop one of them")
    path, why = _choose_folder(request)
    try:
        if config.fresh and inspect_folder(path).kind in ("run", "broken"):
            why = set_aside(path, request.elsewhere(path))
        inspection = inspect_folder(path)
        _check_usable(inspection, path, request)
        lock = claim_folder(path, request.elsewhere(path))
    except OSError as error:
        raise refuse_folder(path, error) from None
    try:
        # The folder may have changed hands between the first look and the lock.
        inspection = inspect_folder(path)
        _check_usable(inspection, path, request)
        remove_temporaries(path)
        state = _judge_state(inspection, config)
        run = RunFolder(path, path.name, state, exp=exp, maxiter=run_length(config), lock=lock)
        lines = [_describe_state(run, inspection), why]
        if state == "finished":
            run.details = dict(inspection.status or {})
            # A smaller maxiter asked for later does not undo what was done.
            run.maxiter = run.details.get("maxiter", run.maxiter)
        else:
            lines += write_start(run, config, overrides)
        run.notice = "\n".join(line for line in lines if line)
    except BaseException as error:
        lock.release()
        if isinstance(error, OSError):
            raise refuse_folder(path, error) from None
        raise
    return run


def run_length(config: RunConfig) -> int:
    """Return how long a run is asked to be: generations, or environment steps to train."""
    return config.rl.total_timesteps if config.task == "rl" else config.optimizer.maxiter


def plan_run(
    config: RunConfig, exp: str | None, overrides: list[str], today: datetime.date | None = None
) -> tuple[Path, str]:
    """Say what `open_run` would do with the same arguments, without writing anything.

    Returns:
        The folder, and new, resume, extend or finished.

    Raises:
        ResumeError, ConfigError: as `open_run`, except for a folder that another process uses.
        OSError: if the folder cannot be read.
    """
    request = _Request(config, exp, overrides, today or datetime.date.today())
    path, _ = _choose_folder(request)
    inspection = inspect_folder(path)
    if config.fresh:
        return path, "new"
    _check_usable(inspection, path, request)
    return path, _judge_state(inspection, config)


class _Request:
    """What the user asked for, with the words to suggest something else."""

    def __init__(self, config: RunConfig, exp: str | None, overrides: list[str], today: datetime.date) -> None:
        self.config = config
        self.overrides = overrides
        self.outer_name = check_name(config.expname or exp or "run")
        self.inner = check_name(config.expsubdir, "expsubdir") if config.expsubdir else ""
        self.name = (Path(self.outer_name) / self.inner).as_posix()
        self.day = day_folder(today)
        self.today = today

    def place(self) -> Path:
        """Return the folder that the configuration names, whatever lies in older ones."""
        outer = Path(self.config.logdir).expanduser() if self.config.logdir else self.day / self.outer_name
        return outer / self.inner

    def other_name(self, path: Path) -> str:
        """Return an override that leads to a folder that is not there yet."""
        outer = path.parents[len(Path(self.inner).parts) - 1] if self.inner else path
        key, base = ("logdir", outer.as_posix()) if self.config.logdir else ("expname", self.outer_name)
        number = 2
        while ((Path() if self.config.logdir else self.day) / f"{base}_{number}" / self.inner).exists():
            number += 1
        return f"{key}={quote_value(f'{base}_{number}')}"

    def elsewhere(self, path: Path) -> str:
        """Return what to do instead of waiting for the process that has the folder."""
        return f"or start another run with {shlex.quote(self.other_name(path))}"

    def command(self, *changes: str) -> str:
        """Return the command of this run with some of the overrides that place it replaced."""
        keys = [override_key(change) for change in changes]
        # The default name of another command may be another one, so the name is always written out.
        place = {"logdir": self.config.logdir} if self.config.logdir else {"expname": self.outer_name}
        named = [f"{key}={quote_value(value)}" for key, value in place.items() if key not in keys]
        kept = [text for text in self.overrides if override_key(text) not in (*keys, *place)]
        return format_command([*kept, *named, *changes])

    def remedies(self, path: Path) -> str:
        """Return the two commands that always lead on."""
        return (
            f"{self.command(self.other_name(path))}   (another run)\n"
            f"       or: {self.command('fresh=true')}   (sets the old folder aside, nothing is deleted)"
        )


def _choose_folder(request: _Request) -> tuple[Path, str]:
    """Return the folder to use and, if it needs one, the reason."""
    config = request.config
    path = request.place()
    if config.logdir or config.fresh or config.resume == "never" or _has_run(path):
        if config.resume == "must" and not _has_run(path):
            raise _nothing_to_resume(path, request, [])
        return path, ""
    others: list[str] = []
    for date, older in list_older(request.name, request.today):
        inspection = _look(older)
        if inspection is None or inspection.config is None:
            continue
        changes = find_changes(inspection.config, config)
        if changes:
            others.append(f"{older.as_posix()} has another configuration: " + ", ".join(describe_changes(changes)))
        elif inspection.status is None or inspection.status["status"] != "finished":
            return older, f"It is the unfinished run of {date}; the same configuration asks for it."
        elif config.resume == "must":
            return older, f"It is the run of {date}."
        else:
            return path, f"A finished run of the same configuration lies in {older.as_posix()} (logdir=... opens it)."
    if config.resume == "must":
        raise _nothing_to_resume(path, request, others)
    return path, ""


def _look(path: Path) -> Inspection | None:
    """Inspect a folder that may be junk."""
    try:
        return inspect_folder(path)
    except OSError:
        return None


def _has_run(path: Path) -> bool:
    inspection = _look(path)
    return inspection is not None and inspection.kind not in ("absent", "blank")


def _nothing_to_resume(path: Path, request: _Request, others: list[str]) -> ResumeError:
    names = list_run_names(request.day.parent)
    near = nearest_names(request.name, names, 5, least=0.4) or names[:5]
    found = [f"resume=must, but there is no run to continue in {path}", *(f"  {line}" for line in others[:3])]
    return ResumeError(
        "\n".join(found),
        f"a started run of that name; there are: {', '.join(near)}" if near else "a started run; there is none at all",
        f"{request.command('resume=auto')}   (starts one)"
        + ("\n       or: give expname=... of one of these" if near else ""),
    )


def _check_usable(inspection: Inspection, path: Path, request: _Request) -> None:
    if inspection.kind == "foreign":
        raise ResumeError(
            f"{path} holds files, but no run" + (f" ({inspection.problem})" if inspection.problem else ""),
            "a folder that is new, empty or a run",
            request.command(request.other_name(path)),
        )
    if inspection.kind == "broken":
        raise ResumeError(
            f"{path} holds a run that cannot be continued: {inspection.problem}",
            "the config.yaml that the run wrote",
            request.remedies(path),
        )
    if inspection.config is None:
        return
    changes = find_changes(inspection.config, request.config)
    if has_steady_paths(inspection.config.model) == has_steady_paths(request.config.model):
        changes.pop(_PATHS, None)
    if changes:
        lines = "".join(f"\n    {line}" for line in describe_changes(changes))
        raise ResumeError(
            f"{path} holds a run with another configuration (stored -> asked for):{lines}",
            "the stored configuration, or another folder",
            f"{_keep_body(changes, request)}{request.remedies(path)}",
        )
    if request.config.resume == "never":
        raise ResumeError(
            f"resume=never, but {describe_run(path)}", "a folder that is new or empty", request.remedies(path)
        )


def _keep_body(changes: dict[str, tuple[Any, Any]], request: _Request) -> str:
    """Return the command that keeps the body of the stored run, if the command's own is a newer version of it."""
    stored, asked = changes.get("model.plant", (None, None))
    if stored == PUBLISHED and asked == USUAL_HUMAN and set(changes) <= _OF_THE_OVERLAY:
        command = request.command(PUBLISHED_OVERLAY)
        return f"{command}   (continues with the body that was meant when the run began)\n       or: "
    kept = [f"model.plant={stored}"] if stored in HUMANS and asked == USUAL_HUMAN else []
    if changes.get(_PATHS) == (False, True):
        kept.append(f"{_PATHS}=false")
    if len(changes) > len(kept) or not kept:
        return ""
    what = "physics that was meant" if _PATHS in changes else "body that `human` meant"
    return f"{request.command(*kept)}   (continues with the {what} when the run began)\n       or: "


def _judge_state(inspection: Inspection, config: RunConfig) -> str:
    if inspection.config is None or inspection.status is None:
        return "new"
    if inspection.status["status"] != "finished":
        return "resume"
    done = inspection.status.get("maxiter", run_length(inspection.config))
    searches = config.task == "rl" or (config.task == "search" and config.optimizer.mode != "evaluate")
    longer = run_length(config) > done
    if inspection.status.get("stop_reason") == MAX_EVALUATIONS:
        cap = config.optimizer.max_evaluations
        longer = cap is None or cap > int(inspection.status.get("evaluations", 0))
    return "extend" if searches and longer else "finished"


def _describe_state(run: RunFolder, inspection: Inspection) -> str:
    folder, status = run.path.as_posix(), inspection.status or {}
    if run.state == "new":
        return f"New run in {folder}."
    reached = f" from generation {status['generation']}" if status.get("generation") is not None else ""
    trains = "steps" in status
    if trains:
        reached = f" from step {status['steps']}"
    if run.state == "resume":
        return f"Continuing the run in {folder}{reached}."
    if run.state == "extend":
        unit = "steps" if trains else "generations"
        return f"Extending the finished run in {folder}{reached} to {run.maxiter} {unit}."
    if not reached:
        return f"The vector has been evaluated in {folder}; fresh=true does it again."
    key = "rl.total_timesteps" if trains else "optimizer.maxiter"
    return f"The run in {folder} is finished; nothing is left to do. A larger {key} extends it."
