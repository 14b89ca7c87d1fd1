"""An environment in which neither EGL nor OSMesa can be loaded, with the real loader saying so."""

import os

from myoassist.analysis.picture.graphics import VARIABLE


def without_choice():
    """Environment of this process in which nobody has chosen what draws."""
    return {name: value for name, value in os.environ.items() if name not in (VARIABLE, "PYOPENGL_PLATFORM")}


def without_graphics(folder, libraries=("EGL", "OSMesa")):
    """Environment in which files that are no libraries come first in the loader's path; Linux only."""
    folder.mkdir(exist_ok=True)
    for library in libraries:
        for version in ("", *(f".{number}" for number in range(10))):
            (folder / f"lib{library}.so{version}").touch()
    environ = without_choice()
    environ.pop("DISPLAY", None)
    return {**environ, "LD_LIBRARY_PATH": str(folder)}
