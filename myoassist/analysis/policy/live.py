"""Watch a policy, random actions, or a training as they happen: in a window, a browser, or as a video."""

import contextlib
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import mujoco
import numpy as np

from myoassist.analysis.picture.playback import Player
from myoassist.analysis.picture.scene import WalkScene, find_tendons, paint_bones, paint_muscles, place_for_drawing
from myoassist.analysis.picture.video import FRAMES_PER_SECOND, VIDEO_SIZE, write_frames
from myoassist.analysis.picture.view_web import WebView, serve_in_browser
from myoassist.analysis.picture.view_window import check_screen, show_in_window
from myoassist.analysis.policy.outputs import PolicyRun
from myoassist.analysis.policy.rollout import Policy, set_schedule
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.shipped import POLICY_KEY
from myoassist.files.errors import ConfigError, UserError
from myoassist.model.build import Walker, build_walker
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.policy.source import find_policy_file
from myoassist.runs.named_files import resolve_policy_path


class _Drawn:
    """The model of an environment with everything that is only drawn."""

    def __init__(self, batch: WalkBatch) -> None:
        config = batch.config
        self.walker: Walker = build_walker(config.model, config.env, visual=True, seed=config.seed)
        self.model = self.walker.model
        self.data = mujoco.MjData(self.model)
        self.pelvis = self.walker.layout.pelvis
        self.muscle_names = batch.walker.layout.muscle_names
        self._tendons = find_tendons(self.model, self.muscle_names)
        if self.walker.own:
            paint_bones(self.model)

    def show(self, pose: np.ndarray, activation: np.ndarray) -> None:
        """Place a pose, shape (nq,), with muscles coloured by activation, shape (muscles,)."""
        self.data.qpos[:] = pose
        place_for_drawing(self.model, self.data)
        paint_muscles(self.model, self._tendons, activation)


class LiveWalk(_Drawn):
    """A walk that is simulated as far as it is looked at; after a fall the next episode begins.

    Args:
        batch: One environment.
        policy: What drives it.
        entry: Target speeds and length.
        start: Frame of the reference to start from, after falls too.

    Attributes:
        model: Model; its muscles change colour.
        data: Data of the instant that was placed last.
        duration: Length, s.
        pelvis: Body id of the pelvis, for cameras.
        episodes: Episodes that have begun.
    """

    def __init__(self, batch: WalkBatch, policy: Policy, entry: EvaluationEntry, start: int = 0) -> None:
        super().__init__(batch)
        self._batch, self._policy = batch, policy
        self._interval = batch.task.dt
        self.duration = entry.num_timesteps * self._interval
        self.episodes = 1
        set_schedule(batch, entry)
        batch.reset(np.array([start]))
        self._states: list[tuple[np.ndarray, np.ndarray]] = []
        self._keep()
        self.place(0.0)

    def state(self, time: float) -> tuple[np.ndarray, np.ndarray]:
        """Return joint positions (nq,) and activations (muscles,) at a time, s, from 0 to the duration."""
        wanted = int(np.clip(round(time / self._interval), 0, round(self.duration / self._interval)))
        while len(self._states) <= wanted:
            self._batch.step(self._policy.act(self._batch.obs))
            self.episodes += int(self._batch.ended[0] != 0)
            self._keep()
        return self._states[wanted]

    def place(self, time: float) -> None:
        """Put the walker where it is at a time, s; times beyond the walk hold its ends."""
        self.data.time = time
        self.show(*self.state(time))

    def _keep(self) -> None:
        data = self._batch.datas[0]
        self._states.append((data.qpos.copy(), data.act[self._batch.walker.layout.muscle_act]))


class WatchedBatch(_Drawn):
    """The first environment of a training, as it is now.

    Args:
        batch: Environments that something else steps.

    Attributes:
        duration: Without an end.
    """

    def __init__(self, batch: WalkBatch) -> None:
        super().__init__(batch)
        self._batch = batch
        self.duration = math.inf
        self.place(0.0)

    def place(self, time: float) -> None:
        """Put the walker where the environment is now, whatever the time."""
        data = self._batch.datas[0]
        self.data.time = time
        self.show(data.qpos, data.act[self._batch.walker.layout.muscle_act])


def choose_viewer(viewer: str | None) -> str:
    """Return window or web: what is asked for, else a window where there is a screen.

    Raises:
        UserError: if a window is asked for and there is no screen.
    """
    if viewer is None:
        with contextlib.suppress(UserError):
            check_screen()
            return "window"
        return "web"
    if viewer == "window":
        check_screen()
    return viewer


def watch(player: Player, viewer: str | None, port: int, name: str) -> None:
    """Show something until the window is closed, or Ctrl-C.

    Args:
        player: What to show.
        viewer: window, web, or None for what there is.
        port: Port of the web viewer.
        name: Name of what is shown.

    Raises:
        UserError: if it cannot be shown.
    """
    if choose_viewer(viewer) == "window":
        show_in_window(player)
    else:
        serve_in_browser(player, port, name, lambda text: print(text, flush=True))


def watch_policy(run: PolicyRun, viewer: str | None, port: int) -> None:
    """Show a policy as it walks its first scenario."""
    entry = run.entries()[0]
    start = run.choose_start(entry)
    if start.note:
        print(start.note, flush=True)
    watch(LiveWalk(run.batch, run.policy, entry, start.frame), viewer, port, run.name)


def watch_configured(config: RunConfig, viewer: str | None = None, port: int = 8080) -> None:
    """Show the policy that `env.prev_trained_policy_path` names instead of training it.

    Raises:
        ConfigError: if it names none.
    """
    path = resolve_policy_path(config.env.prev_trained_policy_path)
    if path is None:
        raise ConfigError(
            f"rl.realtime_evaluate=true without {POLICY_KEY}",
            "the policy to watch",
            f"{POLICY_KEY}=<run folder or .zip>; or bash scripts/local.sh scripts/eval.sh run=<run folder> "
            "rl.realtime_evaluate=true",
        )
    file = find_policy_file(path)
    watch_policy(PolicyRun(file.parent, config, file, path.name), viewer, port)


@contextlib.contextmanager
def watch_training(batch: WalkBatch, port: int = 8080) -> Iterator[None]:
    """Serve the first environment of a training to a browser as long as it trains.

    Args:
        batch: Environments that are trained in.
        port: Port wanted.

    Raises:
        UserError: if a package is missing.
    """
    with WebView(WatchedBatch(batch), port, "training, environment 0") as view:
        stop = threading.Event()
        thread = threading.Thread(target=view.run, args=(stop,), daemon=True, name="viewer")
        thread.start()
        print(f"The first environment is at {view.url} on this machine.", flush=True)
        try:
            yield
        finally:
            stop.set()
            thread.join()


def write_live_video(path: Path, walk: LiveWalk) -> None:
    """Write a live walk in real time as H.264 in an MP4 file.

    MuJoCo must have been imported with a back end that works.

    Raises:
        OSError: if the encoder cannot be started or fails.
    """

    def draw() -> Iterator[np.ndarray]:
        with WalkScene(walk.walker, walk.muscle_names, *VIDEO_SIZE) as scene:
            for k in range(max(1, int(walk.duration * FRAMES_PER_SECOND))):
                yield scene.draw(*walk.state(k / FRAMES_PER_SECOND))

    write_frames(path, draw(), VIDEO_SIZE)
