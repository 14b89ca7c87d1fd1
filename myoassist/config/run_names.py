"""Names of run folders, and values as they are typed."""

import re

from hydra.core.override_parser.types import Quote, QuotedString

from myoassist.files.errors import ConfigError

# Keys that say where a run lives and how it starts, not what it is.
PLACE_KEYS = ("expname", "expsubdir", "logdir", "resume", "fresh", "allow_shared_dir")
# What no file system takes, and what has a meaning in paths or shells; a $ is an interpolation escaped once too often.
_FORBIDDEN_CHARACTERS = set('\\:*?"<>|$') | {chr(code) for code in range(32)}
_LONGEST_NAME = 200


def quote_value(value: str) -> str:
    """Return a value as Hydra's grammar takes it for one string: in quotes unless it is plain ASCII and no number."""
    plain = re.fullmatch(r"[\w./-]+", value, re.ASCII) and not _reads_as_other(value)
    return value if plain else QuotedString(text=value, quote=Quote.single).with_quotes()


def _reads_as_other(text: str) -> bool:
    """Tell whether a word would be taken for null, true, false or a number, as 1e3 and 2026_01_15 are."""
    if text.lower() in ("null", "true", "false"):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def override_key(text: str) -> str:
    """Return the key that an override such as `+exo.n_points=6` sets."""
    return text.partition("=")[0].lstrip("+~")


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


def check_place(expname: str | None, expsubdir: str | None) -> None:
    """Refuse values of `expname` and `expsubdir` that make no folders.

    Raises:
        ConfigError: naming the key.
    """
    for key, name in (("expname", expname), ("expsubdir", expsubdir)):
        if name:
            check_name(name, key)


def check_suffix(suffix: str | None) -> None:
    """Refuse a value of `optimizer.run_suffix` that cannot end the names of result files.

    Raises:
        ConfigError: if it has other characters than those of plain file names.
    """
    if suffix is not None and not re.fullmatch(r"[\w.+=,@-]{1,100}", suffix):
        raise ConfigError(
            f"optimizer.run_suffix={suffix} cannot end a file name",
            "1 to 100 letters, digits and _ . - + = , @",
            f"optimizer.run_suffix={re.sub(r'[^A-Za-z0-9]+', '_', suffix).strip('_')[:80] or 'null'}",
        )
