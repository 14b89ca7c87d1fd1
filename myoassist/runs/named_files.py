"""Find the file or folder that a key names: a path, `shipped:NAME`, or `newest:EXP`, a run."""

from pathlib import Path

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.groups import group_options, list_experiments
from myoassist.config.schema.keys import format_override
from myoassist.config.schema.run import NEWEST_PREFIX, SHIPPED_PREFIX
from myoassist.config.schema.values import means_nothing
from myoassist.config.sources.shipped import (
    POLICY_KEY,
    SHIPPED_REFERENCE_KEY,
    find_controller,
    find_reference,
    list_policies,
    list_start_vectors,
    unknown_name,
)
from myoassist.files.command_words import TRAIN_COMMAND
from myoassist.files.content import is_file, is_folder
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


REFERENCE_ENDINGS = (".npz", ".json", ".mot", ".sto")
_POLICY_KINDS = f"a run folder, a .zip (with or without the ending), {SHIPPED_PREFIX}<name> or {NEWEST_PREFIX}<exp>"


def resolve_policy_path(text: str | None, key: str = POLICY_KEY, logs: Path | None = None) -> Path | None:
    """Return the .zip or the folder that a policy is read from, or None where none is given.

    Args:
        text: Path with or without `.zip`, run folder, `shipped:NAME`, or `newest:EXP`, the newest finished run.
        key: Key that holds it, for messages.
        logs: Folder that is searched for runs; the log root where not given.

    Raises:
        ConfigError: if there is nothing, with what would be there.
    """
    if text is None:
        return None
    if text.startswith(SHIPPED_PREFIX):
        name, known = text.removeprefix(SHIPPED_PREFIX), list_policies()
        if name in known:
            return known[name]
        raise unknown_name(key, name, "policy", known, f"{key}=<run folder or .zip>")
    if text.startswith(NEWEST_PREFIX):
        return resolve_newest(text, key, _POLICY_KINDS, logs)
    path = Path(text).expanduser()
    for candidate in (path, Path(f"{path}.zip")):
        if (is_file(candidate) and candidate.suffix == ".zip") or is_folder(candidate):
            return candidate
    found = "is no .zip" if is_file(path) else "does not exist"
    raise ConfigError(
        f"{key}={text} {found}",
        f"{_POLICY_KINDS}, relative to the current folder",
        f"{key}={'null' if means_nothing(text) else '<existing path>'}",
    )


def resolve_reference_path(text: str | None) -> Path | None:
    """Return the file of a reference motion, or None where none is given; what is in it is not looked at.

    Raises:
        ConfigError: if it does not exist or has another ending than REFERENCE_ENDINGS.
    """
    if text is None:
        return None
    if text.startswith(SHIPPED_PREFIX):
        return find_reference(text.removeprefix(SHIPPED_PREFIX))
    path = Path(text).expanduser()
    if is_file(path) and path.suffix.lower() in REFERENCE_ENDINGS:
        return path
    found = "is a folder" if is_folder(path) else "is of an unknown kind" if is_file(path) else "does not exist"
    raise ConfigError(
        f"{SHIPPED_REFERENCE_KEY}={text} {found}",
        f"a {', '.join(REFERENCE_ENDINGS)} file, relative to the current folder, or {SHIPPED_PREFIX}<name>",
        f"{SHIPPED_REFERENCE_KEY}={'null' if means_nothing(text) else '<existing file>'}",
    )


def resolve_param_path(
    param_path: str | None, logs: Path | None = None, key: str = "optimizer.param_path"
) -> Path | None:
    """Return the file or run folder that `optimizer.param_path` stands for, or None for a start from ones.

    `newest:EXP` is the run folder of EXP that was finished last, `shipped:NAME` a controller or a start vector of the
    package.

    Args:
        param_path: Value of the key.
        logs: Folder that is searched for runs; the log root where not given.
        key: Key that holds it, for messages.

    Raises:
        ConfigError: if there is no such file, experiment, or finished run; the last with the command that makes one.
    """
    if param_path is None:
        return None
    if param_path.startswith(SHIPPED_PREFIX):
        name, starts = param_path.removeprefix(SHIPPED_PREFIX), list_start_vectors()
        return starts[name] if name in starts else find_controller(name, key)
    if not param_path.startswith(NEWEST_PREFIX):
        path = Path(param_path).expanduser()
        if is_file(path) or is_folder(path):
            return path
        raise ConfigError(
            f"{key}={param_path} does not exist",
            f"a parameter file or a run folder, relative to the current folder, or {NEWEST_PREFIX}<exp>",
            f"{key}=null   (a start from ones)" if means_nothing(param_path) else f"{key}=<existing path>",
        )
    return resolve_newest(param_path, key, f"{key}=<file or run folder>", logs)
