"""What figures, tables and words hold a walk against: people at its speed, or the reference gait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from myoassist.analysis.walk.gait_curves import MUSCLE_PREFIX, SIGNALS, GaitCurves, reference_band, reference_curve
from myoassist.analysis.walk.leg_cycles import PERCENT
from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import RunConfig
from myoassist.gait.reference import human
from myoassist.gait.reference.gait import ReferenceGait
from myoassist.rollout.log import JOINTS

Curve = tuple[np.ndarray, np.ndarray | None]
# Channels of people by signal. The lean of people's trunk depends on their markers: its range is judged alone.
CHANNELS = {
    **{f"{joint}_angle": joint for joint in JOINTS},
    "vertical_grf": "grf",
    **{f"{joint}_{kind}": f"{joint}_{kind}" for joint in JOINTS for kind in ("moment", "power")},
}
# Muscles that people's EMG is known of; of both hamstrings the mean.
_EMG = {
    "RF": ("rectus_femoris",),
    "HAM": ("medial_hamstrings", "lateral_hamstrings"),
    "TA": ("tibialis_anterior",),
    "GAS": ("gastrocnemius",),
}


@dataclass(frozen=True)
class Yardstick:
    """What the curves of a walk are held against.

    Attributes:
        name: What it is, in words: people at 1.25 m/s, or the reference gait.
        curves: Mean and standard deviation of signals over the gait cycle, each of shape (101,), unit of the signal;
            the deviation is None where it is not known.
        figures: Single figures by the names of metrics, without the side of a sided one.
        people: Whether these are people at the speed of the walk.
        hip_offset: What was added to people's hip, deg: the difference of the means is left out, as in the score.
        table: Muscles that nobody measured, from the table of the package.
    """

    name: str
    curves: Mapping[str, Curve]
    figures: Mapping[str, float]
    people: bool = False
    hip_offset: float = 0.0
    table: Mapping[str, np.ndarray] = field(default_factory=dict)

    def mean(self, signal: str) -> np.ndarray | None:
        """Return the mean curve of a signal, shape (101,); None where it is not known."""
        found = self.curves.get(signal)
        return None if found is None else found[0]

    def figure(self, metric: str) -> float | None:
        """Return a single figure by the name of its metric, in its unit; None where it is not known."""
        if metric in self.figures:
            return self.figures[metric]
        find = _FIGURES.get(metric)
        curve = None if find is None else self.mean(find[0])
        return None if find is None or curve is None else float(find[1](curve))


def _lowest(curve: np.ndarray) -> float:
    return -float(curve.min())


# Metrics that are figures of a mean curve: its signal and what is taken of it.
_FIGURES: dict[str, tuple[str, Callable[[np.ndarray], float]]] = {
    "peak_grf_bw": ("vertical_grf", np.max),
    "trunk_pitch_mean_deg": ("trunk_lean", np.mean),
    "trunk_pitch_rom_deg": ("trunk_lean", np.ptp),
    "hip_extension_moment_max": ("hip_moment", np.max),
    "knee_extension_moment_max": ("knee_moment", np.max),
    "ankle_plantarflexion_moment_max": ("ankle_moment", np.max),
    "hip_power_generated_max": ("hip_power", np.max),
    "knee_power_absorbed_max": ("knee_power", _lowest),
    "ankle_power_generated_max": ("ankle_power", np.max),
    **{
        f"{joint}_{name}_{end}_deg": (f"{joint}_angle", take)
        for joint, name in (("hip", "flexion"), ("knee", "flexion"), ("ankle", "dorsiflexion"))
        for end, take in (("max", np.max), ("min", np.min))
    },
}


def find_yardstick(
    config: RunConfig, people: human.HumanReference | None, reference: ReferenceGait, curves: GaitCurves
) -> Yardstick:
    """Return what a walk is held against: people, unless it was asked to follow the reference gait, or nobody is known.

    Args:
        config: What was walked.
        people: People at its speed; None where nobody was measured.
        reference: The reference gait of the run.
        curves: Strides of the walk.
    """
    if people is None or follows_reference(config):
        return _of_reference(reference)
    return _of_people(config, people, reference, curves)


def follows_reference(config: RunConfig) -> bool:
    """Return whether a run is asked to follow its reference gait: by a target that is not graded, a file, a reward."""
    if config.task != "rl":
        return config.cost.reference is not None or not find_target(config.cost).graded
    weights = config.env.reward_keys_and_weights
    imitates = any([*weights.qpos_imitation_rewards.values(), *weights.qvel_imitation_rewards.values()])
    return imitates and config.env.reference_data_path is None


def _of_reference(reference: ReferenceGait) -> Yardstick:
    curves: dict[str, Curve] = {}
    for name in SIGNALS:
        mean, band = reference_curve(name, reference), reference_band(name, reference)
        if mean is not None:
            curves[name] = (mean, None if band is None else 0.5 * (band[1] - band[0]))
    fraction = reference.signals["vertical"].stance_fraction
    return Yardstick("the reference gait", curves, {} if fraction is None else {"stance_fraction": fraction})


def _of_people(
    config: RunConfig, people: human.HumanReference, reference: ReferenceGait, walk: GaitCurves
) -> Yardstick:
    curves: dict[str, Curve] = {name: _spread(people, [channel]) for name, channel in CHANNELS.items()}
    curves |= {
        MUSCLE_PREFIX + muscle: _spread(people, [f"emg_{name}" for name in names]) for muscle, names in _EMG.items()
    }
    legs = [mean for leg in range(2) if (mean := walk.mean("hip_angle", leg)) is not None]
    hip, spread = curves["hip_angle"]
    offset = float(np.mean(legs) - hip.mean()) if legs else 0.0
    curves["hip_angle"] = (hip + offset, spread)
    table = {
        name: curve
        for name in SIGNALS
        if name.startswith(MUSCLE_PREFIX)
        and name not in curves
        and (curve := reference_curve(name, reference)) is not None
    }
    means = {name: mean for name, (mean, _) in people.figures.items()}
    figures = {
        "speed": people.speed,
        "stride_length": means["stride_length_m"],
        "stride_time_mean": means["stride_time_s"],
        "cadence_steps_per_min": 120.0 / means["stride_time_s"],
        "stance_fraction": 0.01 * means["stance_percent"],
        "peak_grf_bw": max(means["grf_peak1_bw"], means["grf_peak2_bw"]),
    }
    who = "people" if config.cost.people is None else "the person"
    return Yardstick(f"{who} at {people.speed:g} m/s", curves, figures, people=True, hip_offset=offset, table=table)


def _spread(people: human.HumanReference, channels: list[str]) -> Curve:
    """Return mean and standard deviation of channels, averaged, at every percent of the cycle."""
    mean, sd = (np.mean([people.curves[name][i] for name in channels], axis=0) for i in range(2))
    return np.interp(PERCENT, human.PERCENT, mean), np.interp(PERCENT, human.PERCENT, sd)
