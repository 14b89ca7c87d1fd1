"""A simulated walk that viewers play: poses and muscle colours at any time."""

from typing import Protocol

import mujoco
import numpy as np

from myoassist.analysis.picture.scene import find_tendons, paint_bones, paint_muscles, place_for_drawing
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.config.schema.run import RunConfig
from myoassist.model.build import build_walker
from myoassist.rollout.log import WalkLog


class Player(Protocol):
    """What viewers show.

    Attributes:
        model: Model; its muscles change colour.
        data: Data of the instant that was placed last.
        duration: Length, s; infinite for what has no end.
        pelvis: Body id of the pelvis, for cameras.
    """

    model: mujoco.MjModel
    data: mujoco.MjData
    duration: float
    pelvis: int

    def place(self, time: float) -> None:
        """Put the walker where it is at a time, s."""
        ...


def as_player(shown: "Evaluation | Player") -> Player:
    """Return what viewers show of the walk of an evaluation; a player stays what it is."""
    return Playback(shown) if isinstance(shown, Evaluation) else shown


class Walk(Protocol):
    """A simulated walk."""

    @property
    def config(self) -> RunConfig:
        """Configuration that it was simulated with."""
        ...

    @property
    def log(self) -> WalkLog:
        """The log."""
        ...

    @property
    def poses(self) -> np.ndarray:
        """Joint positions after every control step, shape (T, nq)."""
        ...


class Playback:
    """A walk on a model of its own, with everything that is only drawn.

    Args:
        walk: The walk, at least one sample long.

    Attributes:
        model: Model; its muscles change colour.
        data: Data of the instant that was placed last.
        duration: Length of the walk, s.
        pelvis: Body id of the pelvis, for cameras.
    """

    def __init__(self, walk: Walk) -> None:
        config = walk.config
        walker = build_walker(config.model, config.env, visual=True, seed=config.seed)
        self.model = walker.model
        self.data = mujoco.MjData(self.model)
        self.pelvis = walker.layout.pelvis
        self._tendons = find_tendons(self.model, walk.log.muscle_names)
        if walker.own:
            paint_bones(self.model)
        self.show(walk)

    def show(self, walk: Walk) -> None:
        """Play another walk, at least one sample long, of the same model on the same ground."""
        self._log, self._poses = walk.log, walk.poses
        self.duration = walk.log.n_steps * walk.log.dt
        self.place(0.0)

    def place(self, time: float) -> None:
        """Put the walker where it is at a time, s; times beyond the walk hold its ends."""
        sample = int(np.clip(round(time / self._log.dt) - 1, 0, self._log.n_steps - 1))
        self.data.time = float(self._log.time[sample])
        self.data.qpos[:] = self._poses[sample]
        place_for_drawing(self.model, self.data)
        paint_muscles(self.model, self._tendons, self._log.activation[sample])
