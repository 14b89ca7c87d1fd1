"""The runs of a folder as tables: one row per run, groups of repeats, failed and missing runs."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from myoassist.config.run_names import quote_value
from myoassist.config.schema.keys import flatten_keys, run_keys
from myoassist.files.errors import ConfigError
from myoassist.runs.catalogue import ASIDE, CONFIG_NAME, STATUS_NAME, read_fitness, read_status
from myoassist.runs.differences import to_plain
from myoassist.runs.index import INDEX_NAME, read_index
from myoassist.runs.overrides import format_command
from myoassist.runs.record import read_run_config

HISTORY_NAME = "history_generations.csv"
IGNORE_NAME = "ignore"
# Of every group of repeats: the interval that holds the mean with this probability.
CONFIDENCE = 0.95
_RESAMPLES = 2000
_SEED = "seed"


@dataclass
class SweepTables:
    """The runs below a folder, ready to be written and plotted.

    Attributes:
        folder: The folder.
        varied: Keys in which the runs differ, the seed left out.
        runs: One row per run, with one column per varied key and the seed.
        groups: One row per combination of the varied keys: number of finished runs, mean, median, standard deviation
            and bootstrap interval of the mean of the best total.
        failures: Runs that are not finished or not there, with the command that runs or continues each of them.
        curves: Best total so far by run folder and generation, of the runs that have a history.
    """

    folder: Path
    varied: list[str]
    runs: pd.DataFrame
    groups: pd.DataFrame
    failures: pd.DataFrame
    curves: dict[str, pd.DataFrame]


def read_sweep(folder: Path) -> SweepTables:
    """Read all runs below a folder; a run with a file named `ignore` is left out.

    Args:
        folder: Folder of a grid (with its index), or any folder of run folders, e.g. that of a date.

    Raises:
        ConfigError: if there are no runs.
    """
    places = _find_runs(folder)
    if not places:
        raise ConfigError(
            f"{folder} holds no runs",
            f"a folder of run folders, or the folder with {INDEX_NAME} of a grid",
            "myoassist sweeps logs/<date>; an evolution is read by myoassist evos <folder>",
        )
    flat = {place: _flatten(place) for place in places}
    keys = [key for values in flat.values() for key in values]
    varied = [key for key in dict.fromkeys(keys) if len({repr(values.get(key)) for values in flat.values()}) > 1]
    commands = {row.folder.resolve(): row.command for row in _index_rows(folder)}
    rows = [_row(place, folder, flat[place], varied, commands) for place in places]
    runs = pd.DataFrame(rows)
    varied = [key for key in varied if key != _SEED]
    failures = runs[runs["status"] != "finished"][["folder", "status", "reason", "command"]]
    done = runs[(runs["status"] == "finished") & runs["best"].notna()]
    return SweepTables(folder, varied, runs, _group(done, varied), failures, _read_curves(places, folder))


def _find_runs(folder: Path) -> list[Path]:
    """Return the run folders below a folder, and those that its index names although they are not there yet."""
    found = {file.parent for file in folder.rglob(CONFIG_NAME) if (file.parent / STATUS_NAME).exists()}
    found |= {row.folder for row in _index_rows(folder)}
    kept = {}
    for place in found:
        ignored = (place / IGNORE_NAME).exists() or any(ASIDE in part for part in place.parts)
        if not ignored:
            kept[place.resolve()] = place
    return [kept[key] for key in sorted(kept)]


def _index_rows(folder: Path) -> list[Any]:
    return [row for file in sorted(folder.rglob(INDEX_NAME)) for row in read_index(file)]


def _flatten(place: Path) -> dict[str, Any]:
    """Return what a run computes: key -> value, without the keys that say where and how; empty where unreadable."""
    try:
        plain = to_plain(read_run_config(place))
    except ConfigError:
        return {}
    flat = flatten_keys(plain, lambda name, key: key.metadata["change"] or name == "optimizer.maxiter")
    lists = {name for name, value in flat.items() if isinstance(value, list) and name in run_keys()}
    return {name: ",".join(map(str, value)) if name in lists else value for name, value in flat.items()}


def _row(place: Path, folder: Path, flat: dict, varied: list[str], commands: dict) -> dict[str, Any]:
    status = read_status(place) if place.exists() else {"status": "missing"}
    overrides = _stored_overrides(place) or ([f"exp={status['exp']}"] if status.get("exp") else [])
    command = commands.get(place.resolve()) or format_command([*overrides, f"logdir={quote_value(place.as_posix())}"])
    name = place.relative_to(folder) if place.is_relative_to(folder) else place
    best = status.get("best")
    return {
        "folder": name.as_posix(),
        "exp": status.get("exp"),
        "status": status["status"],
        "best": float(best) if isinstance(best, int | float) else np.nan,
        "fitness": read_fitness(status),
        "generation": status.get("generation"),
        **{key: flat.get(key) for key in varied if key != _SEED},
        _SEED: flat.get(_SEED),
        "reason": status.get("reason", ""),
        "command": command,
    }


def _stored_overrides(place: Path) -> list[str]:
    """Return the overrides that a run was started with, from the comment of the exp file that it wrote."""
    for file in sorted(place.glob("*.yaml"), reverse=True):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[:5]:
            if line.startswith("# command:"):
                try:
                    words = shlex.split(line.removeprefix("# command:"))
                except ValueError:
                    # Edited or cut off; the other runs of the day do not suffer from it.
                    return []
                return [word for word in words[3:] if not word.startswith(("logdir=", "expname="))]
    return []


def _group(done: pd.DataFrame, varied: list[str]) -> pd.DataFrame:
    rows = []
    names = varied or ["exp"]
    for values, batch in done.groupby(names, dropna=False, sort=True):
        best = batch["best"].to_numpy(dtype=float)
        low, high = bootstrap_interval(best)
        rows.append(
            dict(zip(names, values, strict=True))
            | {
                "runs": len(best),
                "mean": best.mean(),
                "median": np.median(best),
                "sd": best.std(ddof=1) if len(best) > 1 else np.nan,
                "low": low,
                "high": high,
                "lowest": best.min(),
                "best_folder": batch.loc[batch["best"].idxmin(), "folder"],
            }
        )
    columns = [*names, "runs", "mean", "median", "sd", "low", "high", "lowest", "best_folder"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("mean", ignore_index=True)


def bootstrap_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a mean (Efron 1979); NaN for fewer than two values.

    Args:
        values: Shape (n,).
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    # A fixed seed: the same runs give the same table.
    draws = np.random.default_rng(0).choice(values, size=(_RESAMPLES, len(values)))
    edge = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(draws.mean(axis=1), [edge, 1.0 - edge])
    return float(low), float(high)


def _read_curves(places: list[Path], folder: Path) -> dict[str, pd.DataFrame]:
    curves = {}
    for place in places:
        file = place / HISTORY_NAME
        if not file.exists():
            continue
        try:
            table = pd.read_csv(file)
        except (OSError, ValueError):
            # Cut off, or nothing of ours.
            continue
        numbers = {name for name in table.columns if pd.api.types.is_numeric_dtype(table[name])}
        if {"generation", "best_so_far"} <= numbers and len(table):
            name = place.relative_to(folder) if place.is_relative_to(folder) else place
            curves[name.as_posix()] = table[["generation", "best_so_far"]]
    return curves
