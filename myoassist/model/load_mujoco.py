"""Import MuJoCo where nothing will be drawn, whatever MUJOCO_GL says."""

import importlib
import os
import sys
from types import ModuleType

VARIABLE = "MUJOCO_GL"
# PyOpenGL is what fails where a library is missing, and half of it stays imported.
_PACKAGES = ("mujoco", "OpenGL")


def load_mujoco() -> ModuleType:
    """Import MuJoCo, without drawing if the back end that MUJOCO_GL names cannot be loaded.

    MuJoCo loads that back end while it is imported, and a missing library or an unknown name ends the import. A
    simulation draws nothing, so it must not end there. A back end that works stays: plugins may draw.
    """
    try:
        return importlib.import_module("mujoco")
    except Exception:
        if os.environ.get(VARIABLE, "") in ("", "disable"):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]:
            del sys.modules[name]
        os.environ[VARIABLE] = "disable"
        return importlib.import_module("mujoco")
