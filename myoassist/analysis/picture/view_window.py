"""Show a walk in the MuJoCo viewer, in a window on a screen."""

import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from myoassist.analysis.picture.playback import Player

_FRAME_S = 1.0 / 60.0
_PAUSE_S = 0.7  # between two rounds
_REMEDY = "viewer=web shows the walk in a browser, also through `ssh -L 8080:localhost:8080`; the video needs no screen"


def check_screen(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> None:
    """Refuse a window where there is no screen.

    Args:
        environ: Environment; that of the process where not given.
        platform: As `sys.platform`.

    Raises:
        UserError: if there is none.
    """
    environ = os.environ if environ is None else environ
    if platform == "linux" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        raise UserError(
            "a window is asked for, but there is no screen: DISPLAY is not set", "a desktop session", _REMEDY
        )


def show_in_window(evaluation: "Evaluation | Player", rounds: int | None = None) -> int:
    """Play a walk in real time, round after round, until the window is closed.

    Args:
        evaluation: The walk, or what else is to be played.
        rounds: Close the window after this many; None for when the user does.

    Returns:
        Number of pictures shown.

    Raises:
        UserError: if the window cannot be opened.
    """
    check_screen()
    import mujoco.viewer

    from myoassist.analysis.picture.playback import as_player

    playback = as_player(evaluation)
    try:
        viewer = mujoco.viewer.launch_passive(playback.model, playback.data, show_left_ui=False, show_right_ui=False)
    except (RuntimeError, mujoco.FatalError) as error:
        # On macOS, for one, the viewer wants to be started by mjpython.
        raise UserError(f"the window does not open: {error}", "a screen with OpenGL", _REMEDY) from error
    shown = 0
    with viewer:
        viewer.cam.azimuth, viewer.cam.elevation, viewer.cam.distance = 90.0, -6.0, 3.9
        done = 0
        while viewer.is_running() and (rounds is None or done < rounds):
            start = time.perf_counter()
            while viewer.is_running() and (now := time.perf_counter() - start) < playback.duration + _PAUSE_S:
                with viewer.lock():
                    playback.place(now)
                    # Only along the way: height, angle and zoom are the user's.
                    viewer.cam.lookat[:2] = playback.data.xpos[playback.pelvis, :2]
                    if shown == 0:
                        viewer.cam.lookat[2] = 0.9
                viewer.sync()
                shown += 1
                time.sleep(max(0.0, start + now + _FRAME_S - time.perf_counter()))
            done += 1
    return shown
