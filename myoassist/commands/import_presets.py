"""`myoassist import`: presets and RL sessions of MyoAssist become experiment files."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from myoassist.commands.argument import FLAG, WORDS, argument
from myoassist.commands.command import Command
from myoassist.compat.draft import Draft
from myoassist.compat.exp_file import draft_experiment, format_experiment
from myoassist.compat.preset.file import SUFFIXES, Preset, read_preset
from myoassist.compat.session.exp_file import draft_session
from myoassist.compat.session.rewards import VERSIONS
from myoassist.compat.session_file import Session, find_session_file, read_session
from myoassist.config.schema.groups import config_folder, group_options
from myoassist.files.atomic import write_text_atomic
from myoassist.files.command_words import TRAIN_COMMAND, localize_command, quote_path
from myoassist.files.errors import ConfigError, UserError


@dataclass(frozen=True)
class ImportPresets:
    """Turn presets and RL sessions of MyoAssist into experiments, and say what has no counterpart and why.

    Presets are .bat, .sh and .json files, or folders of them; sessions are session_config.json, their folders, or
    configurations of its RL training. Nothing in a preset is run. Without --out the experiments are printed.
    """

    presets: list[str] = argument(
        [], "preset, session, or a folder of presets", given=WORDS, shown="PRESET", needed=True
    )
    out: str | None = argument(
        None,
        "a file (.yaml), or a folder for several; run from there with: exp=NAME --config-dir FOLDER (the one "
        "that holds exp/)",
        given=FLAG,
        shown="PATH",
    )
    reward: str | None = argument(
        None,
        "of RL sessions: compat_b, compat_a (the older one, of published policies) or clean, which counts every weight "
        "once; without it, what the log beside the session tells, else compat_b",
        given=FLAG,
        shown="VERSION",
        choices=VERSIONS,
    )
    force: bool = argument(False, "replace files that are there", given=FLAG)


@dataclass(frozen=True)
class _Target:
    presets: list[Path]
    out: Path | None
    force: bool


def run(request: ImportPresets) -> int:
    """Import presets.

    Returns:
        0, or 2 if a preset of several could not be read; the others are imported.

    Raises:
        UserError: if the only preset is refused, or a file cannot be written.
    """
    target = _list_all(request)
    failed = 0
    for path in target.presets:
        try:
            preset, draft = _read(path, request.reward)
            _deliver(preset, draft, target)
        except UserError as error:
            if len(target.presets) == 1:
                raise
            print(error, file=sys.stderr)
            failed += 1
    return UserError.exit_code if failed else 0


def _read(path: Path, reward: str | None) -> tuple[Preset | Session, Draft]:
    found = find_session_file(path)
    if found is not None:
        session = read_session(found)
        return session, draft_session(session, reward)
    if reward is not None:
        raise ConfigError(f"--reward {reward}, but {path} is no RL session", "a session_config.json", "leave it out")
    preset = read_preset(path)
    return preset, draft_experiment(preset)


def _list_all(request: ImportPresets) -> _Target:
    presets = [path for text in request.presets for path in _list_presets(Path(text).expanduser())]
    out = None if request.out is None else Path(request.out).expanduser()
    if out is not None and out.suffix == ".yaml" and len(presets) > 1:
        raise ConfigError(
            f"--out {request.out} is one file for {len(presets)} presets",
            "a folder",
            f"--out {quote_path(out.with_suffix(''))}",
        )
    return _Target(presets, out, request.force)


def _list_presets(path: Path) -> list[Path]:
    if not path.exists():
        raise UserError(f"{path} does not exist", f"a preset ({', '.join(SUFFIXES)}) or a folder of presets")
    session = find_session_file(path)
    if session is not None or not path.is_dir():
        return [session or path]
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not found:
        raise UserError(f"{path} holds no preset", f"a folder with files that end in {', '.join(SUFFIXES)}")
    return found


def _deliver(preset: Preset | Session, draft: Draft, request: _Target) -> None:
    """Print or write an experiment, and say what has no counterpart."""
    if request.out is None:
        print(format_experiment(preset, draft, _exp_name(preset.name)))
        _report(preset, draft, "", stream=sys.stderr)
        return
    file = _choose_file(preset, request, request.out)
    name = file.stem
    command = f"{TRAIN_COMMAND} exp={name}"
    folder = file.resolve().parent
    if folder != _own_folder():
        command += f" --config-dir {quote_path(file.parent.parent)}" if folder.name == "exp" else ""
    text = format_experiment(preset, draft, name, command)
    if file.exists() and not request.force and file.read_text(encoding="utf-8", errors="replace") != text:
        raise UserError(f"{file} exists and differs", "a new file", "--force replaces it, --out <other> leaves it")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomic(file, text)
    except OSError as error:
        raise UserError(
            f"{file} cannot be written: {error.strerror or error}", "a folder that can be written"
        ) from error
    _report(preset, draft, file.as_posix(), stream=sys.stdout)
    if folder.name == "exp":
        print(f"  run it:     {localize_command(command)}")
    else:
        quoted = quote_path(f"exp/{file.name}")
        print(f"  to run it, put it into a folder named exp: --out {quoted}, then exp={name} --config-dir .")


def _choose_file(preset: Preset | Session, request: _Target, out: Path) -> Path:
    if out.suffix == ".yaml":
        name = out.stem
        if not re.fullmatch(r"[\w.-]+", name):
            raise ConfigError(f"--out {out} cannot name an experiment", "letters, digits and _ . -")
        if name in group_options("exp") and out.resolve().parent != _own_folder():
            raise ConfigError(
                f"--out {out}: exp={name} is an experiment of the package, which would be run instead",
                "a name of its own",
                f"--out {quote_path(out.with_stem(_exp_name(name)))}",
            )
        return out
    several = [path for path in request.presets if path.stem == preset.name]
    # The same preset in two forms must not end in one file.
    ending = f"_{preset.path.suffix[1:].lower()}" if len(several) > 1 else ""
    return out / f"{_exp_name(preset.name)}{ending}.yaml"


def _exp_name(name: str) -> str:
    """Return a name for an experiment, apart from those of the package, which win where names are equal."""
    name = re.sub(r"[^\w.-]+", "_", name).strip(".") or "preset"
    return f"imported_{name}" if name in group_options("exp") else name


def _report(preset: Preset | Session, draft: Draft, target: str, stream: TextIO) -> None:
    print(f"{preset.path.as_posix()}" + (f" -> {target}" if target else ""), file=stream)
    for text in draft.unmapped:
        print(f"  not mapped: {localize_command(text)}", file=stream)
    for text in draft.remarks:
        print(f"  note:       {localize_command(text)}", file=stream)
    if not draft.unmapped:
        print("  everything in it is mapped", file=stream)


def _own_folder() -> Path:
    return config_folder().resolve() / "exp"


COMMAND = Command(
    "myoassist import",
    ImportPresets,
    run,
    "MyoAssist presets (.bat, .sh, .json) become experiments",
    title="an import",
    example="myoassist import training_configs/tutorial.bat",
)
