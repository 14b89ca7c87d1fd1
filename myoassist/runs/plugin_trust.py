"""Which plugin files a user has trusted: by content, so that a run folder of others runs no code unasked."""

from pathlib import Path

from myoassist.config.cache import cache_folder
from myoassist.config.run_names import override_key
from myoassist.config.schema.own_code import check_plugins, digest_plugin, user_code
from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import ConfigError, UnsafeFileError

TRUST_KEY = "trust_plugins"
_FOLDER = "plugins"


def parse_truth(key: str, value: str) -> bool:
    """Return a truth value of a command line.

    Raises:
        ConfigError: if it is neither true nor false.
    """
    if value.lower() not in ("true", "false"):
        raise ConfigError(f"{key}={value}", "true or false", f"{key}=true")
    return value.lower() == "true"


def remember_plugins(paths: list[str]) -> None:
    """Remember the content of plugin files as trusted by this user, in the cache folder.

    A cache folder that cannot be written is no reason to end a run: what it names is then asked about again.

    Raises:
        ConfigError: if a file cannot be read.
    """
    for path in paths:
        note = _note_of(digest_plugin(path))
        try:
            if not note.exists():
                note.parent.mkdir(parents=True, exist_ok=True)
                write_text_atomic(note, f"{Path(path).name}\n")
        except OSError:
            continue


def check_stored_code(config: RunConfig, source: str, overrides: list[str] | None = None, trust: bool = False) -> None:
    """Refuse code that a stored configuration names, plugins and controllers, unless its content is trusted.

    Arguments and errors as in `check_stored_plugins`; an override makes what its key names the user's, nothing else.
    """
    for key, paths in user_code(config).items():
        check_stored_plugins(paths, source, overrides, trust, key)


def check_stored_plugins(
    paths: list[str],
    source: str,
    overrides: list[str] | None = None,
    trust: bool = False,
    key: str = "plugins",
) -> None:
    """Refuse plugins that a stored configuration names, unless the user has trusted their content before.

    Trusted is what the user has trained with, or has named on a command line; every such content is remembered.

    Args:
        paths: The files that the key names.
        source: File or folder that the configuration comes from, for the message.
        overrides: Overrides of the command; one of the key makes the files the user's own.
        trust: Whether the command says `trust_plugins=true`.
        key: `plugins`, or the key of a controller.

    Raises:
        ConfigError: if a file is missing, is no Python file, or cannot be read.
        UnsafeFileError: if the content of a file is not known; nothing was run.
    """
    if not paths:
        return
    check_plugins(paths)
    own = any(override_key(text) == key for text in overrides or [])
    if own or trust:
        remember_plugins(paths)
        return
    unknown = [path for path in paths if not _note_of(digest_plugin(path)).is_file()]
    if unknown:
        raise UnsafeFileError(
            f"{key}={_shown(key, paths)} in {source} would run code that you have not run before: "
            + ", ".join(f"{path} (SHA-256 {digest_plugin(path)[:16]}…)" for path in unknown),
            "files with the very content that a training of yours has imported on this machine",
            f"read {' and '.join(unknown)}; if you trust it, add {TRUST_KEY}=true to the command, once",
        )


def _shown(key: str, paths: list[str]) -> str:
    return f"[{', '.join(paths)}]" if key == "plugins" else ", ".join(paths)


def _note_of(digest: str) -> Path:
    return cache_folder() / _FOLDER / digest
