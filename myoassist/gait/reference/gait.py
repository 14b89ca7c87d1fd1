"""Reference gait: angles, muscle activation and ground reaction force over the gait cycle."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from myoassist.gait.angles import CLINICAL_JOINTS, to_clinical
from myoassist.gait.strides import STRIDE_POINTS

EMG_MUSCLES = ("HAB", "HAD", "HFL", "GLU", "HAM", "RF", "VAS", "BFSH", "GAS", "SOL", "TA")


@dataclass(frozen=True)
class ReferenceSignal:
    """One periodic signal, phase 0 at the heel strike of the same leg.

    Attributes:
        name: hip_flexion, SOL, vertical, ...
        unit: rad, BW (body weight) or 1.
        a0: Mean of the series.
        cosine: Cosine coefficients of harmonics 1, 2, ..., shape (H,).
        sine: Sine coefficients, shape (H,).
        floor: Smallest value, where the signal has one.
        stance_fraction: Phase after which the signal is 0, where it has one.
        sd: Standard deviation between strides, where known.
    """

    name: str
    unit: str
    a0: float
    cosine: np.ndarray
    sine: np.ndarray
    floor: float | None = None
    stance_fraction: float | None = None
    sd: float | None = None

    def evaluate(self, phase: np.ndarray) -> np.ndarray:
        """Return the signal at phases of the gait cycle (1 is a full cycle), same shape as `phase`."""
        phase = np.asarray(phase, dtype=np.float64) % 1.0
        angle = 2.0 * np.pi * phase[..., None] * np.arange(1, len(self.cosine) + 1)
        value = self.a0 + np.cos(angle) @ self.cosine + np.sin(angle) @ self.sine
        if self.floor is not None:
            value = np.maximum(value, self.floor)
        if self.stance_fraction is not None:
            value = np.where(phase <= self.stance_fraction, value, 0.0)
        return value

    def band(self, phase: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the signal minus and plus one standard deviation between strides, or None where that is not known."""
        if self.sd is None:
            return None
        value = self.evaluate(phase)
        spread = np.where(value != 0.0, self.sd, 0.0) if self.stance_fraction is not None else self.sd
        return value - spread, value + spread


@dataclass(frozen=True)
class ReferenceGait:
    """The reference gait as signals and as the tables that the cost compares with.

    Attributes:
        signals: Every signal by name: trunk_pitch, hip_flexion, knee_flexion, ankle_dorsiflexion (rad, clinical signs),
            the muscles of EMG_MUSCLES (0-1), vertical, fore_aft, mediolateral (body weights).
        kinematics: Shape (100, 7), rad, columns of `kinematic_columns`, row i at phase i/100 after the left heel
            strike; the right leg is half a cycle later.
        emg: Shape (100, 11), columns EMG_MUSCLES, phase 0 at the heel strike of the same leg.
        emg_compat: The same with the isolated value that the public table holds.
        emg_muscles: Muscles whose columns of `emg` count.
        emg_known: Whether `emg` belongs to this gait; an own one without muscle activity has the built-in one.
    """

    signals: dict[str, ReferenceSignal]
    kinematics: np.ndarray
    emg: np.ndarray
    emg_compat: np.ndarray
    emg_muscles: tuple[str, ...] = EMG_MUSCLES
    emg_known: bool = True


@lru_cache(maxsize=1)
def load_reference_gait() -> ReferenceGait:
    """Load the reference gait of the package, once per process; its arrays are read-only."""
    text = resources.files("myoassist").joinpath("data", "reference_gait.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    signals = {
        name: _read_signal(name, entry) for group in ("kinematics", "emg", "grf") for name, entry in data[group].items()
    }
    phase = np.arange(STRIDE_POINTS) / STRIDE_POINTS
    left = to_clinical(np.stack([signals[name].evaluate(phase) for name in CLINICAL_JOINTS], axis=-1))
    right = np.roll(left, -STRIDE_POINTS // 2, axis=0)
    kinematics = np.concatenate([signals["trunk_pitch"].evaluate(phase)[:, None], left, right], axis=1)
    emg = np.stack([signals[name].evaluate(phase) for name in EMG_MUSCLES], axis=-1)
    emg_compat = emg.copy()
    for name, entry in data["emg"].items():
        if "outlier" in entry:
            emg_compat[entry["outlier"]["row"], EMG_MUSCLES.index(name)] = entry["outlier"]["value"]
    for table in (kinematics, emg, emg_compat):
        table.setflags(write=False)
    return ReferenceGait(signals, kinematics, emg, emg_compat)


def _read_signal(name: str, entry: dict[str, Any]) -> ReferenceSignal:
    cosine, sine = np.array(entry["cosine"]), np.array(entry["sine"])
    for series in (cosine, sine):
        series.setflags(write=False)
    optional = {key: entry.get(key) for key in ("floor", "stance_fraction", "sd")}
    return ReferenceSignal(name, entry["unit"], entry["a0"], cosine, sine, **optional)
