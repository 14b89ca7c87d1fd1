"""Evaluate what MyoAssist's controller optimization has found, as its result folder holds it."""

import contextlib
import hashlib
import itertools
import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myoassist.compat.exp_file import compose_experiment, format_experiment, map_preset
from myoassist.compat.preset.file import Preset, read_preset
from myoassist.compat.result.folder import LABELS, ResultFile, find_preset, find_vectors, guess_options
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.published_numbers import OLDER_MUJOCO, PUBLISHED_OVERLAY
from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.files.command_words import EVALUATE_COMMAND, quote_path
from myoassist.files.errors import ConfigError, UserError
from myoassist.runs.catalogue import day_folder
from myoassist.runs.differences import make_relative
from myoassist.runs.storage import refuse_folder
from myoassist.runs.stored_config import change_config

SOURCE_NAME = "evaluated_result.json"
# What a preset says about a search does not matter once it is over.
_OF_THE_SEARCH = re.compile(
    r"(param_path|pickle_path|popsize|maxiter|threads|sigma_gain|cma_options|save_path|cluster)\b"
)
_COMPARED = ("Effort_Cost", "Kinematic_Cost", "Velocity_Cost", "Symmetry_Cost", "GRF_Cost")


@dataclass(frozen=True)
class ResultWishes:
    """How result folders are evaluated.

    Attributes:
        labels: Labels of the vectors to evaluate; empty takes Best, else BestLast.
        params: A file instead.
        exp: Experiment that stands in for a preset.
        preset: Preset instead of the one in the folder.
        overrides: Changes of the configuration.
        root: Folder for the results; None is that of today below the log root.
    """

    labels: tuple[str, ...] = ()
    params: Path | None = None
    exp: str | None = None
    preset: Path | None = None
    overrides: list[str] = field(default_factory=list)
    root: Path | None = None


@dataclass(frozen=True)
class ResultRun:
    """A vector of a result folder, ready for evaluation.

    Attributes:
        folder: Where the evaluation goes: a folder of its own, because the result is not ours to write into.
        config: Its configuration here, changed by overrides.
        file: The vector.
        name: Name in reports.
    """

    folder: Path
    config: RunConfig
    file: ResultFile
    name: str

    def claim(self) -> None:
        """Create the folder of the evaluation and note whose it is.

        Raises:
            ConfigError: if it cannot be written.
        """
        content = {"result": make_relative(str(self.file.path)), "place": _place(self.file.path)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_text_atomic(self.folder / SOURCE_NAME, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        except OSError as error:
            raise refuse_folder(self.folder, error) from error

    def compare_costs(self, terms: dict[str, Any]) -> list[str]:
        """Return sentences that put a walk beside what was published: its cost terms, or how to get them.

        Args:
            terms: Terms of the evaluation by their published names; empty where the walk could not be judged.
        """
        there = self.file.costs.is_file()
        wanted = [] if self.config.model.path else ["model=custom", *_published_file(self.file.path, self.config)]
        if self.config.model.mujoco_compat is None:
            wanted.append(OLDER_MUJOCO)
        wanted += [] if self.config.cost.mode == "compat" else ["cost.mode=compat"]
        if wanted:
            meant = f"What {self.file.costs.name} holds" if there else "What was published"
            return [f"{meant} is computed by adding {' '.join(wanted)}"]
        stored = _read_costs(self.file.costs) if there else {}
        both = [key for key in _COMPARED if key in stored and key in terms]
        pairs = [f"{key} {stored[key]:.6g} ({float(terms[key]):.6g})" for key in both]
        return [f"{self.file.costs.name} beside it (in brackets this walk): {', '.join(pairs)}."] if pairs else []


def open_results(folder: Path, wishes: ResultWishes, taken: set[Path]) -> list[ResultRun]:
    """Return what evaluating a result folder needs; what the import of its preset changed is printed.

    Pickles in the folder are not opened.

    Args:
        folder: A result folder of MyoAssist.
        wishes: What of it, and how.
        taken: Folders that other results of this command go into; those of this one are added.

    Raises:
        UserError: if there is no vector, no preset, or the configuration would be refused here.
    """
    files = _choose_files(folder, wishes)
    configs, notes = [], []
    for file in files:
        config, said = _configure(folder, file, wishes)
        configs.append(config)
        notes += [*said, *_differences(file, config)]
    if notes:
        print("\n  ".join([f"{folder.as_posix()}:", *dict.fromkeys(notes)]), flush=True)
    several = len({file.run for file in files}) > 1
    runs = []
    for file, config in zip(files, configs, strict=True):
        name = folder.resolve().name
        name += f"_{file.run}" if several or not file.label else ""
        name += f"_{file.label}" if file.label else ""
        place = _choose_place(wishes.root, name, file.path, taken)
        runs.append(ResultRun(place, config, file, name))
    return runs


def _choose_files(folder: Path, wishes: ResultWishes) -> list[ResultFile]:
    if wishes.params is not None:
        if not wishes.params.is_file():
            raise UserError(
                f"params={wishes.params} " + ("is a folder" if wishes.params.is_dir() else "does not exist"),
                "best, bestlast, or a parameter file, relative to the current folder",
                "params=best",
            )
        return [ResultFile(wishes.params, wishes.params.stem, "")]
    if wishes.labels:
        return find_vectors(folder, wishes.labels)
    both = find_vectors(folder, tuple(LABELS.values()))
    best = {file.run: file for file in sorted(both, key=lambda file: file.label, reverse=True)}
    return list(best.values())


def _configure(folder: Path, file: ResultFile, wishes: ResultWishes) -> tuple[RunConfig, list[str]]:
    """Return the configuration of a result, and what is to be said about it."""
    if wishes.exp is not None:
        if wishes.preset is not None:
            raise ConfigError(f"exp={wishes.exp} and preset={wishes.preset}", "one of them", f"exp={wishes.exp}")
        stored = compose_run([f"exp={wishes.exp}", PUBLISHED_OVERLAY]).config
        if stored.task != "search":
            raise ConfigError(f"exp={wishes.exp} trains a policy", "an experiment with task=search", "exp=exo_4param")
        named = _named_options(file, wishes.overrides)
        notes = [f"{' '.join(named)}, as {file.path.name} says"] if named else []
        stored = change_config(stored, named)
    else:
        preset, problems = (read_preset(wishes.preset), []) if wishes.preset is not None else find_preset(folder)
        if preset is None:
            raise _no_preset(folder, file, problems)
        stored, notes = _import(preset, wishes.overrides)
    config = change_config(stored, wishes.overrides)
    # The vector is given; where the search started, and how it went on, is over.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    config.optimizer.mode = "single"
    return config, notes


def _named_options(file: ResultFile, overrides: list[str]) -> list[str]:
    """Return the options that the name of a vector tells and that are not given."""
    given = {text.partition("=")[0].lstrip("+~") for text in overrides}
    if "cost" in given:
        given.add("cost.target")
    named = {"cost.target": file.target, "cost.tgt_vel": file.speed}
    return [f"{key}={value}" for key, value in named.items() if value is not None and key not in given]


def _differences(file: ResultFile, config: RunConfig) -> list[str]:
    """Return what the name of a vector says otherwise than its configuration."""
    notes = []
    if file.target not in (None, config.cost.target):
        notes.append(
            f"{file.path.name} is named after {file.target}, but cost.target is {config.cost.target}: add "
            f"cost.target={file.target} if the name is right"
        )
    if file.speed not in (None, config.cost.tgt_vel):
        notes.append(f"{file.path.name} is named after {file.speed:g} m/s, but cost.tgt_vel is {config.cost.tgt_vel:g}")
    return notes


def _import(preset: Preset, overrides: list[str]) -> tuple[RunConfig, list[str]]:
    for name in ("param_path", "pickle_path"):
        preset.values.pop(name, None)
    draft = map_preset(preset)
    config = compose_experiment(format_experiment(preset, draft, preset.name), preset.name)
    changed = {text.partition("=")[0].partition(".")[2] for text in overrides}
    notes = [f"not mapped: {text}" for text in draft.unmapped]
    notes += [text for text in draft.remarks if not ("cost.mode" in text and "mode" in changed)]
    shown = [f"as {preset.path.name} says (`myoassist import {shlex.quote(preset.path.as_posix())}` shows it)"]
    return config, shown + [text for text in notes if not _OF_THE_SEARCH.match(text.removeprefix("not mapped: "))]


def _no_preset(folder: Path, file: ResultFile, problems: list[str]) -> UserError:
    options = " ".join(guess_options(file, folder))
    lies = f" ({'; '.join(problems)})" if problems else ""
    return UserError(
        f"{folder.as_posix()} holds no preset, which would say model, exo and target{lies}",
        "the .bat, .sh or .json of the run in the folder, preset=<file>, or exp=<experiment> with what differs; "
        f"below is what {file.path.name} suggests by its length, with device and torque of the published controllers",
        f"{EVALUATE_COMMAND} run={quote_path(folder)} {options}",
    )


def _published_file(file: Path, config: RunConfig) -> list[str]:
    """Return the options that take the published model file: of a checkout around a result, where there is one."""
    musculature, device = config.model.musculature, (config.model.device or "baseline").upper()
    path, trust = "<its MJCF file>", "model.trust_path=true"
    # ctrl_optim/results/<kind>/<result>/<file>, beside models/.
    for above in list(file.resolve().parents)[:6]:
        found = sorted(above.glob(f"models/{musculature}muscle*/myoLeg{musculature}*_{device}.xml"))
        if found:
            path = make_relative(str(found[0]))
            break
    return [shlex.quote(f"model.path={path}"), trust]


def _choose_place(root: Path | None, name: str, path: Path, taken: set[Path]) -> Path:
    """Return a folder that is new, or that holds an earlier evaluation of the same file."""
    base = day_folder() if root is None else root
    stem = re.sub(r"[^\w.+=,@-]+", "_", name if root is not None else f"result_{name}")
    for number in itertools.count(1):
        place = base / (stem if number == 1 else f"{stem}_{number}")
        if place not in taken and (not place.exists() or _owner(place) == _place(path)):
            break
    taken.add(place)
    return place


def _owner(folder: Path) -> str | None:
    """Return whose evaluation a folder holds; None where it does not say."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / SOURCE_NAME).read_text(encoding="utf-8"))["place"])
    return None


def _place(path: Path) -> str:
    """Return what tells files apart that have one name in different folders, without naming the folders."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]


def _read_costs(path: Path) -> dict[str, float]:
    """Return the numbers of a file of cost terms; lines of another kind are left out."""
    found: dict[str, float] = {}
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in path.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(" : ")
            with contextlib.suppress(ValueError):
                found[key.strip()] = float(value)
    return found
