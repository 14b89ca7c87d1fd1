"""Plan the runs of a grid before any of them starts: combinations, folders, what is done already."""

import datetime
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import HydraContext
from omegaconf import DictConfig

from myoassist.check.run import check
from myoassist.config.compose.run import ComposedRun, convert_composed, normalize_arguments
from myoassist.config.labels import default_expname, is_task_override
from myoassist.config.run_names import override_key
from myoassist.files.errors import ConfigError, ResumeError
from myoassist.runs.catalogue import day_folder, list_older, log_root, read_status
from myoassist.runs.folder import plan_run
from myoassist.runs.index import INDEX_NAME, read_index
from myoassist.runs.storage import refuse_folder
from myoassist.sweep.grid.job import GridJob
from myoassist.sweep.values import check_counted


@dataclass
class Grid:
    """All runs of a grid and the folder of what concerns them together."""

    jobs: list[GridJob]
    root: Path
    notice: str = ""


def plan_grid(
    arguments: list[str], config: DictConfig, context: HydraContext, today: datetime.date | None = None
) -> Grid:
    """Compose, validate and place every run of a grid; nothing is written.

    Args:
        arguments: Overrides of the task, several values in some of them.
        config: Configuration without the varied keys, with its `hydra` node.
        context: Composes the configuration of every run.
        today: Date of new run folders; None asks the clock.

    Raises:
        UserError: if any run is refused, or if two of them would use the same folder.
    """
    parsed = OverridesParser.create(config_loader=context.config_loader).parse_overrides(arguments)
    keys = [override.key_or_group for override in parsed if override.is_sweep_override()]
    runs = []
    for override in parsed:
        check_counted(override)
    for split in BasicSweeper.split_arguments(parsed, None)[0]:
        # Hydra takes the values of choice(...) out of their quotes.
        overrides = normalize_arguments(split)
        composed = context.config_loader.load_sweep_config(config, overrides)
        run = convert_composed(composed, composed.hydra.runtime.choices, overrides, swept=keys)
        check(run.config)
        runs.append((overrides, run))
    today = today or datetime.date.today()
    jobs = _place(runs, keys, today)
    name = _root_name(jobs, parsed, keys, today)
    grid = Grid(jobs, day_folder(today) / name)
    if (day := _unfinished_day(jobs, name, today)) is not None:
        # Another configuration under the same name is another grid.
        with suppress(ResumeError):
            jobs = _place(runs, keys, day)
            grid = Grid(jobs, day_folder(day) / name, f"It is the unfinished grid of {day}.")
    _check_distinct(grid.jobs)
    return grid


def _place(runs: Sequence[tuple[list[str], ComposedRun]], keys: list[str], day: datetime.date) -> list[GridJob]:
    jobs = []
    for number, (overrides, run) in enumerate(runs):
        try:
            folder, state = plan_run(run.config, run.exp, run.all_overrides, day)
        except OSError as error:
            raise refuse_folder(Path(error.filename or log_root()), error) from None
        swept = [text for text in overrides if override_key(text) in keys]
        jobs.append(GridJob(number, overrides, swept, run, folder, state))
    return jobs


def _root_name(jobs: list[GridJob], parsed: list[Override], keys: list[str], today: datetime.date) -> str:
    """Return the folder of the grid below its date: what all runs share, else a name of its own.

    A name of its own holds nothing that varies, so that there is one folder, and it is the same for the same command.
    """
    day = day_folder(today)
    first = jobs[0].composed.config
    if first.expsubdir and len({job.composed.config.expname for job in jobs}) == 1 and not first.logdir:
        return first.expname or "run"
    parents = {job.folder.parent for job in jobs}
    if len(jobs) > 1 and len(parents) == 1 and (parent := parents.pop()) != day and parent.is_relative_to(day):
        return parent.relative_to(day).as_posix()
    constant = [override for override in parsed if not override.is_sweep_override()]
    typed = {str(item.key_or_group): str(item.value()) for item in constant if item.key_or_group in ("exp", "expname")}
    texts = [str(item.input_line) for item in constant if is_task_override(item)]
    name = re.sub(r"\$\{[^}]*\}", "", typed.get("expname", "")) or default_expname(typed.get("exp"), texts)
    tails = [re.split(r"[./]", key)[-1] for key in keys]
    return re.sub(r"_+", "_", "_".join([name.strip("/_"), "sweep", *tails]))[:120]


def _unfinished_day(jobs: list[GridJob], name: str, today: datetime.date) -> datetime.date | None:
    """Return the date of the newest grid of the same name and folders, if it was begun before today and is unfinished.

    Whether its runs have the same configuration is found out when they are planned there.
    """
    config = jobs[0].composed.config
    if config.fresh or config.resume == "never" or config.logdir or (day_folder(today) / name).exists():
        return None
    wanted = {_inner_name(job) for job in jobs}
    for day, folder in list_older(name, today):
        rows = read_index(folder / INDEX_NAME)
        root = day_folder(day)
        if rows and {Path(os.path.relpath(row.folder, root)).as_posix() for row in rows} == wanted:
            done = all(read_status(row.folder)["status"] == "finished" for row in rows)
            return None if done else day
    return None


def _inner_name(job: GridJob) -> str:
    """Return where a run lies below its date."""
    config = job.composed.config
    return (Path(config.expname or "run") / (config.expsubdir or "")).as_posix()


def _check_distinct(jobs: list[GridJob]) -> None:
    """Refuse runs that would overwrite each other."""
    shared: dict[Path, list[GridJob]] = {}
    for job in jobs:
        shared.setdefault(Path(os.path.realpath(job.folder)), []).append(job)
    doubled = [group for group in shared.values() if len(group) > 1]
    if not doubled or all(job.composed.config.allow_shared_dir for group in doubled for job in group):
        return
    lines = []
    for group in doubled[:3]:
        values = " | ".join(" ".join(job.swept) for job in group[:6])
        lines.append(f"  {group[0].folder.as_posix()}: {values}{' | ...' if len(group) > 6 else ''}")
    example = "_".join(f"\\${{{override_key(text)}}}" for text in doubled[0][0].swept)
    raise ConfigError(
        "\n".join([f"{sum(map(len, doubled))} runs of this grid would share {len(doubled)} run folder(s)", *lines]),
        "a folder of its own for every run, or the last one overwrites the others",
        f"overlays=sweep   (or expname=NAME_{example}, or allow_shared_dir=true if that is what you want)",
    )
