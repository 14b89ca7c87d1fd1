"""Which software a run was made with."""

import importlib.metadata
import platform
import re
import subprocess
from pathlib import Path

import myoassist

# Asked when the package runs from a plain checkout that was never installed.
_FALLBACK = (
    "assist_sim",
    "cma",
    "hydra-core",
    "mujoco",
    "myo-sim",
    "nevergrad",
    "numba",
    "numpy",
    "omegaconf",
    "torch",
)


def collect_versions() -> dict[str, object]:
    """Return versions of Python, this package and everything it depends on, the commit if any, and the platform.

    Nothing is imported for it, and no path is in it. A package that is not installed has None.
    """
    return {
        "myoassist": myoassist.__version__,
        "commit": _read_commit(Path(myoassist.__file__).resolve().parents[1]),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _read_version(name) for name in _list_dependencies()},
    }


def describe_version_changes(old: dict, new: dict) -> list[str]:
    """Return `name old -> new` for every version that differs between two results of `collect_versions`."""
    before, after = _flatten(old), _flatten(new)
    return [
        f"{name} {before.get(name)} -> {after[name]}"
        for name in after
        if name in before and before[name] != after[name]
    ]


def _flatten(versions: dict) -> dict[str, object]:
    packages = versions.get("packages")
    flat = {name: versions.get(name) for name in ("myoassist", "commit", "python", "platform") if name in versions}
    return flat | (packages if isinstance(packages, dict) else {})


def _list_dependencies() -> list[str]:
    try:
        requirements = importlib.metadata.requires("myoassist") or []
    except importlib.metadata.PackageNotFoundError:
        return list(_FALLBACK)
    names = [re.match(r"[A-Za-z0-9._-]+", line) for line in requirements if "extra ==" not in line]
    return sorted((match.group() for match in names if match), key=str.lower)


def _read_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _read_commit(root: Path) -> str | None:
    """Return the commit of a checkout, with `+changes` when files differ from it; None outside one.

    Only a `.git` directly in `root` counts: an installed package may lie inside somebody else's repository.
    """
    if not (root / ".git").exists():
        return None
    commit = _ask_git(root, "rev-parse", "HEAD")
    if not commit:
        return None
    return commit + ("+changes" if _ask_git(root, "status", "--porcelain", "--untracked-files=no") else "")


def _ask_git(root: Path, *arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
