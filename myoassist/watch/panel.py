"""The panels of the page: what is asked for on the right, what was found on the left."""

import math
import threading
from collections.abc import Callable

import numpy as np
import viser

from myoassist.watch.cards import say, wrap
from myoassist.watch.run_files import Convergence

SPEEDS = {"1/8": 0.125, "1/4": 0.25, "1/2": 0.5, "1": 1.0}
_WIDTH = 400  # pixels
_PLOT_HEIGHT = 190  # pixels
_SPEED_RANGE = (0.4, 2.0)  # m/s
_SLOPE_RANGE = (-15.0, 15.0)  # deg
_IMPULSE_RANGE = (1.0, 40.0)  # N·s
_IMPULSE = 10.0  # N·s


class Panel:
    """Controls and cards.

    Args:
        server: Server of the page.
        name: Name of the run.
        speed: Target speed of the run, m/s.
        slope_deg: Slope of the run, deg.
        speed_meaning: What another target speed changes.
        ghosts: Names of the ghosts.
        pool: Whether there are members.
        push: Called with 1 or -1 for a push forward or backward.
        unpush: Called to take all pushes away.
    """

    def __init__(
        self,
        server: viser.ViserServer,
        name: str,
        speed: float,
        slope_deg: float,
        speed_meaning: str,
        ghosts: list[str],
        pool: bool,
        push: Callable[[int], None],
        unpush: Callable[[], None],
    ) -> None:
        gui = server.gui
        gui.configure_theme(show_share_button=False, show_logo=False, control_width="medium")
        gui.main_panel.dock_right()
        self._gui = gui
        self._own = (speed, slope_deg)
        self._lock = threading.Lock()
        # Of the time slider: what a person has set.
        self._wanted: float | None = None
        self.run = gui.add_html(wrap(""))
        self.walk = gui.add_html(wrap(""))
        self.message = gui.add_html("")
        with gui.add_folder("Play"):
            self.play = gui.add_checkbox("Play", initial_value=True, hint="Off: pause")
            self.pace = gui.add_dropdown("Speed of play", tuple(SPEEDS), initial_value="1")
            self.time = gui.add_slider("Time [s]", 0.0, 1.0, 0.01, 0.0)
        with gui.add_folder("Try"):
            low, high = min(_SPEED_RANGE[0], speed), max(_SPEED_RANGE[1], speed)
            self.speed = gui.add_slider("Target speed [m/s]", low, high, 0.05, speed, hint=speed_meaning)
            gui.add_html(wrap(say(speed_meaning)))
            low, high = min(_SLOPE_RANGE[0], slope_deg), max(_SLOPE_RANGE[1], slope_deg)
            self.slope = gui.add_slider("Slope [deg]", low, high, 0.5, slope_deg, hint="Uphill is positive.")
            self.impulse = gui.add_slider("Push [N·s]", *_IMPULSE_RANGE, 0.5, _IMPULSE)
            pushing = gui.add_button_group("Push now", ("backward", "forward"))
            gui.add_html(wrap(say("Or hold Shift and click beside the person: behind it pushes forward.")))
            reset = gui.add_button("As in the run", hint="Speed and slope of the run, no pushes")
        self.aside = None
        if ghosts:
            with gui.add_folder("Ghosts"):
                self.ghosts = gui.add_html(wrap(""))
                self.aside = gui.add_checkbox("Side by side", initial_value=False)
        self._plot: viser.GuiUplotHandle | None = None
        self._plotted = 0
        self._plot_folder = gui.add_folder("Convergence")
        with self._plot_folder:
            self._no_plot = gui.add_html(wrap(say("There are no two generations yet.")))
        cards = gui.add_panel()
        with cards.add_tab("Score card"):
            self.score = gui.add_html(wrap(""))
        with cards.add_tab("Terms"):
            self.terms = gui.add_html(wrap(""))
        self.members = None
        if pool:
            with cards.add_tab("Members"):
                self.members = gui.add_html(wrap(""))
        cards.dock_left()
        cards.set_width(_WIDTH)

        @self.time.on_update
        def _(event: viser.GuiEvent) -> None:
            # Without a client it is the playback itself that moved the slider.
            if event.client is not None:
                with self._lock:
                    self._wanted = self.time.value

        @pushing.on_click
        def _(_: viser.GuiEvent) -> None:
            push(1 if pushing.value == "forward" else -1)

        @reset.on_click
        def _(_: viser.GuiEvent) -> None:
            # Declared read-only for the inputs that are.
            self.speed.value, self.slope.value = self._own  # type: ignore[misc]
            unpush()

    @property
    def beside(self) -> bool:
        """Whether ghosts walk side by side with the walker instead of in its place."""
        return self.aside is not None and bool(self.aside.value)

    def take_time(self) -> float | None:
        """Return the instant that a person has set since the last call, s; None where nobody has."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
        return wanted

    def show_time(self, time: float, duration: float) -> None:
        """Move the slider."""
        length = max(round(duration, 2), 0.01)
        if self.time.max != length:
            self.time.max = length
        self.time.value = min(round(time, 2), length)  # type: ignore[misc]

    def show_convergence(self, convergence: Convergence) -> None:
        """Draw how the search got on, once there are two generations."""
        if len(convergence) < 2 or len(convergence) == self._plotted:
            return
        self._plotted = len(convergence)
        generation = convergence.generation
        series = [finite(convergence.best), finite(convergence.best_so_far)]
        data = (generation, *series)
        if self._plot is not None:
            self._plot.data = data
            return
        self._no_plot.visible = False
        positive = all(math.isnan(value) or value > 0 for line in series for value in line)
        with self._plot_folder:
            self._plot = self._gui.add_uplot(
                data,
                (
                    {"label": "generation"},
                    {"label": "best of the generation", "stroke": "#8aa4c8", "width": 1},
                    {"label": "best so far", "stroke": "#1b4f9c", "width": 2},
                ),
                title="Total cost by generation",
                # Logarithmic where it can be: the first walks fall and cost a hundred times as much.
                scales={"x": {"time": False}, "y": {"distr": 3 if positive else 1}},
                height=_PLOT_HEIGHT,
            )


def finite(values: np.ndarray) -> np.ndarray:
    """Return values with NaN in place of what is infinite."""
    return np.where(np.isfinite(values), values, np.nan)
