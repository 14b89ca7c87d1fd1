"""Names of run folders, and values as they are typed."""

import re

from myoassist.config.errors import ConfigError

# What no file system takes, and what has a meaning in paths or shells; a $ is an interpolation escaped once too often.
_FORBIDDEN_CHARACTERS = set('\\:*?"<>|$') | {chr(code) for code in range(32)}
_LONGEST_NAME = 200


def quote_value(value: str) -> str:
    """Return a value as Hydra's grammar takes it for one string."""
    return value if re.fullmatch(r"[\w./-]+", value) else "'" + value.replace("'", "\\'") + "'"


def check_name(name: str, key: str = "expname") -> str:
    """Return a name that makes folders.

    Raises:
        ConfigError: if no file system or shell would take it.
    """
    parts = name.split("/")
    bad = sorted(_FORBIDDEN_CHARACTERS & set(name))
    if bad or any(part in ("", ".", "..") or len(part.encode()) > _LONGEST_NAME for part in parts):
        raise ConfigError(
            f"{key}={name[:80]!r} makes no folder name" + (f": it holds {' '.join(map(repr, bad))}" if bad else ""),
            f"at most {_LONGEST_NAME} bytes of letters, digits and the like, `/` for a folder inside a folder",
            f"give a shorter or plainer {key}=...; use logdir=... for another place",
        )
    return name
