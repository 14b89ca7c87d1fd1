"""The tables of the report that say how far a walk is from people at its speed."""

from collections.abc import Sequence

import numpy as np

from myoassist.analysis.page.card_table import bounds_table, number, parts_table, trials_table
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.gait_curves import reference_curve
from myoassist.analysis.walk.score import ScoredWalk
from myoassist.analysis.walk.yardstick import CHANNELS
from myoassist.gait.reference.human import EMG
from myoassist.gait.score.agreement import GROUPS, PROJECT_TABLE, Agreement, correlate
from myoassist.gait.score.card import ENOUGH, NEAR
from myoassist.gait.score.robustness import BOUNDS, Robustness
from myoassist.gait.score.score import WalkScore
from myoassist.report.pages import ScoredSummary
from myoassist.report.parts import Band, Cell, Row, Section, Table, name_columns

_TITLES = {
    "hip": ("Hip angle (mean difference left out)", "deg", 1),
    "knee": ("Knee angle", "deg", 1),
    "ankle": ("Ankle angle", "deg", 1),
    "grf": ("Vertical ground reaction", "BW", 2),
    "grf_fore_aft": ("Fore-aft ground reaction", "BW", 2),
    "hip_moment": ("Hip moment", "N·m/kg", 2),
    "knee_moment": ("Knee moment", "N·m/kg", 2),
    "ankle_moment": ("Ankle moment", "N·m/kg", 2),
    "hip_power": ("Hip power", "W/kg", 2),
    "knee_power": ("Knee power", "W/kg", 2),
    "ankle_power": ("Ankle power", "W/kg", 2),
    "trunk": ("Trunk lean (judged by its range)", "deg", 1),
}
_FIGURES = {
    "stance_percent": ("Stance", "% of the stride", 1),
    "stance_knee_flexion_deg": ("Knee flexion under load", "deg", 1),
    "pushoff_w_kg": ("Push-off power of the ankle", "W/kg", 2),
    "grf_peak1_bw": ("First peak of the ground reaction", "BW", 2),
    "grf_peak2_bw": ("Second peak of the ground reaction", "BW", 2),
    "stride_length_m": ("Stride length", "m", 2),
    "stride_time_s": ("Stride time", "s", 2),
}
_EMPTY = Cell("")
# Signals of the channels that the built-in or own reference gait may have, too.
_SHOWN = {channel: signal for signal, channel in CHANNELS.items()} | {"trunk": "trunk_lean"}


def score_summaries(walks: Sequence[tuple[str, Evaluation]]) -> list[ScoredSummary]:
    """Return what the report says on the distance from people, of the walks that were scored."""
    scored = [(name, walk, walk.score) for name, walk in walks]
    return [_summarize(name, walk, score) for name, walk, score in scored if score is not None]


def _summarize(name: str, evaluation: Evaluation, scored: ScoredWalk) -> ScoredSummary:
    score = scored.score
    tables = [_channels(evaluation, score), _figures(score)] if score.channels else []
    passed = all(gate.passed for gate in scored.gates)
    return ScoredSummary(
        name=name,
        introduction=_introduce(score),
        tables=tables,
        passed=passed,
        bounds=bounds_table(scored.gates),
        parts=parts_table(scored) if score.channels else None,
        robustness=None if scored.robustness is None else _withstood(scored.robustness),
    )


def _withstood(robustness: Robustness) -> Section:
    passed = all(gate.passed for gate in robustness.gates(BOUNDS))
    return Section(
        f"Robustness: {'passed' if passed else 'not passed'}",
        ["The draws are always the same, and no search has seen them.", *robustness.notes],
        trials_table(robustness),
    )


def _introduce(score: WalkScore) -> str:
    if score.reference is None or not score.channels:
        return f"Not compared with people: {next(iter(score.missing.values()))}."
    whom = "People at" if score.task.people is None else f"The person of {score.task.people} (else people) at"
    return (
        f"{whom} {score.reference.speed:g} m/s with legs of {score.reference.leg_length:.2f} m (dimensionless speed "
        f"{score.reference.dimensionless_speed:.3f}; Schwartz et al. 2008), over the last {score.content['strides']} "
        "strides of each leg. The distance is the RMSE over the cycle in standard deviations of people, mean of both "
        f"legs: up to {NEAR:g} near, up to {ENOUGH:g} enough, beyond far. Beside it the same curves against the "
        "reference gait of the run."
    )


def _channels(evaluation: Evaluation, score: WalkScore) -> Table:
    rows = [_channel_row("Overall (hip, knee, ankle, vertical ground reaction)", None, score.content["overall_sd"])]
    for group, names in GROUPS.items():
        rows.append(_channel_row(group.capitalize(), None, score.groups.get(group)))
        rows += [_one_channel(evaluation, score, name) for name in names if name in score.channels]
    rows.append(_one_channel(evaluation, score, "trunk"))
    rows += _muscle_rows(score)
    numbers = (Cell(text, "number") for text in ("RMSE", "R", "distance, SD"))
    beside = (Cell(text, "number") for text in ("RMSE, reference", "R, reference"))
    return Table(name_columns(Cell("channel"), Cell("unit"), *numbers, Cell("band"), *beside), rows)


def _muscle_rows(score: WalkScore) -> list[Row]:
    """Return the rows of muscles: correlation with measured EMG, and of the others with the project's own table."""
    emg = score.content["emg_r"]

    def row(title: str, value: float | None, group: bool = False) -> Row:
        return Row([Cell(title), _EMPTY, _EMPTY, number(value), *[_EMPTY] * 4], group)

    rows = [row("Muscle activity against EMG, mean", emg["mean"], group=True)]
    rows += [row(name.replace("_", " ").capitalize(), emg[name]) for name in EMG]
    for name, value in emg[PROJECT_TABLE].items():
        rows.append(row(f"{name.replace('_', ' ').capitalize()} (not measured: reference gait of the package)", value))
    return rows


def _one_channel(evaluation: Evaluation, score: WalkScore, name: str) -> Row:
    title, unit, digits = _TITLES[name]
    own = _own_agreement(evaluation, name)
    return _channel_row(title, score.channels[name], score.channels[name].sd, unit, digits, own)


def _channel_row(
    title: str,
    agreement: Agreement | None,
    distance: float | None,
    unit: str = "",
    digits: int = 1,
    own: tuple[float, float | None] | None = None,
) -> Row:
    cells = [_EMPTY] * 2 if agreement is None else [number(agreement.rmse, digits), number(agreement.r)]
    beside = [_EMPTY] * 2 if own is None else [number(own[0], digits), number(own[1])]
    band = _band(distance)
    cells += [number(distance), Cell(band, band=band), *beside]
    return Row([Cell(title), Cell(unit), *cells], group=agreement is None)


def _band(distance: float | None) -> Band:
    if distance is None:
        return ""
    if distance <= NEAR:
        return "near"
    return "enough" if distance <= ENOUGH else "far"


def _own_agreement(evaluation: Evaluation, name: str) -> tuple[float, float | None] | None:
    """Return RMSE and correlation with the reference gait of the run, mean of both legs; None where it has no curve."""
    curve = reference_curve(_SHOWN[name], evaluation.reference) if name in _SHOWN else None
    means = [
        mean for leg in range(2) if name in _SHOWN and (mean := evaluation.curves.mean(_SHOWN[name], leg)) is not None
    ]
    if curve is None or not means:
        return None
    rmse = float(np.mean([np.sqrt(np.mean((mean - curve) ** 2)) for mean in means]))
    rs = [correlate(mean, curve) for mean in means]
    known = [r for r in rs if r is not None]
    return rmse, float(np.mean(known)) if len(known) == len(rs) else None


def _figures(score: WalkScore) -> Table:
    assert score.reference is not None
    rows = []
    for name, (title, unit, digits) in _FIGURES.items():
        values = score.figures[name]
        mean, sd = score.reference.figures[name]
        shown = [number(value, digits) for value in values]
        if len(values) == 1:
            shown = [Cell(f"{values[0]:.{digits}f}", "sides", 2)]
        band = _band(max(abs(value - mean) / sd for value in values))
        people = Cell(f"{mean:.{digits}f} ± {sd:.{digits}f}", "number")
        rows.append(Row([Cell(title), Cell(unit), *shown, people, Cell(band, band=band)]))
    numbers = (Cell(text, "number") for text in ("right", "left", "people, mean ± SD"))
    return Table(name_columns(Cell("figure"), Cell("unit"), *numbers, Cell("band")), rows)
