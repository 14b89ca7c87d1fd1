"""Find the file or folder that a search starts from."""

from pathlib import Path

from myoassist.config.key_values import means_nothing
from myoassist.config.newest_run import resolve_newest
from myoassist.config.schemas import NEWEST_PREFIX, SHIPPED_PREFIX
from myoassist.config.shipped import find_controller
from myoassist.files.content import is_file, is_folder
from myoassist.files.errors import ConfigError


def resolve_param_path(
    param_path: str | None, logs: Path | None = None, key: str = "optimizer.param_path"
) -> Path | None:
    """Return the file or run folder that `optimizer.param_path` stands for, or None for a start from ones.

    `newest:EXP` is the run folder of EXP that was finished last, `shipped:NAME` a controller of the package.

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
        return find_controller(param_path.removeprefix(SHIPPED_PREFIX), key)
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
