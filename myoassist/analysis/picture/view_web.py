"""Serve a walk to a browser on this machine."""

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import numpy as np

from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    import viser

    from myoassist.analysis.picture.playback import Player

HOST = "127.0.0.1"
_FRAME_S = 1.0 / 30.0
_SPEEDS = {"1/8": 0.125, "1/4": 0.25, "1/2": 0.5, "1": 1.0, "2": 2.0}


def check_web_viewer() -> None:
    """Refuse to serve where the packages for it are missing.

    Raises:
        UserError: if they are.
    """
    try:
        import mjviser  # noqa: F401
        import viser  # noqa: F401
    except ImportError as error:
        raise UserError(
            f"viewer=web needs a package that is missing: {error.name}",
            "mjviser and viser",
            "pip install mjviser viser",
        ) from error


def leave_out_empty_connections() -> None:
    """Keep connections that end before a request, or ask in no known way, out of the log of this process.

    Browsers open connections in advance and close those that they do not need; each would be a traceback.
    """
    logging.getLogger("websockets.server").addFilter(_asked_for_something)


def _asked_for_something(record: logging.LogRecord) -> bool:
    from websockets.exceptions import InvalidMessage

    return not (record.exc_info and isinstance(record.exc_info[1], InvalidMessage))


class WebView:
    """A web page with the walk in 3D, a time slider, play and speed; use it as a context manager.

    Only this machine can reach it.

    Args:
        evaluation: The walk, at least one sample long, or what else is to be played.
        port: Port wanted; the next free one is taken if it is not free.
        name: Name of the walk on the page.
    """

    def __init__(self, evaluation: "Evaluation | Player", port: int = 8080, name: str = "") -> None:
        check_web_viewer()
        import viser
        from mjviser import ViserMujocoScene

        from myoassist.analysis.picture.playback import as_player

        self._playback = as_player(evaluation)
        self._ends = math.isfinite(self._playback.duration)
        leave_out_empty_connections()
        self._server = viser.ViserServer(host=HOST, port=port, label=name or None, verbose=False)
        self._scene = ViserMujocoScene(self._server, self._playback.model, 1)
        self._scene.show_tendons = True
        self._server.initial_camera.position = (0.0, -3.6, 0.3)
        self._server.initial_camera.look_at = (0.0, 0.0, -0.15)
        self._server.initial_camera.fov = float(np.deg2rad(35.0))
        self._time = 0.0
        self._draw()
        self._build_panel(self._server, name)

    @property
    def url(self) -> str:
        """Address to open."""
        return f"http://{HOST}:{self._server.get_port()}"

    def _build_panel(self, server: "viser.ViserServer", name: str) -> None:
        if name:
            server.gui.add_markdown(f"**{name}**")
        self._play = server.gui.add_checkbox("Play", initial_value=True)
        length = round(self._playback.duration, 2) if self._ends else 1.0
        self._slider = server.gui.add_slider("Time [s]", 0.0, length, 0.01, 0.0, visible=self._ends)
        self._speed = server.gui.add_dropdown("Speed", tuple(_SPEEDS), initial_value="1", visible=self._ends)
        follow = server.gui.add_checkbox("Follow the person", initial_value=True)
        server.gui.add_markdown("Muscles: blue relaxed, red active. Drag to turn, scroll to zoom.")

        @self._slider.on_update
        def _(event: "viser.GuiEvent") -> None:
            # Without a client it is the playback itself that moved the slider.
            if event.client is not None:
                self._time = self._slider.value

        @follow.on_update
        def _(_: "viser.GuiEvent") -> None:
            self._scene.camera_tracking_enabled = follow.value
            self._drawn = -1.0

    def _draw(self) -> None:
        self._playback.place(self._time)
        self._scene.update_from_mjdata(self._playback.data)
        self._drawn = self._time

    def run(self, stop: threading.Event) -> None:
        """Play until told to stop."""
        last = time.perf_counter()
        while not stop.is_set():
            now = time.perf_counter()
            if self._play.value:
                self._time = (self._time + (now - last) * _SPEEDS[self._speed.value]) % self._playback.duration
                if self._ends:
                    # Declared read-only for the inputs that are.
                    self._slider.value = round(self._time, 2)  # type: ignore[misc]
            last = now
            # Nobody looks: nothing to send.
            if self._time != self._drawn and self._server.get_clients():
                self._draw()
            stop.wait(max(0.0, now + _FRAME_S - time.perf_counter()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()


def serve_in_browser(evaluation: "Evaluation | Player", port: int, name: str, announce: Callable[[str], None]) -> None:
    """Serve a walk until Ctrl-C.

    Args:
        evaluation: The walk, or what else is to be played.
        port: Port wanted.
        name: Name of the walk.
        announce: Told the address.

    Raises:
        UserError: if a package is missing.
    """
    with WebView(evaluation, port, name) as view:
        announce(f"The walk is at {view.url} on this machine; Ctrl-C ends it.")
        try:
            view.run(threading.Event())
        except KeyboardInterrupt:
            announce("Stopped.")
