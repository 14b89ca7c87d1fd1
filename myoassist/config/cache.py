"""The cache folder, the only place written to outside the run folder: compiled kernels and Matplotlib's font list."""

import hashlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from myoassist.config.schemas import RunConfig

# Tells a NUMBA_CACHE_DIR inherited from a process of ours, e.g. by a job on another node, from one that a user set.
_OWN_CHOICE = "MYOASSIST_KERNEL_CACHE"
# Files of one combination: those of each template in rollout/loop.py.
_LOOP_FILE = re.compile(r"loop\.(?:control|finish_step|walk)_(.*)-[^-]*$")
# How the keys of controllers of the user begin.
OWN_PREFIX = "own"
_KERNEL_PACKAGES = ("control", "rollout", "model", "rl/kernels")


def cache_folder() -> Path:
    """Return the cache folder: MYOASSIST_CACHE, else the user's cache folder of this operating system."""
    chosen = os.environ.get("MYOASSIST_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "myoassist"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "myoassist"


def use_kernel_cache() -> None:
    """Point numba to a folder named after the sources of all kernels, unless NUMBA_CACHE_DIR is set.

    Numba notices a change of a kernel's own file but not of the files of the kernels it calls; one folder per state of
    all sources does.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen is not None and chosen != os.environ.get(_OWN_CHOICE):
        return
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(sys.version.encode())
    for name in _KERNEL_PACKAGES:
        for source in sorted((package / name).rglob("*.py")):
            digest.update(source.read_bytes())
    os.environ["NUMBA_CACHE_DIR"] = os.environ[_OWN_CHOICE] = str(cache_folder() / "kernels" / digest.hexdigest()[:16])


def combination_name(human: str, device: str, muscles: str) -> str:
    """Return the name of the compiled loop of a combination of controllers and muscle model, given by their keys."""
    return f"{human}_{device}_{muscles}"


def loop_name(config: "RunConfig") -> str:
    """Return the name of the loop that a configuration needs, see `rollout.assemble`."""
    # Late: this module is the first that the package loads.
    from myoassist.config.own_code import is_own, own_key
    from myoassist.config.plant import muscles_of

    human, exo = config.control.controller, config.exo.controller
    device = "impedance" if exo == "impedance" else "curve"
    return combination_name(
        own_key(human) if is_own(human) else human,
        own_key(exo) if is_own(exo) else device,
        muscles_of(config.model),
    )


def has_kernels(package: str, name: str | None = None) -> bool:
    """Return whether compiled kernels of a package are cached.

    Args:
        package: Its path below myoassist, `rollout` or `rl/kernels`.
        name: Name of a function; any where not given.
    """
    return any(kernel_folder(package).glob("*.nbi" if name is None else f"*{name}-*.nbi"))


def kernel_folder(package: str) -> Path:
    """Return where Numba caches the kernels of a package."""
    source = Path(__file__).parents[1] / package
    # Numba's name for the folder: last part of the source's, and a digest of the whole.
    digest = hashlib.sha1(str(source).encode(), usedforsecurity=False).hexdigest()
    return Path(os.environ.get("NUMBA_CACHE_DIR", ""), f"{source.name}_{digest}")


def keep_own_kernels(name: str, kept: int = 16) -> None:
    """Note that a loop with a controller of the user is used, and drop those that were not used for longest.

    Every change of such a file makes a loop of its own; nothing else would ever remove the old ones.

    Args:
        name: Name of the combination, see `combination_name`.
        kept: Number of combinations that stay.
    """
    loops: dict[str, list[Path]] = {}
    for file in kernel_folder("rollout").glob("loop.*.nb?"):
        found = _LOOP_FILE.match(file.name)
        if found is not None and OWN_PREFIX in found[1]:
            loops.setdefault(found[1], []).append(file)
    try:
        for file in loops.pop(name, []):
            file.touch()
        oldest = sorted(loops, key=lambda key: max(file.stat().st_mtime for file in loops[key]))
        for key in oldest[: max(len(loops) + 1 - kept, 0)]:
            for file in loops[key]:
                file.unlink(missing_ok=True)
    except OSError:
        # Another process tidies up at the same time, or the folder is not ours to change.
        return


def use_matplotlib_cache() -> None:
    """Point Matplotlib to the cache folder, unless MPLCONFIGDIR is set.

    It reads the variable at its import and makes the folder then, and pycma imports it; so this comes before both.
    """
    os.environ.setdefault("MPLCONFIGDIR", str(cache_folder() / "matplotlib"))
