"""Tell whether a process of this machine still runs, and which one it is, with the standard library alone."""

import contextlib
import ctypes
import os
import socket
import subprocess
from pathlib import Path

_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_ERROR_ACCESS_DENIED = 5
_STILL_ACTIVE = 259


def read_process(pid: int) -> tuple[bool, str | None]:
    """Say whether a process lives and when it started.

    Args:
        pid: Process id on this machine.

    Returns:
        Whether it lives (a killed process that its parent has not collected yet does not), and a text that differs
        between two processes that had the same id one after the other; None where that cannot be told.
    """
    if os.name == "nt":
        return _read_windows_process(pid)
    try:
        # The program name, in parentheses, may itself hold spaces and parentheses.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return fields[0] not in ("Z", "X"), fields[19]
    except (OSError, IndexError):
        pass
    if not _answers_signals(pid):
        return False, None
    return (True, None) if Path("/proc/self/stat").exists() else _read_process_table(pid)


def read_machine() -> dict[str, str | None]:
    """Return what identifies the machine that process ids belong to: host name, boot and process namespace.

    Containers and cluster nodes may share a host name, so the name alone does not do.
    """
    boot = namespace = None
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    with contextlib.suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return {"host": socket.gethostname(), "boot": boot, "namespace": namespace}


def _answers_signals(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        # Somebody else's process, or a number that no system hands out.
        return pid < 2**31
    return True


def _read_process_table(pid: int) -> tuple[bool, str | None]:
    """Ask ps, for POSIX systems without /proc."""
    try:
        answer = subprocess.run(
            ["ps", "-p", str(pid), "-o", "stat=", "-o", "lstart="],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return True, None
    state, _, start = answer.stdout.strip().partition(" ")
    if not state:
        return True, None
    return not state.startswith("Z"), " ".join(start.split()) or None


def _read_windows_process(pid: int) -> tuple[bool, str | None]:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, False, pid))
    if not handle.value:
        return ctypes.get_last_error() == _ERROR_ACCESS_DENIED, None  # type: ignore[attr-defined]
    try:
        code = ctypes.c_uint32()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        times = [ctypes.c_uint64() for _ in range(4)]
        known = kernel.GetProcessTimes(handle, *(ctypes.byref(time) for time in times))
        return code.value == _STILL_ACTIVE, str(times[0].value) if known else None
    finally:
        kernel.CloseHandle(handle)
