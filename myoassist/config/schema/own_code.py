"""Code of the user that a configuration names: plugins, and controllers as `<file.py>` or `<file.py>:Name`."""

import hashlib
from pathlib import Path

from myoassist.config.cache import OWN_PREFIX
from myoassist.config.schema.plant import muscles_of
from myoassist.config.schema.run import RunConfig
from myoassist.files.content import is_file
from myoassist.files.errors import ConfigError

# Keys whose value may name a controller in a file.
CONTROLLER_KEYS = ("control.controller", "exo.controller")


def is_own(value: str) -> bool:
    """Return whether the value of a controller key names a file instead of a controller of the package."""
    return value.endswith(".py") or ".py:" in value


def split_own(value: str) -> tuple[str, str | None]:
    """Return the file and the class that a controller key names; None for the only class of the file."""
    path, found, name = value.rpartition(".py:")
    return (f"{path}.py", name) if found else (value, None)


def own_key(value: str) -> str:
    """Return what tells the compiled loop with an own controller from every other one: content and class.

    Raises:
        ConfigError: if the file cannot be read.
    """
    path, name = split_own(value)
    return f"{OWN_PREFIX}{digest_plugin(path)[:12]}{name or ''}"


def user_code(config: RunConfig) -> dict[str, list[str]]:
    """Return the Python files of a configuration by the key that names them; a task reads its own keys only."""
    code = {"plugins": list(config.plugins)}
    if config.task == "search":
        for key, value in zip(CONTROLLER_KEYS, (config.control.controller, config.exo.controller), strict=True):
            code[key] = [split_own(value)[0]] if is_own(value) else []
    return code


def user_files(config: RunConfig) -> list[str]:
    """Return the Python files of a configuration, each once."""
    return list(dict.fromkeys(path for paths in user_code(config).values() for path in paths))


def check_own(key: str, value: str) -> None:
    """Refuse a controller file that does not exist; names of controllers of the package are fine.

    Args:
        key: control.controller or exo.controller.
        value: Its value.

    Raises:
        ConfigError: naming key and file.
    """
    if not is_own(value):
        return
    path, name = split_own(value)
    if not is_file(Path(path)):
        raise ConfigError(
            f"{key}={value}: there is no file {path}",
            "a Python file, relative to the current folder, and after a colon its class if it has several",
            f"{key}=my_controller.py (or my_controller.py:Name)",
        )
    if name is not None and not name.isidentifier():
        raise ConfigError(f"{key}={value}: {name} is no name of a class", "a name after the colon", f"{key}={path}")


def combination_name(human: str, device: str, muscles: str) -> str:
    """Return the name of the compiled loop of a combination of controllers and muscle model, given by their keys."""
    return f"{human}_{device}_{muscles}"


def loop_name(config: RunConfig) -> str:
    """Return the name of the loop that a configuration needs, see `rollout.assemble`."""
    human, exo = config.control.controller, config.exo.controller
    device = "impedance" if exo == "impedance" else "curve"
    return combination_name(
        own_key(human) if is_own(human) else human,
        own_key(exo) if is_own(exo) else device,
        muscles_of(config.model),
    )


def check_plugins(paths: list[str]) -> None:
    """Refuse plugin files that do not exist or are not Python files.

    Raises:
        ConfigError: naming the file.
    """
    for path in paths:
        if not is_file(Path(path)) or not path.endswith(".py"):
            raise ConfigError(
                f"plugins names {path}, which is not a Python file here",
                "paths of existing .py files, relative to the current folder",
                "plugins=[my_plugin.py] with the right path, or plugins=[]",
            )


def digest_plugin(path: str) -> str:
    """Return the SHA-256 of a plugin file, 64 hexadecimal digits.

    Raises:
        ConfigError: if it cannot be read.
    """
    return hashlib.sha256(read_plugin(Path(path), path)).hexdigest()


def read_plugin(path: Path, shown: str) -> bytes:
    """Return the content of a plugin file, which messages call `shown`.

    Raises:
        ConfigError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"plugin {shown} cannot be read: {error.strerror}", "a Python file that this user may read"
        ) from None
