"""Keys of Hydra itself: say what is wrong with them, and refuse those that mean something else here."""

import re
from collections.abc import Iterable
from typing import Any

from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf

from myoassist.config.entries.launchers import (
    LAUNCHER,
    check_either,
    check_launcher,
    list_launcher_keys,
    refuse_setting,
)
from myoassist.config.labels import SWEEPER_GROUPS, is_hydra_override
from myoassist.config.schema.keys import closest
from myoassist.files.errors import ConfigError

_HYDRA = "hydra."
_EVOLUTION = "hydra.sweeper.optim"
_GROUPS = ("launcher", "sweeper", "job_logging", "hydra_logging", "help", "hydra_help", "output")
# Launchers of this machine: a single run goes the same way without them.
_HERE = ("local", "basic")
# What only a sweep has, by the begin of its keys.
_SWEEPS = {
    f"{LAUNCHER}.": "launcher",
    "hydra/launcher": "launcher",
    "hydra.sweeper.": "sweeper",
    "hydra/sweeper": "sweeper",
    "hydra.sweep.dir": "folder of a sweep",
}
_TYPES = {"Integer": "an integer", "Float": "a number", "Boolean": "true or false"}
_ELSEWHERE = "runs lie in logs/<date>/<expname>, wherever Hydra's own folders are"
# Keys of Hydra that would place what a run leaves behind: the value that leaves it alone, why another one is refused,
# and what does the same here.
_PLACES = {
    "run.dir": (".", _ELSEWHERE, "logdir=<folder> for the folder of one run", "logdir={value}"),
    "sweep.subdir": (
        ".",
        _ELSEWHERE,
        "overlays=sweep for folders named after what varies, or ${...} in expname, e.g. 'expname=NAME_${seed}'",
        "overlays=sweep",
    ),
    "job.chdir": (
        False,
        "a run would look for its files, and leave its folder, somewhere else",
        "false: paths are relative to the folder of the command",
        "hydra.job.chdir=false",
    ),
}


def check_single_run(overrides: Iterable[Override]) -> None:
    """Refuse what only a sweep reads: its launcher, its sweeper and search spaces.

    Raises:
        ConfigError: naming the override; without --multirun it would have no effect.
    """
    for override in overrides:
        name, typed = override.key_or_group, str(override.input_line)
        part = next((part for part in _SWEEPS if name.startswith(part)), None)
        if name == "hydra.mode" and override.value() != "RUN":
            raise _refuse_mode(typed)
        if name in SWEEPER_GROUPS and not override.is_delete() and override.value() is not None:
            raise ConfigError(
                f"{typed} without an evolution: a single run searches nothing",
                "evo=evo, which also makes it a sweep",
                typed if name == "evo" else f"{typed} evo=evo",
            )
        if name in ("hydra/launcher", "hydra/sweeper") and override.value() in (*_HERE, None):
            continue
        if part is not None:
            raise ConfigError(
                f"{typed} without --multirun: a single run has no {_SWEEPS[part]}",
                "--multirun, which hands runs to it; one run alone is a sweep of one",
                f"{typed} --multirun",
            )


def check_sweep(overrides: Iterable[Override]) -> None:
    """Refuse several values, and values of the wrong kind, of Hydra's own keys.

    Raises:
        ConfigError: naming the override.
    """
    settings: dict[str, Any] = {}
    for override in overrides:
        name, typed = override.key_or_group, str(override.input_line)
        if not is_hydra_override(override) or override.is_delete():
            continue
        if name == "hydra.mode" and override.value() not in ("RUN", "MULTIRUN"):
            raise _refuse_mode(typed)
        if override.is_sweep_override() and name not in SWEEPER_GROUPS:
            raise ConfigError(
                f"{typed} gives several values, but all runs of a sweep have the same {name}",
                f"one value (a list as one value is written {name}=[...])",
                f"one command for each, or {name}={typed.partition('=')[2].split(',')[0]}",
            )
        group, _, last = name.rpartition(".")
        if group == LAUNCHER:
            settings[last] = override.value()
    check_launcher(settings)
    check_either(settings)


def check_places(hydra: Any) -> None:
    """Refuse folders of Hydra, which hold nothing here, and a change of the current folder.

    Args:
        hydra: The `hydra` node of a composed configuration, a DictConfig.

    Raises:
        ConfigError: naming the key and what does the same.
    """
    plain: Any = OmegaConf.to_container(hydra, resolve=False)
    for name, (allowed, why, expected, remedy) in _PLACES.items():
        group, _, last = name.partition(".")
        value = plain[group].get(last)
        if value not in (allowed, None):
            shown = str(value).lower() if isinstance(value, bool) else value
            raise ConfigError(f"{_HYDRA}{name}={shown}: {why}", expected, remedy.format(value=shown))


def explain_hydra_key(key: str, typed: str, cause: Any, text: str) -> ConfigError | None:
    """Return what is wrong with a key of Hydra itself, None for any other key.

    Args:
        key: Full name of the refused key.
        typed: The argument that set it, if it came from the command line.
        cause: OmegaConf's error, where there is one.
        text: Message of Hydra's error.
    """
    if "hydra.mode changed" in text or key == "hydra.mode" or "Invalid hydra.mode" in text:
        return _refuse_mode(typed)
    if key.startswith("hydra/") or typed.startswith("hydra/"):
        return ConfigError(
            f"{typed or key}: Hydra has no group {key}",
            f"one of {', '.join(f'hydra/{name}' for name in _GROUPS)}",
            f"leave {typed or key} out",
        )
    if not key.startswith(_HYDRA):
        return None
    group, _, last = key.rpartition(".")
    parent = getattr(cause, "parent_node", None)
    if "Key '" in text or "not in '" in str(cause) or "not in struct" in str(cause):
        return _unknown(key, typed, list(parent) if isinstance(parent, DictConfig) else _names_in(group, text))
    value = typed.partition("=")[2] if typed.partition("=")[0].lstrip("+") == key else _value_in(text)
    if group == LAUNCHER:
        return refuse_setting(last, value)
    said = (str(cause) if cause is not None else text).split("\n")[0]
    expected = next(
        (words for kind, words in _TYPES.items() if f"converted to {kind}" in said), "a value of another type"
    )
    return ConfigError(f"{typed or key} does not fit: {said}", expected, f"leave {typed or key} out")


def explain_missing(key: str, typed: str) -> ConfigError:
    """Return the error of `${...}` around something that only a running job knows, such as hydra.job.num."""
    return ConfigError(
        f"{typed or key}: it depends on what is known inside of a run only",
        "keys of the configuration, e.g. ${seed}",
        "overlays=sweep, which names the folder of each run after what varies",
    )


def explain_target(error: Exception) -> ConfigError | None:
    """Return what is wrong with a launcher or sweeper that cannot be made, None for any other error."""
    # Hydra adds the key as a note where it is not in the message.
    part = re.search(r"full_key: hydra\.(launcher|sweeper)", "\n".join([str(error), *getattr(error, "__notes__", [])]))
    extra = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    if part and extra:
        key = f"{_HYDRA}{part[1]}.{extra[1]}"
        return ConfigError(
            f"there is no key {key}", f"the keys that `--cfg hydra -p hydra.{part[1]}` prints", f"leave {key} out"
        )
    if "does not have a `_target_` field" in str(error):
        return ConfigError(
            "the file of hydra/launcher or hydra/sweeper says what differs, but not from what",
            "`defaults: [slurm]` at its top, or [local], [grid] for a sweeper",
            "put these two lines at the top of the file: `defaults:` and `  - slurm`",
        )
    return None


def _refuse_mode(typed: str) -> ConfigError:
    return ConfigError(
        f"{typed or 'a file sets hydra.mode, which'} says whether this is one run or a sweep",
        "--multirun in the command for a sweep, nothing for one run",
        f"leave {typed} out" if typed else "--multirun in the command; the line in the file can stay",
    )


def _unknown(key: str, typed: str, siblings: list[str]) -> ConfigError:
    group = key.rpartition(".")[0]
    names = sorted(str(name) for name in siblings if not str(name).startswith("_"))
    if key == _EVOLUTION:
        return ConfigError(
            f"{typed or key}: this sweep is no evolution", "evo=evo, which has these settings", "add evo=evo"
        )
    near = closest(key, [f"{group}.{name}" for name in names])
    value = typed.partition("=")[2]
    below = typed.partition("=")[0].lstrip("+").removeprefix(key)
    remedy = f"{near}{below}={value or '<value>'}" if near else f"leave {typed or key} out"
    expected = f"a key of {group}: {', '.join(names)}" if names else f"a key of {group}"
    return ConfigError(f"{typed or key}: there is no key {key}", expected, remedy)


def _names_in(group: str, text: str) -> list[str]:
    """Return the names of a group, as far as they are known without its node."""
    return list_launcher_keys() if group == LAUNCHER else re.findall(r"'(\w+)'", text.partition("Did you mean")[2])


def _value_in(text: str) -> str:
    named = re.search(r"Value '(.*?)' of type|Invalid value '(.*?)'", text)
    return (named[1] or named[2]) if named else "..."
