"""Settings of the launchers that start the runs of a sweep: what each takes, with its unit."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myoassist.config.schema.keys import Key, describe_expected, format_value, schema_keys
from myoassist.config.schema.option import option
from myoassist.config.schema.values import is_allowed
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
# Unit of a size, which is given with it.
SIZE = "size"


def _whole(doc: str, what: str, lowest: int = 1) -> Any:
    return option(None, doc, ge=lowest, words=f"a whole number of {what}, at least {lowest}")


def _seconds(doc: str, lowest: float) -> Any:
    return option(None, doc, ge=lowest, unit="s", words=f"a number of seconds, at least {lowest:g}")


def _size(doc: str, example: str) -> Any:
    return option(
        None, doc, unit=SIZE, words=f"a size with its unit, e.g. {example} (without one it would be megabytes)"
    )


def _text(doc: str) -> Any:
    return option(None, doc, words="a text, or null")


@dataclass
class LauncherSettings:
    """Settings below `hydra.launcher`, of all launchers; null leaves one to the launcher or the cluster."""

    timeout_min: float | None = option(
        None,
        "Time limit of a job, or of a run.",
        gt=0.0,
        unit="min",
        words="a number of minutes, at least 1 on a cluster: 1440 is a day",
    )
    signal_delay_s: int | None = _whole(
        "How long before the time limit a run is told to stop.", "seconds before the time limit", 0
    )
    max_num_timeout: int | None = _whole("How often a run that reaches its limit is requeued.", "times", 0)
    max_parallel: int | None = option(None, "Runs at once.", ge=1, words="a whole number of runs, at least 1, or null")
    array_parallelism: int | None = _whole("Jobs of an array at once.", "workers at once")
    max_array_size: int | None = _whole("Longest job array that is submitted at once.", "jobs")
    nodes: int | None = _whole("Nodes of a job.", "nodes")
    tasks_per_node: int | None = _whole("Tasks on a node.", "tasks")
    cpus_per_task: int | None = _whole("Processors of a run.", "processors")
    cpus_per_gpu: int | None = _whole("Processors for each graphics card.", "processors")
    gpus_per_node: int | None = _whole("Graphics cards of a node.", "graphics cards", 0)
    gpus_per_task: int | None = _whole("Graphics cards of a run.", "graphics cards", 0)
    mem_gb: int | None = option(
        None,
        "Memory of a node.",
        ge=1,
        unit="GB",
        words="a whole number of gigabytes for each node, at least 1, without a unit",
    )
    mem_per_cpu: str | None = _size("Memory for each processor.", "6G")
    mem_per_gpu: str | None = _size("Memory for each graphics card.", "24G")
    poll_s: float | None = _seconds("Time between two looks for results.", 0.01)
    watch_s: float | None = _seconds("Time between two questions to Slurm about jobs without a result.", 0)
    grace_s: float | None = _seconds("How long a job has to look over before it counts as lost.", 0)
    setup: list[str] | None = option(
        None,
        "Shell lines before a run.",
        words="a list of shell lines, e.g. '[source /etc/profile, module load cuda]'",
    )
    srun_args: list[str] | None = option(None, "Options of srun.", words="a list of options, e.g. [--exclusive]")
    additional_parameters: Any = option(
        None, "Options of sbatch.", words="a mapping of options of sbatch, e.g. '{mail-type: END}'"
    )
    use_srun: bool | None = option(None, "Start the workers through srun.", words="true or false")
    stderr_to_stdout: bool | None = option(None, "Write both streams into one file.", words="true or false")
    partition: str | None = _text("Partition of the cluster.")
    qos: str | None = _text("Quality of service.")
    account: str | None = _text("Account that is charged.")
    constraint: str | None = _text("Features that nodes must have.")
    exclude: str | None = _text("Nodes to leave out.")
    gres: str | None = _text("Generic resources.")
    comment: str | None = _text("Comment of the job.")
    name: str | None = _text("Name of the job.")
    python: str | None = _text("Interpreter of the workers.")


_KEYS = schema_keys(LauncherSettings)


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
    return ConfigError(f"{LAUNCHER}.{name}={shown} is not allowed", describe_expected(key), _remedy(key, value))


def _fits(key: Key, value: Any) -> bool:
    if key.metadata["unit"] == SIZE:
        return _megabytes(value) >= _LEAST_MEMORY
    # Types of what is no number are checked in composition.
    return key.base not in (int, float) or is_allowed(key, value)


def _megabytes(value: Any) -> float:
    """Return what Slurm makes of a size; infinite where it is left to judge the text."""
    text = str(value).strip()
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else math.inf


def _remedy(key: Key, value: Any) -> str:
    name, unit, lowest, text = f"{LAUNCHER}.{key.name}", key.metadata["unit"], key.metadata["ge"], str(value).strip()
    if unit == "min":
        minutes, note = _read_minutes(text)
        return f"{name}={minutes or 1440}{note}"
    if unit == "GB":
        size = _SIZE.fullmatch(text)
        amount = float(size[1]) * _GIGABYTES[(size[2] or "g").lower()] if size else 8.0
        return f"{name}={max(1, math.ceil(amount))}"
    if unit == SIZE:
        return f"{name}={text}G" if re.fullmatch(r"[1-9]\d*", text) else f"{name}=6G"
    if key.name.endswith("_s") and _TIME_PART.match(text):
        return f"{name}={_sum_minutes(text, 60.0)}"
    if key.base in (int, float):
        number = re.match(r"\d+", text)
        whole = int(number[0]) if number else 0
        return f"{name}={max(whole, lowest):g}"
    return f"give it like that, or leave {name} out"


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
