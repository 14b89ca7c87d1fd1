"""Find the files that an RL run starts from: a trained policy, a reference motion."""

from pathlib import Path

from myoassist.config.key_values import means_nothing
from myoassist.config.newest_run import resolve_newest
from myoassist.config.schemas import NEWEST_PREFIX, SHIPPED_PREFIX
from myoassist.config.shipped import (
    POLICY_KEY,
    SHIPPED_REFERENCE_KEY,
    find_reference,
    list_policies,
    unknown_name,
)
from myoassist.files.content import is_file, is_folder
from myoassist.files.errors import ConfigError

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
