"""Settings of the launchers that start the runs of a sweep: what each takes, with its unit."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myoassist.config.keys import format_value, is_number
from myoassist.files.errors import ConfigError

LAUNCHER = "hydra.launcher"
# Slurm takes one of each; the first is what our launcher files ask for where nothing else is said.
EITHER = (("mem_per_cpu", "mem_gb", "mem_per_gpu"), ("cpus_per_task", "cpus_per_gpu"))
_MINUTES = {"d": 1440.0, "h": 60.0, "m": 1.0, "s": 1.0 / 60.0}
_GIGABYTES = {"k": 2.0**-20, "m": 2.0**-10, "g": 1.0, "t": 2.0**10}
_TIME_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s)[a-z]*", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt])?(?:i?b|bytes)?", re.IGNORECASE)
# Without a unit Slurm counts megabytes; a worker needs more than this.
_LEAST_MEMORY = 128  # MB


@dataclass(frozen=True)
class LauncherKey:
    """One setting.

    Attributes:
        kind: whole, number, minutes, gigabytes, size, text, flag, list or mapping.
        words: What it takes.
        lowest: Smallest number.
    """

    kind: str
    words: str
    lowest: float = 1


def _whole(what: str, lowest: int = 1) -> LauncherKey:
    return LauncherKey("whole", f"a whole number of {what}, at least {lowest}", lowest)


_TEXT = LauncherKey("text", "a text, or null")
_KEYS = {
    "timeout_min": LauncherKey("minutes", "a number of minutes, at least 1 on a cluster: 1440 is a day"),
    "signal_delay_s": _whole("seconds before the time limit", 0),
    "max_num_timeout": _whole("times", 0),
    "max_parallel": LauncherKey("whole", "a whole number of runs, at least 1, or null"),
    "array_parallelism": _whole("workers at once"),
    "max_array_size": _whole("jobs"),
    "nodes": _whole("nodes"),
    "tasks_per_node": _whole("tasks"),
    "cpus_per_task": _whole("processors"),
    "cpus_per_gpu": _whole("processors"),
    "gpus_per_node": _whole("graphics cards", 0),
    "gpus_per_task": _whole("graphics cards", 0),
    "mem_gb": LauncherKey("gigabytes", "a whole number of gigabytes for each node, at least 1, without a unit"),
    "mem_per_cpu": LauncherKey("size", "a size with its unit, e.g. 6G (without one it would be megabytes)"),
    "mem_per_gpu": LauncherKey("size", "a size with its unit, e.g. 24G (without one it would be megabytes)"),
    "poll_s": LauncherKey("number", "a number of seconds, at least 0.01", 0.01),
    "watch_s": LauncherKey("number", "a number of seconds, at least 0", 0),
    "grace_s": LauncherKey("number", "a number of seconds, at least 0", 0),
    "setup": LauncherKey("list", "a list of shell lines, e.g. '[source /etc/profile, module load cuda]'"),
    "srun_args": LauncherKey("list", "a list of options, e.g. [--exclusive]"),
    "additional_parameters": LauncherKey("mapping", "a mapping of options of sbatch, e.g. '{mail-type: END}'"),
    "use_srun": LauncherKey("flag", "true or false"),
    "stderr_to_stdout": LauncherKey("flag", "true or false"),
    **dict.fromkeys(
        ("partition", "qos", "account", "constraint", "exclude", "gres", "comment", "name", "python"), _TEXT
    ),
}


def list_launcher_keys() -> list[str]:
    """Return the settings of all launchers, sorted."""
    return sorted(_KEYS)


def text_keys() -> list[str]:
    """Return the settings that are texts, sizes with their unit among them."""
    return [name for name, key in _KEYS.items() if key.kind in ("text", "size")]


def check_launcher(settings: Mapping[str, Any]) -> None:
    """Refuse values of the launcher's settings that are of the wrong kind, in another unit or too small.

    null and interpolations are left to the composition; settings that are not known here are not looked at.

    Args:
        settings: Name below `hydra.launcher` -> value.

    Raises:
        ConfigError: naming the key, its value, the unit and the value that was meant.
    """
    for name, value in settings.items():
        key = _KEYS.get(name)
        if key is None or value is None or (isinstance(value, str) and "${" in value):
            continue
        if not _fits(key, value):
            raise refuse_setting(name, value)


def check_either(settings: Mapping[str, Any]) -> None:
    """Refuse two settings that say the same thing in different ways.

    Args:
        settings: Name below `hydra.launcher` -> value, of those that somebody gave.

    Raises:
        ConfigError: naming both.
    """
    for group in EITHER:
        given = [name for name in group if settings.get(name) is not None]
        if len(given) > 1:
            raise ConfigError(
                " with ".join(f"{LAUNCHER}.{name}={format_value(settings[name])}" for name in given[:2]),
                f"one of {', '.join(group)}: Slurm takes one of them",
                f"leave {LAUNCHER}.{given[0]} out",
            )


def refuse_setting(name: str, value: Any) -> ConfigError:
    """Return the error of a value that one setting does not take."""
    shown = format_value(value)
    key = _KEYS.get(name)
    if key is None:
        return ConfigError(f"{LAUNCHER}.{name}={shown} does not fit", "a value of another type", f"leave {name} out")
    return ConfigError(f"{LAUNCHER}.{name}={shown} is not allowed", key.words, _remedy(name, key, value))


def _fits(key: LauncherKey, value: Any) -> bool:
    if key.kind in ("whole", "gigabytes"):
        return type(value) is int and value >= key.lowest
    if key.kind in ("minutes", "number"):
        return is_number(value) and value > 0 and (key.kind == "minutes" or value >= key.lowest)
    if key.kind == "size":
        return _megabytes(value) >= _LEAST_MEMORY
    # Types of the others are checked in composition.
    return True


def _megabytes(value: Any) -> float:
    """Return what Slurm makes of a size; infinite where it is left to judge the text."""
    text = str(value).strip()
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else math.inf


def _remedy(name: str, key: LauncherKey, value: Any) -> str:
    text = str(value).strip()
    if key.kind == "minutes":
        minutes, note = _read_minutes(text)
        return f"{LAUNCHER}.{name}={minutes or 1440}{note}"
    if key.kind == "gigabytes":
        size = _SIZE.fullmatch(text)
        amount = float(size[1]) * _GIGABYTES[(size[2] or "g").lower()] if size else 8.0
        return f"{LAUNCHER}.{name}={max(1, math.ceil(amount))}"
    if key.kind == "size":
        return f"{LAUNCHER}.{name}={text}G" if re.fullmatch(r"[1-9]\d*", text) else f"{LAUNCHER}.{name}=6G"
    if name.endswith("_s") and _TIME_PART.match(text):
        return f"{LAUNCHER}.{name}={_sum_minutes(text, 60.0)}"
    if key.kind in ("whole", "number"):
        number = re.match(r"\d+", text)
        whole = int(number[0]) if number else 0
        return f"{LAUNCHER}.{name}={max(whole, key.lowest):g}"
    return f"give it like that, or leave {LAUNCHER}.{name} out"


def _read_minutes(text: str) -> tuple[int, str]:
    """Return the minutes that a time stands for, rounded up, 0 for none, and a note where it can mean another time."""
    if _TIME_PART.match(text) and not _TIME_PART.sub("", text).strip(" ,"):
        return _sum_minutes(text), ""
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return (math.ceil(float(text)), "") if re.fullmatch(r"\d+(\.\d+)?", text) else (0, "")
    days, first, second, third = (int(part or 0) for part in clock.groups())
    if clock[1] is not None or clock[4] is not None:
        return math.ceil(days * 1440 + first * 60 + second + third / 60), ""
    if clock[3] is None:
        return first, ""
    # Slurm reads two numbers as minutes and seconds, people often as hours and minutes.
    return first * 60 + second, f"   (or {math.ceil(first + second / 60)}, if {text} was meant as minutes and seconds)"


def _sum_minutes(text: str, factor: float = 1.0) -> int:
    """Return the minutes of a text such as `1h 30m`, times a factor, rounded up."""
    parts = _TIME_PART.findall(text)
    return math.ceil(sum(float(number) * _MINUTES[unit.lower()] * factor for number, unit in parts))
