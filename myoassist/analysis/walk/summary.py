"""The table at the end of an evaluation."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.files import REPORT
from myoassist.analysis.walk.score import ScoredWalk
from myoassist.gait.score.card import joint_lights, muscle_lights
from myoassist.gait.score.gate import GOAL, INFORMATION, MET, MISSED, UNKNOWN
from myoassist.rollout.log import Outcome

# Metrics that tell at a glance what kind of walk it is: words, unit, digits that mean something.
_SHOWN = {
    "distance": ("distance", "m", 2),
    "speed": ("speed", "m/s", 3),
    "stride_time_mean": ("stride time", "s", 3),
    "stride_length": ("stride length", "m", 3),
    "cadence_steps_per_min": ("cadence", "steps/min", 1),
    "step_time_asymmetry_percent": ("step time, left-right", "%", 1),
    "trunk_pitch_mean_deg": ("trunk lean", "deg", 1),
    "exo_peak_torque_r": ("exo torque, right", "N·m", 2),
    "exo_peak_torque_l": ("exo torque, left", "N·m", 2),
}
_COLORS = {GOAL: "green", MET: "yellow", MISSED: "red", UNKNOWN: "dim", INFORMATION: "dim"}


def print_summary(
    evaluation: Evaluation,
    title: str,
    source: str,
    stored_total: float | None,
    files: Sequence[Path],
    notices: Sequence[str],
    console: Console | None = None,
) -> None:
    """Print how the walk went, its cost, the main metrics, and which files were written.

    Args:
        evaluation: The walk.
        title: Name of the run.
        source: Where the parameters come from.
        stored_total: Total that the run has stored for the same vector and configuration; None where unknown.
        files: Written files.
        notices: Sentences about what could not be done.
        console: Where to print.
    """
    console = Console() if console is None else console
    result = evaluation.result
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("parameters", source)
    survived = f"survived {result.walked_time:.2f} s" if result.outcome is Outcome.SURVIVED else ""
    table.add_row("walk", "; ".join(text for text in (survived, result.reason) if text))
    if evaluation.repeats is not None:
        repeats = evaluation.repeats
        table.add_row("repeats", f"{repeats.survived} of {len(repeats.walks)} perturbed starts survived")
    if evaluation.learned:
        table.add_row("return", f"{result.total:.6g} in {result.walked_time:.4g} s")
    else:
        table.add_row("total cost", f"{result.total:.6g}, stage {result.stage} ({evaluation.config.cost.target})")
    table.add_row("  its parts", ", ".join(f"{name} {value:.4g}" for name, value in result.parts.items()))
    if stored_total is not None and abs(stored_total - result.total) > 1e-6 * max(1.0, abs(stored_total)):
        table.add_row("  in the run", f"{stored_total:.6g}: another machine or other versions change a walk slightly")
    for name, (words, unit, digits) in _SHOWN.items():
        value = evaluation.metrics[name]
        if value is None or (name.startswith("exo_") and not evaluation.has_exo):
            continue
        summary = evaluation.repeats.summarize(name) if evaluation.repeats is not None else None
        table.add_row(words, f"{value:.{digits}f} {unit}{_spread(summary, digits)}")
    if evaluation.score is not None:
        _add_card(table, evaluation.score)
    table.add_section()
    table.add_row("files", ", ".join(file.name for file in files))
    console.print(table)
    for notice in [*notices, *point_to_report(files)]:
        console.print(notice, highlight=False, markup=False, soft_wrap=True)


def _add_card(table: Table, scored: ScoredWalk) -> None:
    """Add the score card as lights: bounds by how they stand, joints and muscles each in its colour."""
    table.add_section()
    for light in _COLORS:
        gates = [gate for gate in scored.card_gates if gate.light == light]
        shown = [gate.name if gate.value is None else f"{gate.name} {gate.value:.3g}" for gate in gates]
        if shown:
            table.add_row(Text(f"bounds: {light}", style=_COLORS[light]), ", ".join(shown))
    if not scored.score.channels:
        return
    joints, muscles = Text(), Text()
    for name, lights in joint_lights(scored.score).items():
        for kind, light in lights.items():
            joints.append(f"{name.replace('_', ' ')} {kind.replace('_', '-')} ", style=_COLORS[light])
            joints.append(f"{light}; ")
    for name, item in muscle_lights(scored.score).items():
        state = " ".join(word for word in ("saturated", "silent") if item.get(word))
        muscles.append(f"{name.replace('_', ' ')} ", style=_COLORS[item["light"]])
        muscles.append(f"{state or item['light']}; ")
    table.add_row("joints", joints)
    table.add_row("muscles", muscles)


def point_to_report(files: Sequence[Path]) -> list[str]:
    """Return the sentence that says what to open, if a report is among the written files."""
    return [f"Open {file.as_posix()} in a browser." for file in files if file.name == REPORT]


def _spread(summary: tuple[float, float | None, int] | None, digits: int) -> str:
    if summary is None or summary[1] is None:
        return ""
    return f" (repeats {summary[0]:.{digits}f} ± {summary[1]:.{digits}f})"
