"""What a walk withstands: which trials there are, how many have to be survived, and how they went.

Every draw comes from a stream of its own, a child of `STREAM`, which is no seed of a run: what validates a walk is
never what a search has seen. The same copy of a kind of trial has the same draw at every level, only larger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoassist.gait.score.gate import Gate, describe_gate

# Larger than any seed of a run can be.
STREAM = 0x77616C6B_726F6275_73746E65_7373
NOISE, UNDISTURBED, START, GROUND, PUSH = "noise", "undisturbed", "start", "ground", "push"
KINDS = (NOISE, UNDISTURBED, START, GROUND, PUSH)
COPIES = 10
COPY_TIME, LONG_TIME = 20.0, 60.0  # s
NOISE_PERCENT, GROUND_CM, IMPULSES_NS = (1, 3, 5), (2, 5), (30, 50)
PUSH_TIME = 0.1  # s
# A stride is pushed in whose right heel strike is the first after this time; its parts at which pushes begin.
PUSHED_AFTER, PHASES = 5.0, (0.0, 0.25, 0.5, 0.75)
DIRECTIONS = {"forward": 1.0, "backward": -1.0}
# Least number of trials survived: to be shipped, and of the best.
BOUNDS = {"noise_3_percent": 9, "undisturbed_60_s": 1, "start_60_s": 10, "ground_2_cm": 8, "push_30_ns": 6}
GOALS = {"noise_5_percent": 10, "ground_5_cm": 8, "push_50_ns": 6}
_UNITS = {NOISE: "percent", GROUND: "cm", PUSH: "ns", UNDISTURBED: "s", START: "s"}


def trial_generator(kind: str, copy: int) -> np.random.Generator:
    """Return the source of the draws of one trial.

    Args:
        kind: One of KINDS.
        copy: Number of the trial within its kind.
    """
    return np.random.default_rng(np.random.SeedSequence(STREAM, spawn_key=(KINDS.index(kind), copy)))


@dataclass(frozen=True)
class Trial:
    """One walk of a trial.

    Attributes:
        walked_time: How long it lasted, s.
        survived: Whether it lasted the whole time.
        label: What was done to it, where the trials of a group differ in more than their draw.
    """

    walked_time: float
    survived: bool
    label: str = ""


@dataclass(frozen=True)
class TrialGroup:
    """Trials of one kind and level.

    Attributes:
        kind: One of KINDS.
        level: Noise in percent, height in cm, impulse in N·s; of undisturbed walks the time, s.
        time: Length of each walk, s.
        trials: The walks; empty where they could not be tried.
        reason: Why they could not.
    """

    kind: str
    level: float
    time: float
    trials: tuple[Trial, ...] = ()
    reason: str = ""

    @property
    def name(self) -> str:
        """Fixed name, as `noise_3_percent`."""
        return f"{self.kind}_{self.level:g}_{_UNITS[self.kind]}"

    @property
    def survived(self) -> int | None:
        """Number of walks that lasted; None where none was tried."""
        return sum(trial.survived for trial in self.trials) if self.trials else None


@dataclass(frozen=True)
class Robustness:
    """How a walk has withstood all trials.

    Attributes:
        groups: Trials by kind and level.
        notes: What was tried in another way than a reader would think.
    """

    groups: tuple[TrialGroup, ...]
    notes: tuple[str, ...] = ()

    def gates(self, needed: Mapping[str, int]) -> list[Gate]:
        """Return the least numbers of survived trials as bounds with their values."""
        found = {group.name: group.survived for group in self.groups}
        return [Gate(name, found.get(name), least, None) for name, least in needed.items()]

    @property
    def content(self) -> dict[str, Any]:
        """Content of `eval_robustness.json`."""
        return {
            "seeds": f"SeedSequence({STREAM}, spawn_key=(kind, copy)), kinds {', '.join(KINDS)}",
            "trials": {group.name: _describe(group) for group in self.groups},
            "gate": describe_gate(self.gates(BOUNDS)),
            "goal": describe_gate(self.gates(GOALS)),
            "missing": [{"name": group.name, "reason": group.reason} for group in self.groups if group.reason],
            "notes": list(self.notes),
        }

    @property
    def summary(self) -> dict[str, Any]:
        """What the score says of it: walks survived by trial, and both verdicts."""
        shown = {group.name: group.survived for group in self.groups}
        return {"survived": shown, "gate": self.content["gate"], "goal": self.content["goal"]}


def _describe(group: TrialGroup) -> dict[str, Any]:
    content: dict[str, Any] = {
        "walks": len(group.trials),
        "survived": group.survived,
        "time_s": group.time,
        "walked_time_s": [trial.walked_time for trial in group.trials],
    }
    if any(trial.label for trial in group.trials):
        content["labels"] = [trial.label for trial in group.trials]
    return content


def push_labels(phases: Sequence[float] = PHASES) -> list[tuple[str, float, str]]:
    """Return direction, phase (part of a stride) and words of every push, in a fixed order."""
    return [
        (direction, phase, f"{direction}, {100.0 * phase:.0f} % of the stride")
        for direction in DIRECTIONS
        for phase in phases
    ]


def pushed_stride(strikes: np.ndarray, dt: float) -> tuple[float, float] | None:
    """Return when the pushed stride begins and how long it lasts, s; None where a walk has no such stride.

    Args:
        strikes: Samples of the right heel strikes of the undisturbed walk, ascending.
        dt: Sample interval, s.
    """
    times = (np.asarray(strikes) + 1) * dt
    late = times[times >= PUSHED_AFTER]
    return (float(late[0]), float(late[1] - late[0])) if len(late) > 1 else None
