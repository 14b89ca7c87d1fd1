"""The CSV tables of an evaluation: metrics, gait-cycle curves, repeated walks."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from myoassist.analysis.picture.series import shown_curves
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.gait_curves import SIGNALS, reference_band, reference_curve
from myoassist.analysis.walk.leg_cycles import PERCENT
from myoassist.analysis.walk.log_table import channel_columns
from myoassist.analysis.walk.metrics import WALK_METRICS
from myoassist.analysis.walk.repeats import Repeats
from myoassist.analysis.walk.stride_stats import StrideStats
from myoassist.files.atomic import write_text_atomic
from myoassist.gait.energy import ENERGY_MODELS, energy_by_muscle, muscle_mass
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.strides import cut_window
from myoassist.rollout.log import SIDES


def write_metrics_table(path: Path, evaluations: Sequence[tuple[str, Evaluation]]) -> None:
    """Write one row per metric: value, with repeats also mean, SD and n of the survivors, for each walk, and meaning.

    Args:
        path: File to replace.
        evaluations: Walks by name; the columns of others, and of two their difference, follow.
    """
    header = ["metric", "unit"]
    for label, evaluation in evaluations:
        suffix = f" [{label}]" if len(evaluations) > 1 else ""
        header.append(f"value{suffix}")
        if evaluation.repeats is not None:
            header += [f"mean{suffix}", f"sd{suffix}", f"n{suffix}"]
    header += ["difference"] * (len(evaluations) == 2) + ["meaning"]
    rows: list[list] = [header]
    for name, metric in WALK_METRICS.items():
        row: list = [name, metric.unit]
        for _, evaluation in evaluations:
            row.append(evaluation.metrics[name])
            if evaluation.repeats is not None:
                row += evaluation.repeats.summarize(name) or (None, None, 0)
        if len(evaluations) == 2:
            first, second = (representative(evaluation, name) for _, evaluation in evaluations)
            row.append(None if first is None or second is None else second - first)
        rows.append([*row, metric.meaning])
    _write(path, rows)


def representative(evaluation: Evaluation, name: str) -> float | None:
    """Return the mean of a metric over the repeats that survived, else its value in the walk itself."""
    summary = evaluation.repeats.summarize(name) if evaluation.repeats is not None else None
    return summary[0] if summary else evaluation.metrics[name]


def write_stats_table(path: Path, stats: Sequence[StrideStats]) -> None:
    """Write one row per quantity and leg: unit, number of strides, mean, SD, smallest, largest, meaning."""
    rows: list[list] = [["quantity", "leg", "unit", "strides", "mean", "sd", "min", "max", "meaning"]]
    rows += [
        [item.quantity, item.side, item.metric.unit, *item.summary.values(), item.metric.meaning] for item in stats
    ]
    _write(path, rows)


def write_curves_table(path: Path, evaluation: Evaluation) -> None:
    """Write mean and SD of every signal and leg at 0, 1, ..., 100 percent of the gait cycle, and the reference."""
    columns = curve_columns(evaluation)
    _write(path, [[name for name, _ in columns], *zip(*(values for _, values in columns), strict=True)])


def curve_columns(evaluation: Evaluation) -> list[tuple[str, Iterable]]:
    """Return mean and SD of every signal and leg at 0, 1, ..., 100 percent of the gait cycle, and the reference.

    Columns are `percent`, `<signal>_<side>_mean [unit]`, `_sd`, `<signal>_reference`, `_reference_sd`, for a walk that
    is held against people `<signal>_people`, `_people_sd`; the exo torque is there over the cycle and, as
    `exo_torque_stance`, over stance.
    """
    curves = shown_curves(evaluation)
    columns: list[tuple[str, Iterable]] = [("percent", PERCENT)]
    for name, legs in curves.cycles.items():
        columns += _columns(name, SIGNALS[name].unit, legs)
        reference = reference_curve(name, evaluation.reference)
        if reference is not None:
            columns.append((f"{name}_reference [{SIGNALS[name].unit}]", reference))
            band = reference_band(name, evaluation.reference)
            if band is not None:
                columns.append((f"{name}_reference_sd [{SIGNALS[name].unit}]", 0.5 * (band[1] - band[0])))
        if evaluation.yardstick.people and name in evaluation.yardstick.curves:
            mean, sd = evaluation.yardstick.curves[name]
            columns.append((f"{name}_people [{SIGNALS[name].unit}]", mean))
            if sd is not None:
                columns.append((f"{name}_people_sd [{SIGNALS[name].unit}]", sd))
    return columns + _columns("exo_torque_stance", "N·m", curves.exo_stance)


def write_channels_table(path: Path, evaluation: Evaluation) -> None:
    """Write what the controllers have logged about themselves, one row per control step.

    Columns are `time [s]` and `<channel>_<side> [unit]`, or `<channel>_<place> [unit]` where a value is of no leg.
    """
    log = evaluation.log
    columns: list[tuple[str, Iterable]] = [("time [s]", log.time.tolist())]
    columns += [(name, values.tolist()) for name, values in channel_columns(log).items()]
    _write(path, [[name for name, _ in columns], *zip(*(values for _, values in columns), strict=True)])


def energy_rows(evaluation: Evaluation) -> list[list]:
    """Return work and heat of every muscle over the judged strides, a row each; none where there is no stride."""
    log, cost = evaluation.log, evaluation.config.cost
    strikes = find_heel_strikes(log)
    judged = min(cost.num_strides, len(strikes.left) - 1)
    if judged <= 0 or log.layout.f_max is None:
        return []
    window = cut_window(strikes, judged)
    head, columns = ["muscle", "mass [kg]"], [muscle_mass(log).tolist()]
    for name in ENERGY_MODELS:
        head += [f"{name}_{part} [W]" for part in ("positive_work", "negative_work", "heat")]
        columns += zip(*energy_by_muscle(log, name, window.first, window.last).values(), strict=True)
    return [head, *map(list, zip(log.muscle_names, *columns, strict=True))]


def write_rows(path: Path, rows: list[list]) -> None:
    """Write a table."""
    _write(path, rows)


def _columns(name: str, unit: str, legs: tuple) -> list[tuple[str, Iterable]]:
    columns = []
    for side, rows in zip(SIDES, legs, strict=True):
        empty = [None] * len(PERCENT)
        columns.append((f"{name}_{side}_mean [{unit}]", rows.mean(axis=0) if len(rows) else empty))
        columns.append((f"{name}_{side}_sd [{unit}]", rows.std(axis=0) if len(rows) else empty))
    return columns


def write_repeats_table(path: Path, repeats: Repeats) -> None:
    """Write one row per repeated walk: number of the draw, how it ended, its metrics."""
    rows: list[list] = [["walk", "outcome", *(f"{name} [{metric.unit}]" for name, metric in WALK_METRICS.items())]]
    for i, walk in enumerate(repeats.walks):
        rows.append([i, walk.outcome.name, *(walk.metrics[name] for name in WALK_METRICS)])
    _write(path, rows)


def _write(path: Path, rows: Iterable[Iterable]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if value is None else _number(value) for value in row])
    write_text_atomic(path, text.getvalue())


def _number(value: object) -> object:
    return f"{value:.8g}" if isinstance(value, float) else value
