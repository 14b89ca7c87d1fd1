"""Where runs lie and what their files are called: names, dates and status.json alone, no configuration."""

import datetime
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from myoassist.files.content import parse_json

LOG_ROOT = "logs"
LOG_ROOT_VARIABLE = "MYOASSIST_LOGS"
CONFIG_NAME = "config.yaml"
STATUS_NAME = "status.json"
VERSIONS_NAME = "versions.json"
PARAMETERS_NAME = "best_parameters.json"
# Of the finalists of a search: the one that was chosen, as the file above, and how each of them walked.
CHOSEN_NAME = "chosen_parameters.json"
CHOICE_NAME = "choice.json"
# In status.json, why a search has ended that optimizer.max_evaluations ended.
MAX_EVALUATIONS = "max_evaluations"
# Between the name of a run that was set aside and a number.
ASIDE = ".old-"


def log_root() -> Path:
    """Return the folder of all runs: `logs` below the current directory, or what MYOASSIST_LOGS names."""
    return Path(os.environ.get(LOG_ROOT_VARIABLE) or LOG_ROOT)


def day_folder(date: datetime.date | None = None) -> Path:
    """Return the folder of the runs of a date, of today where none is given."""
    return log_root() / (date or datetime.date.today()).isoformat()


def read_status(path: Path) -> dict[str, Any]:
    """Read the status.json of a run folder; `{"status": "unknown"}` where it is missing or unreadable."""
    content = read_json(path / STATUS_NAME)
    return content if isinstance(content.get("status"), str) else {"status": "unknown"}


def read_fitness(status: dict[str, Any]) -> float:
    """Return what a sweep maximizes out of the status of a run: `fitness` where it says so, else minus the best total.

    Returns:
        NaN where the run has no best, e.g. because every candidate was NaN.
    """
    value, sign = (status.get("fitness"), 1.0) if "fitness" in status else (status.get("best"), -1.0)
    return sign * float(value) if isinstance(value, int | float) else math.nan


def read_json(file: Path) -> dict[str, Any]:
    """Read a JSON object; empty where the file is missing, unreadable or something else."""
    try:
        content = parse_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_choice_current(path: Path) -> bool:
    """Say whether finalists were judged after the last evaluation of a search."""
    choice = read_json(path / CHOICE_NAME)
    if "evaluations" not in choice or not (path / CHOSEN_NAME).is_file():
        return False
    return choice["evaluations"] == read_status(path).get("evaluations")


def best_parameters_file(path: Path) -> Path:
    """Return the file that describes the chosen parameters of a search, else its best; it need not be there."""
    return path / (CHOSEN_NAME if is_choice_current(path) else PARAMETERS_NAME)


def describe_run(path: Path) -> str:
    """Return one line about a run folder: where, exp, status, generation, best."""
    status = read_status(path)
    words = [f"{path.as_posix()}:", str(status["status"])]
    if status.get("generation") is not None:
        words.append(f"in generation {status['generation']} of {status.get('maxiter', '?')}")
    if status.get("steps") is not None:
        words.append(f"at step {status['steps']} of {status.get('maxiter', '?')}")
    if status.get("stage"):
        words.append(f"(stage {status['stage']})")
    if status.get("best") is not None:
        words.append(f"best {status['best']}")
    if status.get("exp"):
        words.append(f"(exp={status['exp']})")
    return " ".join(words)


def list_date_folders(log_root: Path) -> list[tuple[datetime.date, Path]]:
    """Return the folders of a log root that are named by a date, newest first; everything else in it is skipped."""
    try:
        entries = list(log_root.iterdir())
    except OSError:
        return []
    dated = []
    for entry in entries:
        try:
            date = datetime.datetime.strptime(entry.name, "%Y-%m-%d").date()
        except ValueError:
            continue
        # strptime also takes 2026-1-2, which is not how we name a day.
        if entry.name == date.isoformat() and entry.is_dir():
            dated.append((date, entry))
    return sorted(dated, reverse=True)


def list_older(name: str, today: datetime.date) -> Iterator[tuple[datetime.date, Path]]:
    """Yield date and folder of what has a name under a date before today, newest first.

    Args:
        name: Folder below the date, e.g. `walk` or `walk/seed_2`.
        today: Date of a run that would start now.
    """
    for date, day in list_date_folders(log_root()):
        if date < today and (day / name).is_dir():
            yield date, day / name


def list_run_names(log_root: Path) -> list[str]:
    """Return the names of all run folders below a log root, the newest date first, each once."""
    names: dict[str, None] = {}
    for _, day in list_date_folders(log_root):
        for folder in list_run_folders(day):
            names[folder.relative_to(day).as_posix()] = None
    return list(names)


def find_newest_run(log_root: Path, exp: str, wanted: Callable[[Path], bool]) -> Path | None:
    """Return the folder of the run of an exp below a log root that was written last, None if there is none.

    Runs that were set aside with `fresh=true` do not count.

    Args:
        log_root: Folder of all runs.
        exp: Name of the exp.
        wanted: Says of a run folder whether it counts.
    """
    for _, day in list_date_folders(log_root):
        found = []
        for folder in list_run_folders(day, STATUS_NAME):
            status = read_status(folder)
            if status.get("exp") == exp and ASIDE not in folder.name and wanted(folder):
                found.append((str(status.get("updated", "")), folder))
        if found:
            return max(found)[1]
    return None


def find_newest_finished(log_root: Path, exp: str) -> Path | None:
    """Return the folder of the newest finished run of an exp below a log root, None if there is none."""
    return find_newest_run(log_root, exp, lambda folder: read_status(folder)["status"] == "finished")


def list_run_folders(day: Path, name: str = CONFIG_NAME) -> list[Path]:
    """Return the run folders below a date that hold a file: directly, within a name, within a sweep and a seed."""
    return [file.parent for depth in (1, 2, 3) for file in sorted(day.glob(f"{'*/' * depth}{name}"))]
