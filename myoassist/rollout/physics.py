"""libmujoco's functions as callees of compiled code, and its warnings kept out of the working directory."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import mujoco
from numba import cfunc, types

_SIGNATURE = types.void(types.intp, types.intp)
STAGE_VEL = int(mujoco.mjtStage.mjSTAGE_VEL)


@cache
def load_library() -> ctypes.CDLL:
    """Return the libmujoco that ships inside the mujoco package.

    Raises:
        OSError: if the package holds no loadable library.
    """
    folder = Path(mujoco.__file__).parent
    patterns = ("libmujoco.so*", "libmujoco*.dylib", "mujoco.dll")
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    if not found:
        raise OSError(f"no libmujoco beside {folder.name}/__init__.py")
    return ctypes.CDLL(str(found[0]))


def _bind(name: str, signature: object = _SIGNATURE) -> Any:
    """Make one C function callable by name; calling by name is what lets compiled code be cached on disk."""
    address = ctypes.cast(getattr(load_library(), name), ctypes.c_void_p).value
    llvm.add_symbol(name, address)
    return types.ExternalFunction(name, signature)


mj_step = _bind("mj_step")
mj_step1 = _bind("mj_step1")
mj_step2 = _bind("mj_step2")
mj_forward = _bind("mj_forward")
mj_forward_skip = _bind("mj_forwardSkip", types.void(types.intp, types.intp, types.int32, types.int32))
mju_muscle_dynamics = _bind("mju_muscleDynamics", types.float64(types.float64, types.float64, types.intp))
mj_fwd_actuation = _bind("mj_fwdActuation")
mj_euler = _bind("mj_Euler")
mj_reset_data = _bind("mj_resetData")


@cfunc(types.void(types.voidptr))
def _ignore_warning(_message: object) -> None:  # pragma: no cover - runs in C
    """Drop the text; the counters in data.warning are what the loop reads."""


def silence_warnings() -> None:
    """Stop MuJoCo from writing warnings to a log file in the working directory (also from several threads)."""
    handler = ctypes.c_void_p.in_dll(load_library(), "mju_user_warning")
    handler.value = _ignore_warning.address


silence_warnings()
