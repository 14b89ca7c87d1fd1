"""Find a way to draw without a screen, before MuJoCo is imported: it reads MUJOCO_GL once, at its import."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "MUJOCO_GL"
OFF_WORDS = ("disable", "disabled", "off", "false", "0")
PACKAGES = "libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libgles2 libosmesa6"
# A back end that can make a context may still lack the functions that MuJoCo needs, so the whole way is tried.
_PROBE = """
import mujoco
context = mujoco.GLContext(16, 16)
context.make_current()
mujoco.MjrContext(mujoco.MjModel.from_xml_string("<mujoco/>"), mujoco.mjtFontScale.mjFONTSCALE_100).free()
context.free()
"""
_PROBE_SECONDS = 60.0


@dataclass(frozen=True)
class Graphics:
    """How pictures can be drawn here.

    Attributes:
        backend: egl, osmesa, glfw, `native` (not Linux), or None if nothing works.
        notice: What people should know: why nothing works and what to install, or that another one than asked for is
            used; empty otherwise.
    """

    backend: str | None
    notice: str = ""


def choose_graphics(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Graphics:
    """Try the back end that MUJOCO_GL names, then egl, then osmesa, each in a process of its own.

    Args:
        environ: Environment; that of the process where not given.
        platform: As `sys.platform`.

    Returns:
        The first back end that works; `use_graphics` makes MuJoCo take it.
    """
    environ = os.environ if environ is None else environ
    asked = environ.get(VARIABLE, "").lower().strip()
    if asked in OFF_WORDS:
        return Graphics(None, f"{VARIABLE}={asked} switches drawing off: no video. Unset it to get one.")
    if "mujoco" in sys.modules:
        return _judge_loaded(environ)
    if platform != "linux":
        return Graphics("native") if _works("", environ) else Graphics(None, "MuJoCo cannot draw here: no video.")
    names = [asked] if asked in ("egl", "osmesa", "glfw") else []
    names += [name for name in ("egl", "osmesa") if name != asked]
    if environ.get("DISPLAY") and asked != "glfw":
        names.append("glfw")
    for name in names:
        if _works(name, environ):
            replaced = f"{VARIABLE}={asked} does not work here; drawing with {name}." if asked not in ("", name) else ""
            return Graphics(name, replaced)
    return Graphics(None, _explain(names))


def use_graphics(graphics: Graphics) -> None:
    """Set the environment so that MuJoCo, not yet imported, takes a back end, or none."""
    if "mujoco" in sys.modules or graphics.backend == "native":
        return
    os.environ.update(_variables(graphics.backend or "disable"))


def _judge_loaded(environ: Mapping[str, str]) -> Graphics:
    """Judge the back end that an earlier import of MuJoCo has fixed."""
    context = getattr(sys.modules["mujoco"], "GLContext", None)
    name = context.__module__.rpartition(".")[2] if context else ""
    if name and _works(name if name in ("egl", "osmesa", "glfw") else "", environ):
        return Graphics(name)
    return Graphics(None, f"MuJoCo was imported before with another {VARIABLE}, which cannot draw: no video.")


def _variables(backend: str) -> dict[str, str]:
    """Return the variables of a back end; PyOpenGL has one of its own, and a contradiction is an error."""
    variables = {VARIABLE: backend}
    if backend in ("egl", "osmesa"):
        variables["PYOPENGL_PLATFORM"] = backend
    return variables


def _works(backend: str, environ: Mapping[str, str]) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE],
            env={**environ, **_variables(backend)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _explain(tried: list[str]) -> str:
    return (
        f"no video: {' and '.join(tried)} cannot draw here. "
        f"On Debian or Ubuntu: sudo apt-get install -y --no-install-recommends {PACKAGES}"
    )
