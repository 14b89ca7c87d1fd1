"""Flags of Hydra's command line, checked before it reads them."""

import shlex
from pathlib import Path

from myoassist.config.schema.groups import group_options
from myoassist.config.schema.keys import closest, run_keys
from myoassist.config.schema.subjects import subjects_folder
from myoassist.files.errors import ConfigError

ROOT_CONFIG = "config"
# Long name of every flag, and whether a value follows.
_FLAGS = {
    "--help": False,
    "--hydra-help": False,
    "--version": False,
    "--cfg": True,
    "--resolve": False,
    "--package": True,
    "--run": False,
    "--multirun": False,
    "--shell-completion": False,
    "--config-path": True,
    "--config-name": True,
    "--config-dir": True,
    "--experimental-rerun": True,
    "--info": False,
}
_SHORT = {
    "-h": "--help",
    "-c": "--cfg",
    "-p": "--package",
    "-r": "--run",
    "-m": "--multirun",
    "-sc": "--shell-completion",
    "-cp": "--config-path",
    "-cn": "--config-name",
    "-cd": "--config-dir",
    "-i": "--info",
}
# They say what to do, so one of them is all that can be done.
_ACTIONS = ("--run", "--multirun", "--cfg", "--info", "--shell-completion")


def split_flags(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Tell flags from overrides.

    Returns:
        Long name of each flag -> its value, empty where it has none; a flag that Hydra does not know keeps its
        spelling. And the overrides, in order.
    """
    flags: dict[str, str] = {}
    overrides: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            overrides.append(word)
            continue
        name, sign, value = word.partition("=")
        name = _long_name(name)
        if (not sign and _FLAGS.get(name) and rest) or (
            not sign and name == "--info" and rest and "=" not in rest[0] and not rest[0].startswith("-")
        ):
            value = rest.pop(0)
        flags[name] = value
    return flags, overrides


def config_folders(arguments: list[str]) -> list[Path]:
    """Return the folders that `--config-dir` and `hydra.searchpath` add to those of the package."""
    flags, overrides = split_flags(arguments)
    places = [flags["--config-dir"]] if flags.get("--config-dir") else []
    for text in overrides:
        if text.startswith("hydra.searchpath="):
            listed = text.partition("=")[2].strip("[]").split(",")
            places += [place.strip(" '\"").removeprefix("file://") for place in listed if "pkg://" not in place]
    own = subjects_folder()
    return [*(Path(place) for place in places if place), *([own] if own is not None else [])]


def check_flags(arguments: list[str]) -> None:
    """Refuse flags of Hydra that have no meaning here, or whose value names nothing.

    Raises:
        ConfigError: naming the flag and what does what was meant.
    """
    flags, overrides = split_flags(arguments)
    if flags.get("--config-path"):
        raise ConfigError(
            f"--config-path={flags['--config-path']}: the configuration itself lies in the package and stays there",
            "--config-dir=<folder> to add a folder with experiments (exp/<name>.yaml) and options of your own",
            f"--config-dir={shlex.quote(flags['--config-path'])}",
        )
    if (name := flags.get("--config-name", ROOT_CONFIG).removesuffix(".yaml")) != ROOT_CONFIG:
        raise _refuse_root(name, config_folders(arguments))
    if "--experimental-rerun" in flags:
        raise ConfigError(
            "--experimental-rerun: runs are not stored in that form",
            "the command of the run, which continues it or says that it is finished",
            "`myoassist sweeps logs/<date>` prints the command of every run that is not finished",
        )
    for folder in config_folders(arguments):
        if not folder.is_dir() and flags.get("--config-dir") == str(folder):
            raise _refuse_folder(folder, overrides)
    given = [flag for flag in _ACTIONS if flag in flags]
    if len(given) > 1:
        kept = "--cfg" if "--cfg" in given else given[-1]
        left_out = " and ".join(flag for flag in given if flag != kept)
        raise ConfigError(f"{' and '.join(given)} are given together", "one of them", f"leave {left_out} out")
    shows = "--cfg" in flags or "--help" in flags
    for flag, value in (("--package", flags.get("--package", "")), ("--resolve", "")):
        if flag in flags and not shows:
            raise ConfigError(
                f"{flag} without --cfg", f"--cfg, which prints what {flag} chooses", f"--cfg job {flag} {value}".strip()
            )
    if flags.get("--cfg") == "job" and flags.get("--package"):
        _check_package(flags["--package"])


def _long_name(flag: str) -> str:
    if flag in _SHORT:
        return _SHORT[flag]
    near = [name for name in _FLAGS if flag.startswith("--") and len(flag) > 2 and name.startswith(flag)]
    return flag if flag in _FLAGS or len(near) != 1 else near[0]


def _refuse_root(name: str, folders: list[Path]) -> ConfigError:
    """Return the refusal of another root; `name` may well be an experiment."""
    remedy = "leave --config-name out; `myoassist list exps` shows the experiments"
    if name in group_options("exp"):
        remedy = f"exp={name} instead"
    for folder in (*folders, Path()):
        place = folder.as_posix()
        if (folder / "exp" / f"{name}.yaml").is_file():
            remedy = f"exp={name} --config-dir {shlex.quote(place)}"
        elif (folder / f"{name}.yaml").is_file():
            exps = shlex.quote((folder / "exp").as_posix())
            remedy = f"move {name}.yaml into {exps}, then exp={name} --config-dir {shlex.quote(place)}"
    return ConfigError(
        f"--config-name={name}: every run starts from {ROOT_CONFIG}.yaml of the package",
        "exp=<name> for an experiment, --config-dir=<folder> for a folder with experiments of your own",
        remedy,
    )


def _refuse_folder(folder: Path, overrides: list[str]) -> ConfigError:
    found = "is a file" if folder.is_file() else "does not exist"
    remedy = "--config-dir=<existing folder>"
    if folder.is_file() and folder.parent.name == "exp":
        others = [text for text in overrides if not text.startswith("exp=")]
        place = folder.parent.parent.as_posix()
        remedy = " ".join([f"exp={folder.stem}", "--config-dir", shlex.quote(place), *map(shlex.quote, others)])
    return ConfigError(
        f"--config-dir={folder.as_posix()} {found}", "a folder that holds exp/<name>.yaml or other groups", remedy
    )


def _check_package(package: str) -> None:
    """Refuse a part of the configuration that is not there; parts below a free mapping may have any name."""
    known = list(run_keys())
    groups = {name.rpartition(".")[0] for name in known if "." in name}
    mappings = tuple(f"{name}." for name, key in run_keys().items() if isinstance(key.default, dict))
    if package in (*known, *groups, "_global_") or package.startswith(mappings):
        return
    near = closest(package, [*groups, *known])
    raise ConfigError(
        f"--package {package}: the configuration has no such part",
        f"a key, or one of {', '.join(sorted(groups))}",
        f"--cfg job --package {near}" if near else "leave --package out to see all of it",
    )
