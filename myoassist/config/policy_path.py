"""Find the files that an RL run starts from: a trained policy, a reference motion."""

import difflib
from pathlib import Path

from myoassist.config.errors import ConfigError
from myoassist.config.groups import group_options, list_experiments
from myoassist.config.schemas import NEWEST_PREFIX, SHIPPED_PREFIX
from myoassist.config.shipped import SHIPPED_REFERENCE_KEY, find_reference, models_folder

POLICY_KEY = "env.prev_trained_policy_path"
REFERENCE_ENDINGS = (".npz", ".json", ".mot")
_POLICY_KINDS = f"a run folder, a .zip (with or without the ending), {SHIPPED_PREFIX}<name> or {NEWEST_PREFIX}<exp>"


def list_policies() -> dict[str, Path]:
    """Return the shipped policies by name: a folder of its own each, or a .zip."""
    folder = models_folder() / "policies"
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.stem: path for path in entries if path.is_dir() or path.suffix == ".zip"}


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
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
        raise ConfigError(
            f"{key}={text}: no such policy is shipped",
            f"{SHIPPED_PREFIX}<one of {', '.join(known) or 'none'}>",
            f"{key}={SHIPPED_PREFIX}{near[0]}" if near else f"{key}=<run folder or .zip>",
        )
    if text.startswith(NEWEST_PREFIX):
        return _find_newest(text.removeprefix(NEWEST_PREFIX), text, key, logs)
    path = Path(text).expanduser()
    for candidate in (path, Path(f"{path}.zip")):
        if (candidate.is_file() and candidate.suffix == ".zip") or candidate.is_dir():
            return candidate
    found = "is no .zip" if path.is_file() else "does not exist"
    raise ConfigError(
        f"{key}={text} {found}", f"{_POLICY_KINDS}, relative to the current folder", f"{key}=<existing path>"
    )


def _find_newest(exp: str, text: str, key: str, logs: Path | None) -> Path:
    if exp not in group_options("exp"):
        raise ConfigError(
            f"{key}={text}: there is no experiment {exp}",
            f"{NEWEST_PREFIX}<one of {', '.join(group_options('exp'))}>",
            "`myoassist list exps` shows what each one is",
        )
    # Late, because composing and listing need nothing of run folders.
    from myoassist.config.run_folder import find_newest_finished, log_root

    root = log_root() if logs is None else logs
    folder = find_newest_finished(root, exp)
    if folder is None:
        command = next(item.command for item in list_experiments() if item.name == exp)
        raise ConfigError(
            f"{key}={text}: {root} holds no finished run of {exp}",
            f"a finished run of {exp}, which one command makes; or {_POLICY_KINDS}",
            command or f"bash scripts/local.sh scripts/train.sh exp={exp}",
        )
    return folder


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
    if path.is_file() and path.suffix.lower() in REFERENCE_ENDINGS:
        return path
    found = "is a folder" if path.is_dir() else "is of an unknown kind" if path.is_file() else "does not exist"
    raise ConfigError(
        f"{SHIPPED_REFERENCE_KEY}={text} {found}",
        f"a {', '.join(REFERENCE_ENDINGS)} file, relative to the current folder, or {SHIPPED_PREFIX}<name>",
        f"{SHIPPED_REFERENCE_KEY}={SHIPPED_PREFIX}tutorial_fast",
    )
