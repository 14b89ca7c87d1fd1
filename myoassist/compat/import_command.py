"""The `myoassist import` command: presets and RL sessions of MyoAssist become experiment files."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from myoassist.compat.draft import Draft
from myoassist.compat.exp_file import draft_experiment, format_experiment
from myoassist.compat.preset_file import SUFFIXES, Preset, read_preset
from myoassist.compat.session_exp import draft_session
from myoassist.compat.session_file import Session, find_session_file, read_session
from myoassist.compat.session_rewards import VERSIONS
from myoassist.config.groups import config_folder, group_options
from myoassist.files.atomic import write_text_atomic
from myoassist.files.command_words import TRAIN_COMMAND, localize_command, quote_path
from myoassist.files.errors import ConfigError, UserError

USAGE = """usage: myoassist import PRESET [PRESET ...] [--out FILE.yaml | --out FOLDER] [--reward VERSION] [--force]

Turn presets of MyoAssist (.bat, .sh, .json, or folders of them) and its RL sessions (session_config.json, their
folders, or configurations of its RL training) into experiments of this framework, and say what has no counterpart and
why. Nothing in a preset is run. Without --out the experiments are printed.

  --out     a file, or a folder for several; run from there with: exp=NAME --config-dir FOLDER (the one that holds exp/)
  --reward  of RL sessions: compat_b, compat_a (the older one, of published policies) or clean, which counts every
            weight once; without it, what the log beside the session tells, else compat_b
  --force   replace files that are there
"""


@dataclass(frozen=True)
class _Request:
    presets: list[Path]
    out: Path | None
    force: bool
    reward: str | None


def main(arguments: list[str]) -> int:
    """Run the import command.

    Args:
        arguments: What follows `myoassist import`.

    Returns:
        0, or 2 if a preset of several could not be read; the others are imported.

    Raises:
        UserError: if the arguments, or the only preset, are refused.
    """
    if any(argument in ("-h", "--help") for argument in arguments):
        print(USAGE, end="")
        return 0
    request = _parse(arguments)
    failed = 0
    for path in request.presets:
        try:
            preset, draft = _read(path, request.reward)
            _deliver(preset, draft, request)
        except UserError as error:
            if len(request.presets) == 1:
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


def _parse(arguments: list[str]) -> _Request:
    presets: list[Path] = []
    out, force, reward = None, False, None
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, separator, value = word.partition("=")
        if name == "--out" and out is None and (value if separator else rest):
            out = value if separator else rest.pop(0)
        elif name == "--reward" and reward is None and (value if separator else rest):
            reward = value if separator else rest.pop(0)
            if reward not in VERSIONS:
                raise ConfigError(f"--reward {reward}", f"one of {', '.join(VERSIONS)}", "--reward compat_b")
        elif word == "--force":
            force = True
        elif word.startswith("-"):
            raise ConfigError(f"{word!r} is no argument of an import, or has no value", USAGE.rstrip())
        else:
            presets += _list_presets(Path(word).expanduser())
    if not presets:
        raise ConfigError("no preset is given", USAGE.rstrip(), "myoassist import training_configs/tutorial.bat")
    target = None if out is None else Path(out).expanduser()
    if target is not None and target.suffix == ".yaml" and len(presets) > 1:
        raise ConfigError(
            f"--out {out} is one file for {len(presets)} presets",
            "a folder",
            f"--out {quote_path(target.with_suffix(''))}",
        )
    return _Request(presets, target, force, reward)


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


def _deliver(preset: Preset | Session, draft: Draft, request: _Request) -> None:
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


def _choose_file(preset: Preset | Session, request: _Request, out: Path) -> Path:
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
