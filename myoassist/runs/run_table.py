"""All runs below a log root as rows: what each is, how far it is, what its walk was scored, tags and a note."""

import json
from pathlib import Path
from typing import Any

import yaml

from myoassist.files.atomic import write_text_atomic
from myoassist.files.content import parse_yaml
from myoassist.files.errors import UserError
from myoassist.runs.catalogue import CONFIG_NAME, list_date_folders, list_run_folders, read_json, read_status

NOTES_NAME = "notes.json"
COLUMNS = (
    *("folder", "date", "exp", "name", "task", "status", "stage", "generation", "evaluations", "best", "seed"),
    *("target", "tgt_vel", "slope_deg", "plant", "controller", "device", "started", "updated"),
    *("speed_m_s", "overall_sd", "cot_j_kg_m", "bounds_missed", "tags", "note"),
)
_SCORE_NAME = "eval_score.json"
_ENERGY = "umberger2010_0.60MPa"


def list_runs(root: Path) -> list[dict[str, Any]]:
    """Return a row per run below a log root, the newest date first, by the names of `COLUMNS`.

    What is not known is None; tags are separated by blanks. Folders that cannot be read have their status only.
    """
    rows = []
    for date, day in list_date_folders(root):
        for folder in list_run_folders(day):
            rows.append(dict.fromkeys(COLUMNS) | {"date": date.isoformat()} | read_row(folder))
    return rows


def read_row(folder: Path) -> dict[str, Any]:
    """Return what is known about a run, by the names of `COLUMNS`."""
    status, notes = read_status(folder), read_json(folder / NOTES_NAME)
    row: dict[str, Any] = {"folder": folder.as_posix(), "name": status.get("expname") or folder.name}
    for name in ("exp", "status", "generation", "evaluations", "best", "started", "updated"):
        row[name] = status.get(name)
    row["stage"] = status.get("best_stage")
    row |= _read_config(folder) | _read_score(folder)
    tags = notes.get("tags")
    row["tags"] = " ".join(str(tag) for tag in tags) if isinstance(tags, list) and tags else None
    row["note"] = notes.get("note") or None
    return row


def mark_run(folder: Path, add: list[str], remove: list[str], note: str | None) -> dict[str, Any]:
    """Change tags and note of a run, in a file of its own; return what they are now.

    Raises:
        UserError: if the folder is no run or cannot be written.
    """
    if not (folder / CONFIG_NAME).is_file():
        raise UserError(f"{folder} is no run", "the folder of a run", "`myoassist runs list` shows them")
    content = read_json(folder / NOTES_NAME)
    before = content.get("tags")
    tags = [str(tag) for tag in before] if isinstance(before, list) else []
    kept = dict.fromkeys(tag for tag in [*tags, *add] if tag not in remove)
    content = {**content, "tags": list(kept)} | ({} if note is None else {"note": note})
    try:
        write_text_atomic(folder / NOTES_NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror or error}", "a folder that can be") from error
    return content


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        content = parse_yaml((folder / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    if not isinstance(content, dict):
        return {}
    model, cost, control = (_group(content, name) for name in ("model", "cost", "control"))
    return {
        "task": content.get("task"),
        "seed": content.get("seed"),
        "target": cost.get("target"),
        "tgt_vel": cost.get("tgt_vel"),
        "slope_deg": _group(content, "env").get("slope_deg"),
        "plant": model.get("plant"),
        "device": model.get("device"),
        "controller": control.get("controller"),
    }


def _read_score(folder: Path) -> dict[str, Any]:
    score = read_json(folder / _SCORE_NAME)
    failed = _group(score, "gate").get("failed")
    return {
        "speed_m_s": score.get("speed_m_s"),
        "overall_sd": score.get("overall_sd"),
        "cot_j_kg_m": _group(score, "cot_j_kg_m").get(_ENERGY),
        "bounds_missed": len(failed) if isinstance(failed, list) else None,
    }


def _group(content: dict[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}
