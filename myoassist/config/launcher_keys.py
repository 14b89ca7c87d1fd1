"""Settings of the launchers that start the runs of a sweep: what each takes, with its unit."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myoassist.config.errors import ConfigError
from myoassist.config.key_values import is_allowed
from myoassist.config.keys import Key, format_value, schema_keys
from myoassist.config.option import option

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
class LauncherSettings:
    """Settings of the launchers of this machine and of Slurm that have something to check."""

    timeout_min: float | None = option(None, "at least 1 on a cluster, 1440 is a day", gt=0.0, unit="minutes")
    signal_delay_s: int = option(120, "how long before the time limit a run is told", ge=0, unit="seconds")
    max_num_timeout: int = option(0, "how often a run that reaches its time limit is requeued", ge=0, unit="times")
    max_parallel: int | None = option(None, "runs alive at once on this machine", ge=1, unit="runs")
    array_parallelism: int = option(256, "workers at once", ge=1, unit="workers")
    max_array_size: int = option(1000, "longest job array that is submitted at once", ge=1, unit="jobs")
    nodes: int = option(1, "nodes of a worker", ge=1, unit="nodes")
    tasks_per_node: int = option(1, "tasks of a worker", ge=1, unit="tasks")
    cpus_per_task: int | None = option(None, "processors of a worker", ge=1, unit="processors")
    cpus_per_gpu: int | None = option(None, "processors for each graphics card", ge=1, unit="processors")
    gpus_per_node: int | None = option(None, "graphics cards of a node", ge=0, unit="graphics cards")
    gpus_per_task: int | None = option(None, "graphics cards of a task", ge=0, unit="graphics cards")
    mem_gb: int | None = option(None, "without a unit", ge=1, unit="gigabytes for each node")
    mem_per_cpu: str | None = option(None, "memory for each processor, e.g. 6G")
    mem_per_gpu: str | None = option(None, "memory for each graphics card, e.g. 24G")
    poll_s: float = option(1.0, "time between two looks for results", ge=0.01, unit="seconds")
    watch_s: float = option(10.0, "time between two questions to Slurm", ge=0.0, unit="seconds")
    grace_s: float = option(15.0, "how long a job has to look over before it is lost", ge=0.0, unit="seconds")
    setup: list[str] = option([], "shell lines, e.g. '[source /etc/profile, module load cuda]'")
    srun_args: list[str] = option([], "options, e.g. [--exclusive]")
    additional_parameters: dict[str, Any] = option({}, "options of sbatch, e.g. '{mail-type: END}'")
    use_srun: bool = option(True, "whether srun starts a worker")
    stderr_to_stdout: bool = option(False, "whether both go into one file")
    partition: str | None = option(None, "part of the cluster")
    qos: str | None = option(None, "quality of service")
    account: str | None = option(None, "who pays")
    constraint: str | None = option(None, "features that a node has to have")
    exclude: str | None = option(None, "nodes that are left out")
    gres: str | None = option(None, "generic resources, e.g. gpu:1")
    comment: str | None = option(None, "comment of a job")
    name: str | None = option(None, "name of a job")
    python: str | None = option(None, "interpreter of a worker")


_KEYS = schema_keys(LauncherSettings)
_SIZES = ("mem_per_cpu", "mem_per_gpu")


def list_launcher_keys() -> list[str]:
    """Return the settings of all launchers, sorted."""
    return sorted(_KEYS)


def text_keys() -> list[str]:
    """Return the settings that are texts, sizes with their unit among them."""
    return [name for name, key in _KEYS.items() if key.base is str]


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
        if not _fits(name, key, value):
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
    return ConfigError(f"{LAUNCHER}.{name}={shown} is not allowed", _describe(name, key), _remedy(name, key, value))


def _describe(name: str, key: Key) -> str:
    """Say in words what a setting takes, with its unit."""
    doc, unit = key.metadata["doc"], key.metadata["unit"]
    if name in _SIZES:
        return f"a size with its unit (without one it would be megabytes): {doc}"
    if key.base in (int, float):
        low = "" if key.metadata["ge"] is None else f", at least {format_value(key.metadata['ge'])}"
        words = f"{'a whole number' if key.base is int else 'a number'} of {unit}{low}"
        return f"{words}, or null" if name == "max_parallel" else f"{words}: {doc}"
    kinds = {str: "a text, or null", bool: "true or false", list[str]: f"a list of {doc}"}
    return kinds.get(key.base, f"a mapping of {doc}")


def _fits(name: str, key: Key, value: Any) -> bool:
    if name in _SIZES:
        return _megabytes(value) >= _LEAST_MEMORY
    # Types of the others are checked in composition.
    return key.base not in (int, float) or is_allowed(key, value)


def _megabytes(value: Any) -> float:
    """Return what Slurm makes of a size; infinite where it is left to judge the text."""
    text = str(value).strip()
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else math.inf


def _remedy(name: str, key: Key, value: Any) -> str:
    text = str(value).strip()
    if name == "timeout_min":
        minutes, note = _read_minutes(text)
        return f"{LAUNCHER}.{name}={minutes or 1440}{note}"
    if name == "mem_gb":
        size = _SIZE.fullmatch(text)
        amount = float(size[1]) * _GIGABYTES[(size[2] or "g").lower()] if size else 8.0
        return f"{LAUNCHER}.{name}={max(1, math.ceil(amount))}"
    if name in _SIZES:
        return f"{LAUNCHER}.{name}={text}G" if re.fullmatch(r"[1-9]\d*", text) else f"{LAUNCHER}.{name}=6G"
    if name.endswith("_s") and _TIME_PART.match(text):
        return f"{LAUNCHER}.{name}={_sum_minutes(text, 60.0)}"
    if key.base in (int, float):
        number = re.match(r"\d+", text)
        whole = int(number[0]) if number else 0
        return f"{LAUNCHER}.{name}={max(whole, key.metadata['ge']):g}"
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
