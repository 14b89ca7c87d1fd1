"""What is asked of Slurm for a job, and what it says when it refuses."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from typing import Any

from myoassist.config.entries.launchers import EITHER, LAUNCHER, check_either
from myoassist.files.errors import UserError

# Names in additional_parameters that differ from those of our settings.
_NAMES = {"mem": "mem_gb", "time": "timeout_min", "job-name": "name", "ntasks-per-node": "tasks_per_node"}
# Words of sbatch -> the setting that they are about, and how to see what the cluster takes.
_BLAMED = (
    (
        "account",
        "account=<an account of yours>",
        "sacctmgr -n show associations user=$USER format=account,partition,qos",
    ),
    ("partition", "partition=<a partition>", "sinfo -h -o %R"),
    ("qos", "qos=<a quality of service>", "sacctmgr -n show qos format=name"),
    ("feature|constraint", "constraint=<a feature of the nodes>", "sinfo -h -o %f"),
    ("gres|generic resource", "gres=<a resource of the nodes>", "sinfo -h -o %G"),
    ("time limit", "timeout_min=<fewer minutes>", "sinfo -h -o '%R %l'"),
    ("memory", "mem_per_cpu=<less, e.g. 2G>", "sinfo -h -o '%R %m'"),
    ("node configuration|cpu count|processors", "cpus_per_task=<fewer>", "sinfo -h -o '%R %c %m %G'"),
    ("submit limit|submit.*policy|array", "max_array_size=<fewer jobs at once>", "scontrol show config"),
    ("unrecognized option|invalid option", "additional_parameters='{...}' with names of sbatch", "sbatch --help"),
)
_UNREACHABLE = re.compile("contact|connect|timed out|communication|temporarily", re.IGNORECASE)


class SubmissionError(UserError):
    """End a sweep because Slurm does not take its jobs."""


def drop_replaced(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of jobs, each thing asked for once.

    `mem_gb` and `mem_per_gpu` replace the default `mem_per_cpu`, and `cpus_per_gpu` the default `cpus_per_task`: Slurm
    takes one of them. What `additional_parameters` names replaces the setting that means the same.

    Raises:
        ConfigError: if two of them are given besides the default.
    """
    kept = dict(params)
    extra = {_setting(str(name)): value for name, value in (kept.get("additional_parameters") or {}).items()}
    # The others are replaced by submitit, and its own clock follows timeout_min.
    for name in extra.keys() & {"mem_gb", *(name for group in EITHER for name in group)}:
        kept[name] = None
    for default, *others in EITHER:
        asked = {name: kept.get(name) or extra.get(name) for name in others}
        asked = {name: value for name, value in asked.items() if value is not None}
        check_either({**asked, **({default: extra[default]} if default in extra else {})})
        if asked and default in kept:
            kept[default] = None
    return kept


@contextmanager
def explain_refusal() -> Iterator[None]:
    """Turn what submitit raises when jobs cannot be submitted into one message with the words of sbatch.

    Raises:
        SubmissionError: naming the setting that is complained about.
    """
    from submitit.core.utils import FailedJobError, FailedSubmissionError

    try:
        # submitit prints the words of sbatch as well.
        with redirect_stderr(io.StringIO()):
            yield
    except (FailedJobError, FailedSubmissionError, OSError) as error:
        said = [line.strip() for line in str(error).splitlines() if line.strip()]
        words = "; ".join(re.sub(r"^sbatch: (error: )?", "", line) for line in said) or type(error).__name__
        raise SubmissionError(f"sbatch refuses the jobs: {words}", *_advise(words, error)) from error


def _advise(words: str, error: Exception) -> tuple[str, str]:
    """Return what was expected, and the remedy."""
    if isinstance(error, OSError):
        return "sbatch in PATH, and a folder for its scripts that can be written", "hydra/launcher=local"
    if _UNREACHABLE.search(words):
        return "a Slurm that answers", "the same command a little later, which goes on where it stopped"
    for blamed, setting, command in _BLAMED:
        if re.search(blamed, words, re.IGNORECASE):
            return f"what this cluster takes; this shows it: {command}", f"{LAUNCHER}.{setting}"
    return (
        f"settings that this cluster takes ({LAUNCHER}.partition, account, qos, ...; see docs/clusters.md)",
        "correct what sbatch names; the same command then goes on where it stopped",
    )


def _setting(option: str) -> str:
    name = option.replace("_", "-")
    return _NAMES.get(name, name.replace("-", "_"))
