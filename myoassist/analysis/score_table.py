"""The tables of the report that say how far a walk is from people at its speed."""

from collections.abc import Sequence
from html import escape

import numpy as np

from myoassist.analysis.evaluation import Evaluation
from myoassist.analysis.gait_curves import reference_curve
from myoassist.analysis.walk_score import ScoredWalk
from myoassist.gait.agreement import GROUPS, PROJECT_TABLE, Agreement, correlate
from myoassist.gait.human_reference import EMG
from myoassist.gait.score import WalkScore
from myoassist.gait.score_gate import Gate

# Bands of a distance, standard deviations: of the best, of what may be shipped.
NEAR, ENOUGH = 1.5, 2.1
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
# Curves that the built-in or own reference gait has, too.
_SHOWN = {
    "hip": "hip_angle",
    "knee": "knee_angle",
    "ankle": "ankle_angle",
    "grf": "vertical_grf",
    "trunk": "trunk_lean",
}


def score_tables(evaluation: Evaluation) -> str:
    """Return how far a walk is from people, as HTML; empty for a walk that was not scored."""
    scored = evaluation.score
    if scored is None:
        return ""
    score = scored.score
    parts = [f'<p class="note">{escape(_introduce(score))}</p>']
    if score.channels:
        parts += [_channels(evaluation, score), _figures(score)]
    parts.append(_gates(scored))
    return "".join(parts)


def _introduce(score: WalkScore) -> str:
    if score.reference is None or not score.channels:
        return f"Not compared with people: {next(iter(score.missing.values()))}."
    return (
        f"People at {score.reference.speed:g} m/s with legs of {score.reference.leg_length:.2f} m (dimensionless speed "
        f"{score.reference.dimensionless_speed:.3f}; Schwartz et al. 2008), over the last {score.content['strides']} "
        "strides of each leg. The distance is the RMSE over the cycle in standard deviations of people, mean of both "
        f"legs: up to {NEAR:g} near, up to {ENOUGH:g} enough, beyond far. Beside it the same curves against the "
        "reference gait of the run."
    )


def _channels(evaluation: Evaluation, score: WalkScore) -> str:
    rows = [_channel_row("Overall (hip, knee, ankle, vertical ground reaction)", None, score.content["overall_sd"])]
    for group, names in GROUPS.items():
        rows.append(_channel_row(group.capitalize(), None, score.groups.get(group)))
        rows += [_one_channel(evaluation, score, name) for name in names if name in score.channels]
    rows.append(_one_channel(evaluation, score, "trunk"))
    rows += _muscle_rows(score)
    head = "<th>channel</th><th>unit</th>" + "".join(
        f'<th class="n">{text}</th>' for text in ("RMSE", "R", "distance, SD")
    )
    head += '<th>band</th><th class="n">RMSE, reference</th><th class="n">R, reference</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _muscle_rows(score: WalkScore) -> list[str]:
    """Return the rows of muscles: correlation with measured EMG, and of the others with the project's own table."""
    emg = score.content["emg_r"]

    def row(title: str, value: float | None, kind: str = "") -> str:
        return f'<tr class="{kind}"><td>{title}</td><td></td><td></td>{_number(value)}{"<td></td>" * 4}</tr>'

    rows = [row("Muscle activity against EMG, mean", emg["mean"], "group")]
    rows += [row(name.replace("_", " ").capitalize(), emg[name]) for name in EMG]
    for name, value in emg[PROJECT_TABLE].items():
        rows.append(row(f"{name.replace('_', ' ').capitalize()} (not measured: reference gait of the package)", value))
    return rows


def _one_channel(evaluation: Evaluation, score: WalkScore, name: str) -> str:
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
) -> str:
    cells = "<td></td><td></td>"
    if agreement is not None:
        cells = _number(agreement.rmse, digits) + _number(agreement.r)
    beside = "<td></td><td></td>" if own is None else _number(own[0], digits) + _number(own[1])
    kind, word = _band(distance)
    band = f'<td class="{kind}">{word}</td>'
    row = "group" if agreement is None else ""
    return f'<tr class="{row}"><td>{title}</td><td>{unit}</td>{cells}{_number(distance)}{band}{beside}</tr>'


def _band(distance: float | None) -> tuple[str, str]:
    if distance is None:
        return "", ""
    if distance <= NEAR:
        return "near", "near"
    return ("enough", "enough") if distance <= ENOUGH else ("far", "far")


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


def _figures(score: WalkScore) -> str:
    assert score.reference is not None
    rows = []
    for name, (title, unit, digits) in _FIGURES.items():
        values = score.figures[name]
        mean, sd = score.reference.figures[name]
        shown = "".join(_number(value, digits) for value in values)
        if len(values) == 1:
            shown = f'<td class="n both" colspan="2">{values[0]:.{digits}f}</td>'
        kind, word = _band(max(abs(value - mean) / sd for value in values))
        people = f'<td class="n">{mean:.{digits}f} ± {sd:.{digits}f}</td>'
        rows.append(f'<tr><td>{title}</td><td>{unit}</td>{shown}{people}<td class="{kind}">{word}</td></tr>')
    head = '<th>figure</th><th>unit</th><th class="n">right</th><th class="n">left</th>'
    head += '<th class="n">people, mean ± SD</th><th>band</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _gates(scored: ScoredWalk) -> str:
    passed = all(gate.passed for gate in scored.gates)
    verdict = "passed" if passed else "not passed"
    rows = [
        f"<tr><td>{gate.name}</td>{_number(gate.value)}<td>{_bound(gate)}</td>"
        f'<td class="{_mark(gate)[0]}">{_mark(gate)[1]}</td></tr>'
        for gate in scored.gates
    ]
    head = '<th>bound</th><th class="n">value</th><th>has to be</th><th></th>'
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"<h3>Bounds for a walk to be shipped: {verdict}</h3>{table}"


def _mark(gate: Gate) -> tuple[str, str]:
    if not gate.judged:
        return "", "not known"
    return ("near", "met") if gate.passed else ("far", "missed")


def _bound(gate: Gate) -> str:
    if gate.low is None:
        return "" if gate.high is None else f"at most {gate.high:.3g}"
    return f"at least {gate.low:.3g}" if gate.high is None else f"{gate.low:.3g} to {gate.high:.3g}"


def _number(value: float | None, digits: int = 2) -> str:
    return f'<td class="n">{"–" if value is None else f"{value:.{digits}f}"}</td>'


def score_sections(walks: Sequence[tuple[str, Evaluation]]) -> list[str]:
    """Return the part of the report on the distance from people, for one walk or two."""
    tables = [(name, score_tables(evaluation)) for name, evaluation in walks]
    if not any(table for _, table in tables):
        return []
    parts = ["<h2>Distance from people at this speed</h2>"]
    for name, table in tables:
        if table:
            parts += [f"<h3>{escape(name)}</h3>" if len(walks) > 1 else "", table]
    return parts
