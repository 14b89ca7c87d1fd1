"""The score card as tables of traffic lights: bounds, joints, muscles, trials, and several walks side by side."""

from collections.abc import Sequence
from typing import Any

from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.score import ScoredWalk
from myoassist.gait.score.card import joint_lights, muscle_lights, robustness_gates
from myoassist.gait.score.gate import GOAL, INFORMATION, MET, MISSED, UNKNOWN, Gate, describe_bound
from myoassist.gait.score.robustness import Robustness
from myoassist.report.parts import Band, Cell, Row, Table, name_columns

# Colours of the lights: green, yellow, red, none.
BANDS: dict[str, Band] = {GOAL: "near", MET: "enough", MISSED: "far", UNKNOWN: "", INFORMATION: ""}
_TRIALS = {
    "noise": "Parameters with {level:g} % noise",
    "undisturbed": "Undisturbed",
    "start": "Starts with noise",
    "ground": "Ground of ±{level:g} cm",
    "push": "Pushes of {level:g} N·s",
}


def bounds_table(gates: Sequence[Gate]) -> Table:
    """Return every bound with its value, goal and light."""
    rows = [
        Row([Cell(gate.name), number(gate.value), Cell(gate.words), Cell(describe_bound(gate.goal)), light(gate)])
        for gate in gates
    ]
    head = (Cell("bound"), Cell("value", "number"), Cell("has to be"), Cell("best"), Cell("light"))
    return Table(name_columns(*head), rows)


def parts_table(scored: ScoredWalk) -> Table:
    """Return the lights of every joint and muscle."""
    rows = []
    for name, lights in joint_lights(scored.score).items():
        cells = [_plain_light(kind, value) for kind, value in lights.items()]
        # Of the ground reaction there are two curves.
        rows.append(Row([Cell(_title(name)), *cells, *[Cell("")] * (3 - len(cells))]))
    rows.append(Row([Cell("Muscles", span=4)], group=True))
    for name, item in muscle_lights(scored.score).items():
        rows.append(Row([Cell(_title(name)), *_muscle_cells(item)]))
    head = (Cell("joint or muscle"), Cell("angle, or against"), Cell("moment, or R"), Cell("power, or use"))
    return Table(name_columns(*head), rows)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _plain_light(kind: str, value: str) -> Cell:
    return Cell(f"{kind.replace('_', '-')}: {value}", band=BANDS[value])


def _muscle_cells(item: dict[str, Any]) -> list[Cell]:
    state = " and ".join(word for word in ("saturated", "silent") if item.get(word))
    r = item.get("r")
    shown = "–" if r is None else f"{r:.2f}"
    against = item.get("against", "")
    return [Cell(against), Cell(shown), Cell(state or item["light"], band=BANDS[item["light"]])]


def trials_table(robustness: Robustness) -> Table:
    """Return how many walks of each trial were survived, with bound, goal, light and the shortest walk."""
    rows = []
    for group, gate in zip(robustness.groups, robustness_gates(robustness), strict=True):
        survived = "–" if group.survived is None else f"{group.survived} of {len(group.trials)}"
        shortest = min((trial.walked_time for trial in group.trials if not trial.survived), default=None)
        note = group.reason or ("" if shortest is None else f"first fall after {shortest:.1f} s")
        if group.kind == "push" and group.trials:
            fallen = [trial.label for trial in group.trials if not trial.survived]
            note += f": {'; '.join(fallen)}" if fallen else ""
        title = _TRIALS[group.kind].format(level=group.level)
        cells = [Cell(f"{title}, {group.time:g} s"), Cell(survived, "number"), Cell(gate.words)]
        rows.append(Row([*cells, Cell(describe_bound(gate.goal)), light(gate), Cell(note, "long")]))
    head = (Cell("trial"), Cell("survived", "number"), Cell("has to be"), Cell("best"), Cell("light"), Cell("falls"))
    return Table(name_columns(*head), rows)


def comparison_table(walks: Sequence[tuple[str, Evaluation]]) -> Table | None:
    """Return the bounds and trials of several walks side by side, coloured by light; None without scores."""
    scored = [(name, walk.score) for name, walk in walks if walk.score is not None]
    if len(scored) < 2:
        return None
    columns = [{gate.name: gate for gate in item.card_gates} for _, item in scored]
    rows = []
    for name in dict.fromkeys(name for column in columns for name in column):
        gates = [column.get(name) for column in columns]
        known = [gate for gate in gates if gate is not None]
        cells = [_compared(gate) for gate in gates]
        rows.append(
            Row(
                [
                    Cell(name),
                    _common([g.words for g in known]),
                    _common([describe_bound(g.goal) for g in known]),
                    *cells,
                ]
            )
        )
    names = [Cell(name, "long") for name, _ in scored]
    head = name_columns(Cell("bound"), Cell("has to be", "sides"), Cell("best", "sides"), *names)
    return Table(head, rows, wide=len(scored) > 3)


def _common(texts: Sequence[str]) -> Cell:
    """Return a bound that all walks share; those of other speeds or kinds of walk have others."""
    return Cell(texts[0] if len(set(texts)) == 1 else "by walk", "sides")


def _compared(gate: Gate | None) -> Cell:
    if gate is None or gate.value is None:
        return Cell("–")
    return Cell(f"{gate.value:.2f}".rstrip("0").rstrip("."), band=BANDS[gate.light])


def light(gate: Gate) -> Cell:
    """Return the light of a bound as a cell."""
    return Cell(gate.light, band=BANDS[gate.light])


def number(value: float | None, digits: int = 2) -> Cell:
    """Return a number as a cell."""
    return Cell("–" if value is None else f"{value:.{digits}f}", "number")
