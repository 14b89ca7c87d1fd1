"""The score of a walk as a card of traffic lights, by bound, joint and muscle, and what `eval_score.json` holds."""

from typing import Any

from myoassist.gait.reference.human import EMG
from myoassist.gait.score.agreement import PROJECT_TABLE
from myoassist.gait.score.gate import ENERGY_MODEL, GOAL, MET, MISSED, UNKNOWN, Bound, Gate, describe_gate
from myoassist.gait.score.robustness import BOUNDS, GOALS, Robustness
from myoassist.gait.score.score import WalkScore
from myoassist.rollout.log import JOINTS

# Distance of a curve from people, standard deviations: of the best, of what may be shipped.
NEAR, ENOUGH = 1.5, 2.1
# Least correlation of a muscle with EMG: to be shipped, and of the best. Of a single muscle other than these that of
# the mean counts.
_MUSCLE: dict[str, tuple[float, float]] = {"gastrocnemius": (0.8, 0.9)}
_ANY_MUSCLE = (0.55, 0.75)
_NOT_TRIED = "takes many walks: robustness=true"


def distance_light(sd: float | None) -> str:
    """Return GOAL, MET or MISSED of a distance in standard deviations, UNKNOWN without one."""
    if sd is None:
        return UNKNOWN
    if sd <= NEAR:
        return GOAL
    return MET if sd <= ENOUGH else MISSED


def muscle_light(name: str, r: float | None) -> str:
    """Return GOAL, MET or MISSED of a muscle's correlation with EMG, UNKNOWN without one."""
    enough, best = _MUSCLE.get(name, _ANY_MUSCLE)
    return Gate(name, r, enough, None, (best, None)).light


def joint_lights(score: WalkScore) -> dict[str, dict[str, str]]:
    """Return the light of angle, moment and power by joint, and of the ground reaction."""
    lights: dict[str, dict[str, str]] = {}
    for joint in JOINTS:
        names = {"angle": joint, "moment": f"{joint}_moment", "power": f"{joint}_power"}
        lights[joint] = {kind: _channel_light(score, name) for kind, name in names.items()}
    names = {"vertical": "grf", "fore_aft": "grf_fore_aft"}
    lights["ground_reaction"] = {kind: _channel_light(score, name) for kind, name in names.items()}
    return lights


def _channel_light(score: WalkScore, name: str) -> str:
    channel = score.channels.get(name)
    return distance_light(None if channel is None else channel.sd)


def muscle_lights(score: WalkScore) -> dict[str, dict[str, Any]]:
    """Return correlation, its source and light of every muscle, of those that are saturated or silent that they are."""
    emg = score.content["emg_r"] or {}
    lights: dict[str, dict[str, Any]] = {}
    for name in EMG:
        # A muscle that is never used agrees with nothing, which the light of a missing one would hide.
        r = emg.get(name)
        lights[name] = {"r": r, "against": "EMG", "light": muscle_light(name, r)}
    for name, r in emg.get(PROJECT_TABLE, {}).items():
        lights[name] = {"r": r, "against": "reference gait of the package", "light": muscle_light(name, r)}
    for state in ("saturated", "silent"):
        for name in score.content[state] or []:
            lights.setdefault(name, {})[state] = True
            lights[name]["light"] = MISSED
    return lights


def gate_row(gate: Gate) -> dict[str, Any]:
    """Return a bound as a row of the card."""
    return {
        "name": gate.name,
        "value": gate.value,
        "bound": [gate.low, gate.high],
        "goal": list(gate.goal),
        "light": gate.light,
    }


def describe_card(score: WalkScore, gates: list[Gate]) -> dict[str, Any]:
    """Return the field `card`: the light of every bound, joint and muscle."""
    return {
        "gates": [gate_row(gate) for gate in gates],
        "joints": joint_lights(score),
        "muscles": muscle_lights(score),
    }


def robustness_gates(robustness: Robustness) -> list[Gate]:
    """Return every trial as a bound: those with one to be shipped, and those with a goal only, missed or not."""
    rows = []
    for group in robustness.groups:
        least: int | None = BOUNDS.get(group.name)
        goal: Bound = (GOALS.get(group.name), None)
        rows.append(Gate(group.name, group.survived, least, None, goal))
    return rows


def score_fields(score: WalkScore, gates: list[Gate], robustness: Robustness | None = None) -> dict[str, Any]:
    """Return the content of `eval_score.json`; what is null there is named in `missing` with its reason."""
    why = dict(score.missing)
    for gate in gates:
        if not gate.judged:
            why[f"gate.{gate.name}"] = _reason(score, gate)
    if robustness is None:
        why["robustness"] = _NOT_TRIED
    missing = [{"name": name, "reason": reason} for name, reason in why.items()]
    return {
        **score.content,
        "gate": describe_gate(gates),
        "card": describe_card(score, gates),
        "robustness": None if robustness is None else robustness.summary,
        "missing": missing,
    }


def _reason(score: WalkScore, gate: Gate) -> str:
    if gate.name == "cot" and score.content["cot_j_kg_m"] is not None:
        return score.missing.get(f"cot_j_kg_m.{ENERGY_MODEL}", "not known")
    return next(iter(score.missing.values()), "not known of this walk")
