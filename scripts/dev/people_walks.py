"""Tables of the shipped walks held against people: what their descriptions say, in one row each."""

import json
from typing import Any

from myoassist.config.schema.plant import PUBLISHED
from myoassist.config.sources.shipped import DESCRIPTION, list_controllers
from myoassist.gait.score.gate import ENERGY_MODEL

# Trials that tables show, of how many.
_TRIALS = (("noise_3_percent", 10), ("start_60_s", 10), ("ground_2_cm", 10), ("push_30_ns", 8))
# Best published figures, by the same columns where the sources give them.
_PUBLISHED = (
    "| Ong 2019, predicted without human curves | 0.5-2.0 | at most 1.6 by joint | | | | | | | | |",
    "| Veerkamp 2021, weighted criteria | | 2.10 | | | | | | | | |",
)


def format_people_walks() -> str:
    """Return the table of walks with a score, then the best published ones."""
    rows = [
        "| controller | m/s | SD from people | hip, knee, ankle: RMSE deg (R) | ground force: R, peaks BW | "
        "stance knee deg | push-off W/kg | EMG R (calf) | J/kg/m | misses of the gate | "
        "lasts: noise 3 %, 60 s, ground 2 cm, push 30 N·s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        _row(name, content["score"], content["robustness"]["survived"])
        for name, content in _judged_walks()
        if not _is_changed(content)
    ]
    return "\n".join([*rows, *_PUBLISHED])


def format_changed_walks() -> str:
    """Return the table of walks on slopes and with a device, which level walks without one are no measure of."""
    rows = [
        "| controller | slope deg | device | m/s | left and right: knee deg, stance % | first force peak BW | J/kg/m | "
        "misses of the gate | lasts: noise 3 %, 60 s, push 30 N·s | for information: SD from people on level ground |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, content in _judged_walks():
        if not _is_changed(content):
            continue
        score, metrics = content["score"], content["metrics"]
        cells = (
            f"`{name}`",
            f"{content['env']['slope_deg']:g}",
            content["model"]["device"] or "–",
            f"{score['speed_m_s']:.2f}",
            f"{_figure(score['knee_left_right_deg'])}, {_figure(metrics['stance_asymmetry_percent'])}",
            f"{score['channels']['grf']['peak1_bw']:.2f}",
            f"{score['cot_j_kg_m'][ENERGY_MODEL]:.2f}",
            _failed(score),
            _lasts(content["robustness"]["survived"], _TRIALS[:2] + _TRIALS[3:]),
            f"{score['overall_sd']:.2f}",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _walks() -> list[tuple[str, dict[str, Any]]]:
    """Return names and descriptions of all shipped walks."""
    return [
        (item.name, json.loads(item.parameters.with_name(DESCRIPTION).read_text(encoding="utf-8")))
        for item in list_controllers()
    ]


def _judged_walks() -> list[tuple[str, dict[str, Any]]]:
    """Return names and descriptions of the walks whose robustness was tried."""
    return [(name, content) for name, content in _walks() if "robustness" in content]


def _is_changed(content: dict[str, Any]) -> bool:
    return content["env"]["slope_deg"] != 0.0 or content["model"]["device"] is not None


def _failed(score: dict[str, Any]) -> str:
    return ", ".join(f"{gate['name']} {gate['value']:.3g}" for gate in score["gate"]["failed"]) or "none"


def _lasts(survived: dict[str, int | None], trials: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{survived[trial]}/{n}" if survived.get(trial) is not None else "-" for trial, n in trials)


def format_old_walks() -> str:
    """Return the table of walks that were found for other targets, with the bounds of people that they miss."""
    rows = [
        "| controller | body | m/s | SD from people | stance knee deg | push-off W/kg | EMG R | J/kg/m | "
        "misses of the gate |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, content in _walks():
        if "robustness" in content or "score" not in content:
            continue
        score = content["score"]
        knee = score["stance_knee_flexion_deg"]
        cells = (
            f"`{name}`",
            content["model"].get("plant") or PUBLISHED,
            f"{score['speed_m_s']:.2f}",
            f"{score['overall_sd']:.2f}",
            f"{knee['right']:.0f}, {knee['left']:.0f}",
            _figure(score["pushoff_w_kg"]),
            _figure(score["emg_r"]["mean"], 2),
            f"{score['cot_j_kg_m'][ENERGY_MODEL]:.1f}",
            ", ".join(f"{gate['name']} {_figure(gate['value'], 2)}" for gate in score["gate"]["failed"]) or "none",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _figure(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _row(name: str, score: dict[str, Any], survived: dict[str, int | None]) -> str:
    channels = score["channels"]
    angles = ", ".join(f"{channels[j]['rmse_deg']:.1f} ({channels[j]['r']:.2f})" for j in ("hip", "knee", "ankle"))
    force = channels["grf"]
    knee = score["stance_knee_flexion_deg"]
    cells = (
        f"`{name}`",
        f"{score['speed_m_s']:.2f}",
        f"{score['overall_sd']:.2f}",
        angles,
        f"{force['r']:.2f}, {force['peak1_bw']:.2f}/{force['peak2_bw']:.2f}",
        f"{knee['right']:.0f}, {knee['left']:.0f}",
        f"{score['pushoff_w_kg']:.1f}",
        f"{score['emg_r']['mean']:.2f} ({score['emg_r']['gastrocnemius'] or 0.0:.2f})",
        f"{score['cot_j_kg_m']['umberger2010_0.60MPa']:.2f}",
        _failed(score),
        _lasts(survived, _TRIALS),
    )
    return f"| {' | '.join(cells)} |"
