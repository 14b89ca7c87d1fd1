"""A walk in plain sentences: how the person walks, and what falls short."""

import numpy as np

from myoassist.analysis.page.csv_tables import representative
from myoassist.analysis.picture.series import shown_curves
from myoassist.analysis.walk.evaluation import Evaluation, driven_joint
from myoassist.analysis.walk.gait_curves import MUSCLE_PREFIX, SIGNALS, GaitCurves
from myoassist.analysis.walk.repeats import Repeats
from myoassist.analysis.walk.yardstick import Yardstick
from myoassist.gait.metrics import UNSTEADY_PERCENT
from myoassist.gait.score.advice import ADVICE, worst_gates
from myoassist.gait.score.gate import Gate
from myoassist.rollout.log import Outcome

ANGLES = ("trunk_lean", "hip_angle", "knee_angle", "ankle_angle")
# From these on, a reader should know; conventions of this report, not clinical limits.
SPEED_ERROR = 0.05
ASYMMETRY_PERCENT = 10.0
ANGLE_RMS_DEG = 10.0
PEAK_LOAD_BW = 1.5
HYPEREXTENSION_DEG = 5.0
SATURATED, SATURATED_SHARE = 0.98, 5.0
SILENT, REFERENCE_ACTIVE = 0.05, 0.3
_PHASES = ((15, "early stance"), (40, "mid stance"), (62, "late stance"), (80, "early swing"), (101, "late swing"))
_DIRECTIONS = {
    "trunk_lean": ("more upright", "further forward"),
    "hip_angle": ("more extended", "more flexed"),
    "knee_angle": ("more extended", "more flexed"),
    "ankle_angle": ("more plantarflexed", "more dorsiflexed"),
}


def describe_walk(evaluation: Evaluation) -> list[str]:
    """Return sentences on the walk: how long, how fast, its steps, how near the yardstick, what the exo does."""
    sentences = [_describe_outcome(evaluation)]
    if evaluation.repeats is not None:
        sentences.append(_describe_repeats(evaluation.repeats))
    curves, yardstick = shown_curves(evaluation), evaluation.yardstick
    if curves.empty:
        return sentences
    speed = representative(evaluation, "speed")
    if speed is not None:
        sentences.append(_describe_steps(evaluation, speed))
    distances = {name: angle_rms(name, curves, yardstick) for name in ANGLES}
    near = ", ".join(
        f"{SIGNALS[name].title.lower()} {value:.0f}" for name, value in distances.items() if value is not None
    )
    sentences.append(f"Distance from {yardstick.name}, averaged over the cycle (RMS, degrees): {near}.")
    distance = None if evaluation.score is None else evaluation.score.score.content["overall_sd"]
    if distance is not None:
        sentences.append(
            f"In standard deviations of people at this speed: {distance:.1f}, mean of hip, knee, ankle and vertical "
            "ground reaction."
        )
    if evaluation.has_exo:
        sentences.append(_describe_exo(evaluation))
    return [text for text in sentences if text]


def find_shortcomings(evaluation: Evaluation) -> list[str]:
    """Return sentences on what is not as one would wish; empty if nothing was found."""
    config, found = evaluation.config, []
    if evaluation.log.outcome is not Outcome.SURVIVED:
        found.append(f"The walk did not last: {evaluation.log.reason or evaluation.log.outcome.name.lower()}.")
    repeats = evaluation.repeats
    if repeats is not None and repeats.survived < len(repeats.walks):
        fallen = [walk.walked_time for walk in repeats.walks if walk.outcome is not Outcome.SURVIVED]
        found.append(
            f"{len(fallen)} of {len(repeats.walks)} walks from slightly different starts ended early, "
            f"the first after {min(fallen):.1f} s."
        )
    if not evaluation.learned and evaluation.result.stage != "3":
        found.append(
            f"The cost is still in stage {evaluation.result.stage}: the requirements on staying up, speed and symmetry "
            "are not all met, so the quality of the gait was not yet what the search improved."
        )
    curves, yardstick = shown_curves(evaluation), evaluation.yardstick
    if not curves.empty:
        found += _judge_metrics(evaluation, config.cost.tgt_vel)
        found += _judge_angles(curves, yardstick) + _judge_muscles(curves, yardstick)
    if evaluation.score is not None:
        found += [_advise(gate) for gate in worst_gates(evaluation.score.card_gates)]
    return found


def _advise(gate: Gate) -> str:
    """Return which bound is missed, by how much, and what usually helps."""
    value = "" if gate.value is None else f"{gate.value:.3g}"
    return f"Far from a bound: {gate.name} is {value}, has to be {gate.words}. What usually helps: {ADVICE[gate.name]}."


def angle_rms(name: str, curves: GaitCurves, yardstick: Yardstick) -> float | None:
    """Return the root mean square difference of both mean curves from the yardstick, in its unit; None if unknown."""
    difference = _difference(name, curves, yardstick)
    return None if difference is None else float(np.sqrt(np.mean(np.square(difference))))


def _difference(name: str, curves: GaitCurves, yardstick: Yardstick) -> np.ndarray | None:
    """Return mean minus yardstick of the legs that have strides, shape (legs, 101)."""
    compared = yardstick.mean(name)
    means = [mean for leg in range(2) if (mean := curves.mean(name, leg)) is not None]
    return np.array(means) - compared if means and compared is not None else None


def _describe_outcome(evaluation: Evaluation) -> str:
    log, result = evaluation.log, evaluation.result
    if log.n_steps == 0:
        return f"The walk could not start: {log.reason}."
    if log.outcome is Outcome.SURVIVED:
        return f"The simulated person walked the whole {result.walked_time:.4g} s without falling, {_way(evaluation)}."
    return f"The simulated person walked {result.walked_time:.1f} s, {_way(evaluation)}; then: {log.reason}."


def _way(evaluation: Evaluation) -> str:
    slope = evaluation.config.env.slope_deg
    ground = "on level ground" if slope == 0.0 else f"{'up' if slope > 0 else 'down'} a slope of {abs(slope):g} deg"
    return f"{evaluation.metrics['distance'] or 0.0:.1f} m {ground}"


def _describe_repeats(repeats: Repeats) -> str:
    n, spread = len(repeats.walks), repeats.spread
    return (
        f"From {n} slightly different starts (normal noise, SD {spread.angle_sd_deg:g} deg on every initial joint "
        f"angle and {spread.speed_sd:g} m/s on the initial speed; seed {repeats.seed}) {repeats.survived} of {n} walks "
        f"lasted the whole time ({100.0 * repeats.survived / n:.0f} %)."
    )


def _describe_steps(evaluation: Evaluation, speed: float) -> str:
    length, cadence = (representative(evaluation, name) for name in ("stride_length", "cadence_steps_per_min"))
    right, left = (representative(evaluation, f"stance_fraction_{side}") for side in ("r", "l"))
    text = f"The speed is {speed:.2f} m/s (asked for: {evaluation.config.cost.tgt_vel:.2f}), "
    text += f"with {cadence:.0f} steps per minute and strides of {length:.2f} m"
    if right is not None and left is not None:
        shares = f"{100 * right:.0f} % (right) and {100 * left:.0f} % (left)"
        text += f"; the feet are on the ground for {shares} of a stride"
    asymmetry = representative(evaluation, "step_time_asymmetry_percent")
    return text + (f". Left and right step times differ by {asymmetry:.0f} %." if asymmetry is not None else ".")


def _describe_exo(evaluation: Evaluation) -> str:
    peaks = [representative(evaluation, f"exo_peak_torque_{side}") for side in ("r", "l")]
    right, left = (representative(evaluation, f"exo_work_per_stride_{side}") for side in ("r", "l"))
    known = [peak for peak in peaks if peak is not None]
    if len(known) < len(peaks) or right is None or left is None:
        return ""
    joint = driven_joint(evaluation)
    does = "flexes the hip" if joint == "hip" else "pushes the foot down"
    return (
        f"The exoskeleton {does} with up to {max(known):.1f} N·m "
        f"({max(known) / evaluation.log.mass:.3f} N·m per kg) and gives the "
        f"{joint}s {right:+.1f} J (right) and {left:+.1f} J (left) per stride, net."
    )


def _judge_metrics(evaluation: Evaluation, target: float) -> list[str]:
    found = []
    speed = representative(evaluation, "speed")
    if speed is not None and abs(speed - target) > SPEED_ERROR * target:
        found.append(f"Speed {speed:.2f} m/s is {abs(speed / target - 1.0):.0%} off the {target:.2f} m/s asked for.")
    for name, words in (("step_time", "step times"), ("stance", "stance times")):
        value = representative(evaluation, f"{name}_asymmetry_percent")
        if value is not None and value > ASYMMETRY_PERCENT:
            found.append(f"Left and right {words} differ by {value:.0f} %.")
    spread = representative(evaluation, "stride_time_sd_percent")
    if spread is not None and spread > UNSTEADY_PERCENT:
        found.append(f"Unsteady: stride times spread by {spread:.0f} % of their mean (SD).")
    peaks = [representative(evaluation, f"peak_grf_bw_{side}") or 0.0 for side in ("r", "l")]
    if max(peaks) > PEAK_LOAD_BW:
        found.append(f"Hard footfall: a foot is loaded with up to {max(peaks):.1f} body weights.")
    lowest = min(representative(evaluation, f"knee_flexion_min_deg_{side}") or 0.0 for side in ("r", "l"))
    if lowest < -HYPEREXTENSION_DEG:
        found.append(f"A knee is overstretched by {-lowest:.0f} deg.")
    return found


def _judge_angles(curves: GaitCurves, yardstick: Yardstick) -> list[str]:
    found = []
    for name in ANGLES:
        difference, rms = _difference(name, curves, yardstick), angle_rms(name, curves, yardstick)
        if difference is None or rms is None or rms < ANGLE_RMS_DEG:
            continue
        leg, percent = np.unravel_index(np.argmax(np.abs(difference)), difference.shape)
        largest = difference[leg, percent]
        words = _DIRECTIONS[name][int(largest > 0)]
        phase = next(text for limit, text in _PHASES if percent < limit)
        found.append(
            f"{SIGNALS[name].title}: {rms:.0f} deg from {yardstick.name} on average; most in {phase} ({percent} % of "
            f"the cycle), {abs(largest):.0f} deg {words}."
        )
    return found


def _judge_muscles(curves: GaitCurves, yardstick: Yardstick) -> list[str]:
    saturated, silent = [], []
    for muscle in curves.muscles:
        name = MUSCLE_PREFIX + muscle
        means = [mean for leg in range(2) if (mean := curves.mean(name, leg)) is not None]
        if max(100.0 * np.mean(mean >= SATURATED) for mean in means) > SATURATED_SHARE:
            saturated.append(SIGNALS[name].title)
        compared = yardstick.table.get(name, yardstick.mean(name))
        used = max(mean.max() for mean in means) >= SILENT
        if not used and compared is not None and compared.max() > REFERENCE_ACTIVE:
            silent.append(SIGNALS[name].title)
    found = []
    if saturated:
        found.append(f"At full activation for more than {SATURATED_SHARE:.0f} % of the cycle: {', '.join(saturated)}.")
    if silent:
        found.append(f"Hardly used, though clearly active in {yardstick.name}: {', '.join(silent)}.")
    return found
