"""Read what run folders hold, without changing them."""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from myoassist.config.aliases import renew_stored
from myoassist.config.schemas import RunConfig
from myoassist.files.content import parse_json, parse_yaml
from myoassist.files.errors import ConfigError
from myoassist.files.lock import LOCK_NAME

CONFIG_NAME = "config.yaml"
STATUS_NAME = "status.json"
VERSIONS_NAME = "versions.json"
CONFIG_HEADER = "# Complete configuration of a myoassist run. Changing it does not change the run."
ASIDE = ".old-"


@dataclass(frozen=True)
class Inspection:
    """What a folder is.

    Attributes:
        kind: absent, blank (nothing of value in it), run, broken (a run whose configuration cannot be read) or foreign.
        config: Stored configuration of a run.
        status: Content of status.json, `{"status": "unknown"}` where there is none.
        problem: Why the configuration of a broken run cannot be read.
    """

    kind: str
    config: RunConfig | None = None
    status: dict[str, Any] | None = None
    problem: str = ""


def read_run_config(path: Path) -> RunConfig:
    """Read the configuration of a run from its folder or its config.yaml.

    Raises:
        ConfigError: if it is missing, truncated, or has keys or types that this version does not know.
    """
    file = path / CONFIG_NAME if path.is_dir() else path
    remedy = "name the folder of a run, logs/<date>/<expname>, or use the version of myoassist that wrote it"
    try:
        content = parse_yaml(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{file} does not exist", "the config.yaml of a run", remedy) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{file} cannot be read: {_first_line(error)}", "the config.yaml of a run", remedy) from None
    if not isinstance(content, dict):
        raise ConfigError(f"{file} is empty or truncated", "the config.yaml of a run", remedy)
    missing = [key for key in ("task", "optimizer") if key not in content]
    if missing:
        raise ConfigError(
            f"{file} lacks {' and '.join(missing)}", "the complete config.yaml of a run, not a truncated one", remedy
        )
    try:
        return build_config(content)
    except (OmegaConfBaseException, TypeError, ValueError) as error:
        named = getattr(error, "full_key", None)
        key = f"{named}: " if named else ""
        raise ConfigError(f"{file}: {key}{_first_line(error)}", "the keys and types of this version", remedy) from None


def build_config(content: dict[str, Any]) -> RunConfig:
    """Return stored values, completed by the defaults of the schema, as a configuration.

    Raises:
        OmegaConfBaseException, TypeError, ValueError: if there are keys or types that this version does not know.
    """
    # No interpolation is left in a resolved configuration, so nothing but values and types is looked at.
    stored = OmegaConf.create(renew_stored(content))
    return OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(RunConfig), stored))  # type: ignore[return-value]


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


def describe_run(path: Path) -> str:
    """Return one line about a run folder: where, exp, status, generation, best."""
    status = read_status(path)
    words = [f"{path.as_posix()}:", str(status["status"])]
    if status.get("generation") is not None:
        words.append(f"in generation {status['generation']} of {status.get('maxiter', '?')}")
    if status.get("steps") is not None:
        words.append(f"at step {status['steps']} of {status.get('maxiter', '?')}")
    if status.get("best") is not None:
        words.append(f"best {status['best']}")
    if status.get("exp"):
        words.append(f"(exp={status['exp']})")
    return " ".join(words)


def inspect_folder(path: Path) -> Inspection:
    """Tell what a folder is, see `Inspection`.

    Raises:
        OSError: if it is not a folder or cannot be listed.
    """
    if not path.exists():
        return Inspection("absent")
    # Hidden files are ours (half-written ones), the system's, or a scheduler's.
    names = [entry.name for entry in path.iterdir() if not entry.name.startswith(".") and entry.name != LOCK_NAME]
    if not names:
        return Inspection("blank")
    if CONFIG_NAME not in names:
        return Inspection("foreign")
    status = read_status(path)
    try:
        return Inspection("run", read_run_config(path), status)
    except ConfigError as error:
        ours = STATUS_NAME in names or VERSIONS_NAME in names or _has_our_header(path / CONFIG_NAME)
        return Inspection("broken" if ours else "foreign", None, status, error.found)


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


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split("\n")[:1])


def _has_our_header(file: Path) -> bool:
    try:
        start = file.read_bytes()[:200]
    except OSError:
        return True
    return not start.strip() or start.startswith(CONFIG_HEADER[:20].encode())
