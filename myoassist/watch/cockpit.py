"""The page of a search: the best walks, is pushed, is compared; new bests are swapped in as they come."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import viser

from myoassist.config.schema.run import RunConfig
from myoassist.watch.cards import members_card, run_card, say, score_card, terms_card, walk_card, wrap
from myoassist.watch.figure import Figure, Ghost
from myoassist.watch.panel import SPEEDS, Panel
from myoassist.watch.server import PageServer
from myoassist.watch.track import Track
from myoassist.watch.walk import Push, Walked, default_speed, explain_speed

_FRAME_S = 1.0 / 30.0
_LOOK_S = 1.0
# A slider that is being moved asks for nothing until it rests.
_REST_S = 0.4
# Shown before a push, so that it is seen.
_LEAD_S = 0.3
_ASIDE = 0.9  # m
_CAMERA, _TARGET, _VIEW_DEG = (0.0, -3.8, 0.3), (0.0, 0.0, -0.15), 38.0


@dataclass(frozen=True)
class Source:
    """A run to show.

    Attributes:
        folder: Run folder.
        config: Its checked configuration, whose code has been imported.
        name: Name on the page.
    """

    folder: Path
    config: RunConfig
    name: str


class Cockpit:
    """The page; use it as a context manager.

    Args:
        page: Server.
        source: The run that is watched.
        ghosts: Runs whose bests walk beside it, transparent, with the same speed, slope and pushes.
    """

    def __init__(self, page: PageServer, source: Source, ghosts: Sequence[Source] = ()) -> None:
        self._server = page.viser
        self._walker = ThreadPoolExecutor(1, "walk")
        self._looker = ThreadPoolExecutor(1, "look")
        sources = [source, *ghosts]
        self._tracks = [Track(item.folder, item.config, self._looker, self._walker) for item in sources]
        self._names = [item.name for item in sources]
        config = source.config
        self._own = run_conditions(config)
        self._pushes: tuple[Push, ...] = ()
        self._lock = threading.Lock()
        self._figure: Figure | None = None
        self._ghosts: dict[int, Ghost] = {}
        self._time, self._drawn, self._beside = 0.0, -1.0, False
        self._wished, self._since = self._own, 0.0
        self._panel = Panel(
            self._server,
            source.name,
            *self._own,
            explain_speed(config),
            self._names[1:],
            config.optimizer.members > 1,
            self.push,
            self.unpush,
        )
        camera = self._server.initial_camera
        camera.position, camera.look_at, camera.fov = _CAMERA, _TARGET, float(np.deg2rad(_VIEW_DEG))
        self._server.scene.on_click(modifier="shift")(self._push_from)
        self._show_state()

    @property
    def walked(self) -> Walked | None:
        """The walk that is shown; None before the first."""
        return self._tracks[0].walked

    @property
    def time(self) -> float:
        """Instant of the walk that is shown, s."""
        return self._time

    def push(self, direction: int) -> None:
        """Push the walker at the instant that is shown, 1 forward or -1 backward: it is walked again from its start.

        Until then the walk is the same, so that it goes on from there.
        """
        with self._lock:
            self._pushes = (*self._pushes, Push(round(self._time, 2), direction * float(self._panel.impulse.value)))

    def unpush(self) -> None:
        """Take all pushes away."""
        with self._lock:
            self._pushes = ()

    def _push_from(self, event: viser.SceneClickEvent) -> None:
        """Push away from where somebody has clicked in the plane in which the walker goes."""
        if self._figure is None:
            return
        centre = self._figure.pelvis - self._figure.origin
        direction = push_direction(np.array(event.ray_origin), np.array(event.ray_direction), centre)
        if direction:
            self.push(direction)

    def step(self, now: float, passed: float) -> None:
        """Do everything that is due.

        Args:
            now: Clock, s.
            passed: Time since the last call, s.
        """
        changed = self._ask(now)
        for number, track in enumerate(self._tracks):
            looked, walked = track.collect()
            if walked and not track.message and track.walked is not None:
                self._swap(number, track.walked)
            changed = changed or looked or walked
        if changed:
            self._show_state()
        if self._figure is None:
            return
        wanted = self._panel.take_time()
        if wanted is not None:
            self._time = wanted
        elif self._panel.play.value:
            self._time += passed * SPEEDS[self._panel.pace.value]
        if self._time > self._figure.duration:
            self._time = 0.0 if self._panel.play.value else self._figure.duration
        beside = self._panel.beside
        if beside != self._beside:
            # Also while the walk stands still.
            self._beside, self._drawn = beside, -1.0
        # Nobody looks: nothing to send.
        if self._time != self._drawn and self._server.get_clients():
            self._draw()

    def _ask(self, now: float) -> bool:
        """Ask for the walks that are wanted; return whether one has begun."""
        wished = (float(self._panel.speed.value), float(self._panel.slope.value))
        if wished != self._wished:
            self._wished, self._since = wished, now
        if now - self._since < _REST_S:
            return False
        begun = [track.ask(*wished, self._pushes) for track in self._tracks]
        return any(begun)

    def look(self) -> None:
        """Begin to look at all run folders."""
        for track in self._tracks:
            track.look()

    def _swap(self, number: int, walked: Walked) -> None:
        """Show a new walk of a track."""
        if walked.log.n_steps == 0:
            return
        if number:
            ghost = self._ghosts.get(number)
            if ghost is None:
                self._ghosts[number] = Ghost(self._server, number - 1, walked)
            else:
                ghost.show(walked)
            self._drawn = -1.0
            return
        if self._figure is None or self._figure.slope_deg != walked.wish.slope_deg:
            # The ground is part of the model.
            self._server.scene.reset()
            self._figure, self._ghosts = Figure(self._server, walked), {}
            for other, track in enumerate(self._tracks[1:], 1):
                if track.walked is not None and track.walked.log.n_steps:
                    self._ghosts[other] = Ghost(self._server, other - 1, track.walked)
        else:
            self._figure.show(walked)
        pushes = walked.wish.pushes
        self._time = max(pushes[-1].time - _LEAD_S, 0.0) if pushes else 0.0
        self._drawn = -1.0

    def _draw(self) -> None:
        assert self._figure is not None
        self._figure.draw(self._time)
        for number, ghost in self._ghosts.items():
            ghost.draw(self._time, self._figure.origin, _ASIDE * number if self._beside else 0.0)
        self._panel.show_time(self._time, self._figure.duration)
        self._drawn = self._time

    def _show_state(self) -> None:
        """Bring cards and plot up to what is known."""
        panel, track = self._panel, self._tracks[0]
        panel.run.content = wrap(run_card(track.state))
        panel.show_convergence(track.state.convergence)
        if panel.members is not None:
            panel.members.content = wrap(members_card(track.state.members))
        messages = [item.message for item in self._tracks if item.message]
        if any(item.busy for item in self._tracks):
            messages.append("Walking it again; the first walk after a change of code or model compiles for a minute.")
        panel.message.content = wrap(say(*messages))
        walked = track.walked
        if walked is not None:
            panel.walk.content = wrap(walk_card(walked, track.state.best, *run_conditions(track.config)))
            panel.score.content = wrap(score_card(walked))
            panel.terms.content = wrap(terms_card(walked))
        if len(self._tracks) > 1:
            cards = [self._ghost_card(number) for number in range(1, len(self._tracks))]
            panel.ghosts.content = wrap("".join(cards))

    def _ghost_card(self, number: int) -> str:
        track, name = self._tracks[number], self._names[number]
        if track.walked is None:
            return say(f"{name}: no best yet.")
        return walk_card(track.walked, track.state.best, *run_conditions(track.config), f"{name}: ")

    def run(self, stop: threading.Event) -> None:
        """Look, walk and play until told to stop."""
        last = time.perf_counter()
        looked = -_LOOK_S
        while not stop.is_set():
            now = time.perf_counter()
            if now - looked >= _LOOK_S:
                self.look()
                looked = now
            self.step(now, now - last)
            last = now
            stop.wait(max(0.0, now + _FRAME_S - time.perf_counter()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # A walk that goes on is not waited for longer than itself.
        self._walker.shutdown(cancel_futures=True)
        self._looker.shutdown(cancel_futures=True)


def run_conditions(config: RunConfig) -> tuple[float, float]:
    """Return target speed (m/s) and slope (deg) of a run."""
    return default_speed(config), config.env.slope_deg


def push_direction(ray_origin: np.ndarray, ray_direction: np.ndarray, centre: np.ndarray) -> int:
    """Return where a click beside the walker pushes it: 1 forward, -1 backward, 0 where it misses its plane.

    Args:
        ray_origin: Where the ray of the click begins, m, shape (3,).
        ray_direction: Where it goes, shape (3,).
        centre: The pelvis, m, shape (3,); forward is x, the plane has its y.
    """
    if ray_direction[1] == 0.0:
        return 0
    reach = (centre[1] - ray_origin[1]) / ray_direction[1]
    if reach <= 0.0:
        return 0
    x = ray_origin[0] + reach * ray_direction[0]
    return 1 if x < centre[0] else -1
