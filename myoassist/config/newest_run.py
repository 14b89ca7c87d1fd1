"""Find the run that `newest:EXP` stands for."""

from pathlib import Path

from myoassist.config.groups import group_options, list_experiments
from myoassist.config.keys import format_override
from myoassist.config.nearest import nearest_name
from myoassist.config.schemas import NEWEST_PREFIX
from myoassist.files.command_words import TRAIN_COMMAND
from myoassist.files.errors import ConfigError
from myoassist.runs.catalogue import find_newest_finished, log_root


def resolve_newest(text: str, key: str, others: str, logs: Path | None = None) -> Path:
    """Return the folder of the run of an experiment that was finished last.

    Args:
        text: `newest:EXP`.
        key: Key that holds it, for messages.
        others: What else the key takes, for messages.
        logs: Folder that is searched for runs; the log root where not given.

    Raises:
        ConfigError: if there is no such experiment, or no finished run of it; then with the command that makes one.
    """
    exp = text.removeprefix(NEWEST_PREFIX)
    if exp not in group_options("exp"):
        near = nearest_name(exp, group_options("exp"))
        raise ConfigError(
            f"{key}={text}: there is no experiment {exp}",
            f"{NEWEST_PREFIX}<one of {', '.join(group_options('exp'))}>",
            format_override(key, f"{NEWEST_PREFIX}{near}") if near else "`myoassist list exps` shows what each one is",
        )
    root = log_root() if logs is None else logs
    folder = find_newest_finished(root, exp)
    if folder is None:
        command = next(item.command for item in list_experiments() if item.name == exp)
        raise ConfigError(
            f"{key}={text}: {root} holds no finished run of {exp}",
            f"a finished run of {exp}, which one command makes; or {others}",
            command or f"{TRAIN_COMMAND} exp={exp}",
        )
    return folder
