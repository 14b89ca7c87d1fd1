"""Walks from many start phases at several target speeds: how often a policy lasts and holds its speed."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import new_figure
from myoassist.analysis.policy.rollout import Policy, set_schedule
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.files.atomic import write_text_atomic
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.kernels.layout import RUNNING
from myoassist.rl.train.evaluate_best import start_frames

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TABLE_NAME = "robustness.csv"
FIGURE_NAME = "robustness.png"
WALK_TIME = 20.0  # s
SPEED_LIMIT = 0.1  # m/s
# Target speeds of a policy that was trained for a range.
N_SPEEDS = 5
_COLUMNS = (
    "target [m/s]",
    "start frame",
    "start phase [%]",
    "walked [s]",
    "lasted",
    "speed [m/s]",
    "error [m/s]",
    "passed",
)


@dataclass(frozen=True)
class Robustness:
    """Walks by target speed (rows) and start (columns).

    Attributes:
        speeds: Target speeds, m/s, shape (V,).
        frames: Frame of the reference that each start is at, shape (S,).
        phases: The same as part of the reference, percent, shape (S,).
        walk_time: Length of a walk that lasts, s.
        survived: Time walked, s, shape (V, S).
        speed: Mean forward speed, m/s, shape (V, S).
    """

    speeds: np.ndarray
    frames: np.ndarray
    phases: np.ndarray
    walk_time: float
    survived: np.ndarray
    speed: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """Mean speed minus target, m/s, shape (V, S)."""
        return self.speed - self.speeds[:, None]

    @property
    def lasted(self) -> np.ndarray:
        """Whether a walk lasted the whole time, shape (V, S)."""
        return self.survived >= self.walk_time - 1e-9

    @property
    def passed(self) -> np.ndarray:
        """Whether a walk lasted with its mean speed within 0.1 m/s of the target, shape (V, S)."""
        return self.lasted & (np.abs(self.error) <= SPEED_LIMIT)

    def describe(self) -> list[str]:
        """Return a sentence per target speed."""
        return [
            f"At {speed:.2f} m/s {int(passed.sum())} of {len(passed)} start phases are walked for {self.walk_time:g} s "
            f"within {SPEED_LIMIT:g} m/s ({int(lasted.sum())} without falling; mean speed {np.mean(walked):.2f} m/s)."
            for speed, passed, lasted, walked in zip(self.speeds, self.passed, self.lasted, self.speed, strict=True)
        ]


def choose_speeds(low: float, high: float) -> list[float]:
    """Return the target speeds to try: the one there is, or several over the range."""
    return [low] if high - low < 1e-9 else [float(speed) for speed in np.linspace(low, high, N_SPEEDS)]


def measure_robustness(
    batch: WalkBatch, policy: Policy, speeds: Sequence[float], walk_time: float = WALK_TIME
) -> Robustness:
    """Walk from as many starts as there are environments, at each target speed.

    The starts are spread over the phases of the reference. The mean speed is the distance walked over the time walked.

    Args:
        batch: Environments made for evaluation, one per start.
        policy: Policy for their channels.
        speeds: Target speeds, m/s.
        walk_time: Longest walk, s.
    """
    frames = start_frames(batch, batch.n_envs)
    length = 1 if batch.reference is None else batch.reference.length
    interval = batch.task.dt
    limit = max(1, round(walk_time / interval))
    forward = int(batch.walker.layout.qpos_root[0])
    survived, walked = [], []
    for speed in speeds:
        set_schedule(batch, EvaluationEntry(min_target_velocity=speed, max_target_velocity=speed))
        observations = batch.reset(frames)
        begin = np.array([data.qpos[forward] for data in batch.datas])
        place, moved = begin.copy(), np.zeros(batch.n_envs)
        alive, steps = np.ones(batch.n_envs, dtype=bool), np.zeros(batch.n_envs)
        for _ in range(limit):
            batch.step(policy.act(observations))
            steps += alive
            alive &= batch.ended == RUNNING
            # A walk that has ended stands at a new start already: its last known place is one step old.
            now = np.array([data.qpos[forward] for data in batch.datas])
            place, moved = np.where(alive, now, place), np.where(alive, steps, moved)
            if not alive.any():
                break
        survived.append(steps * interval)
        walked.append((place - begin) / np.maximum(moved * interval, interval))
    return Robustness(
        np.array(speeds, dtype=float),
        frames,
        100.0 * frames / length,
        limit * interval,
        np.array(survived),
        np.array(walked),
    )


def write_robustness(path: Path, table: Robustness) -> None:
    """Write one row per walk."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row, target in enumerate(table.speeds):
        for column, frame in enumerate(table.frames):
            writer.writerow(
                [
                    f"{target:.4g}",
                    int(frame),
                    f"{table.phases[column]:.1f}",
                    f"{table.survived[row, column]:.3f}",
                    int(table.lasted[row, column]),
                    f"{table.speed[row, column]:.4f}",
                    f"{table.error[row, column]:.4f}",
                    int(table.passed[row, column]),
                ]
            )
    write_text_atomic(path, text.getvalue())


def plot_robustness(table: Robustness) -> "Figure":
    """Draw time walked and speed error of every walk, target speeds downwards, starts in the order of their phase."""
    order = np.argsort(table.phases, kind="stable")
    figure = new_figure(12.0, 1.9 + 0.42 * len(table.speeds))
    left, right = figure.subplots(1, 2)
    shown = (
        (
            left,
            f"Time walked [s], at most {table.walk_time:g}",
            table.survived,
            "viridis",
            (0.0, table.walk_time),
            ".1f",
        ),
        (right, "Mean speed minus target [m/s]", table.error, "RdBu_r", (-0.5, 0.5), "+.2f"),
    )
    for axes, title, values, colors, (low, high), digits in shown:
        image = axes.imshow(values[:, order], cmap=colors, vmin=low, vmax=high, aspect="auto")
        axes.set_title(title, fontsize=10, loc="left", fontweight="bold")
        axes.set_xticks(range(len(order)), [f"{phase:.0f}" for phase in table.phases[order]], fontsize=8)
        axes.set_yticks(range(len(table.speeds)), [f"{speed:.2f}" for speed in table.speeds], fontsize=8)
        axes.set_xlabel("start, % of the reference", fontsize=9)
        axes.set_ylabel("target [m/s]", fontsize=9)
        for row in range(len(table.speeds)):
            for column, source in enumerate(order):
                value = values[row, source]
                shade = sum(c * w for c, w in zip(image.cmap(image.norm(value)), (0.3, 0.6, 0.1), strict=False))
                ink = "black" if shade > 0.5 else "white"
                weight = "bold" if table.passed[row, source] else "normal"
                axes.text(
                    column, row, f"{value:{digits}}", ha="center", va="center", color=ink, fontsize=7.5, weight=weight
                )
    return figure
