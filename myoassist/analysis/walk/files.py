"""The names of everything that an evaluation writes, and its two JSON files."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.metrics import WALK_METRICS
from myoassist.analysis.walk.score import ScoredWalk
from myoassist.analysis.walk.stride_stats import StrideStats
from myoassist.files.atomic import write_text_atomic
from myoassist.files.json_values import to_json
from myoassist.gait.score.robustness import Robustness
from myoassist.runs.catalogue import PARAMETERS_NAME
from myoassist.runs.differences import make_relative
from myoassist.runs.overrides import make_relative_override

VIDEO = "eval.mp4"
FRAME = "eval_frame.png"
GAIT_CYCLE = "eval_gait_cycle.png"
JOINT_LOADS = "eval_joint_loads.png"
MUSCLES = "eval_muscles.png"
TIME_SERIES = "eval_time_series.png"
MODULES = "eval_modules.png"
TERMS = "eval_terms.json"
SCORE_FILE = "eval_score.json"
ROBUSTNESS_FILE = "eval_robustness.json"
METRICS_FILE = "eval_metrics.json"
METRICS_TABLE = "eval_metrics.csv"
STATS_FILE = "eval_stats.json"
STATS_TABLE = "eval_stats.csv"
CURVES_TABLE = "eval_gait_cycle.csv"
CHANNELS_TABLE = "eval_channels.csv"
ENERGY_TABLE = "eval_energy.csv"
REPEATS_TABLE = "eval_repeats.csv"
COMPARISON_TABLE = "eval_comparison.csv"
COMPARISON_FIGURES = ("eval_comparison.png", "eval_comparison.svg", "eval_comparison.pdf")
REPORT = "report.html"


def describe_source(parameters: Path | None, folder: Path) -> str:
    """Return how files name the evaluated parameters: relative to the run folder where they lie in it."""
    if parameters is None:
        return "initial values"
    if parameters.resolve().is_relative_to(folder.resolve()):
        return parameters.resolve().relative_to(folder.resolve()).as_posix()
    return make_relative(str(parameters))


def write_terms(path: Path, evaluation: Evaluation, source: str, overrides: list[str]) -> None:
    """Write how the walk ended, its total, the summands of the total, and every reported term.

    Numbers that are not finite become null.

    Args:
        path: File to replace.
        evaluation: The walk.
        source: Where the parameters come from.
        overrides: What was changed against the configuration of the run.
    """
    result = evaluation.result
    content = {
        "parameters": source,
        "overrides": [make_relative_override(text) for text in overrides],
        "target": evaluation.config.cost.target,
        "mode": evaluation.config.cost.mode,
        "outcome": result.outcome.name,
        "reason": result.reason,
        "walked_time": result.walked_time,
        "distance": result.distance,
        "stage": result.stage,
        "total": result.total,
        "parts": result.parts,
        "terms": result.terms,
    }
    _write_json(path, content)


def write_metrics(path: Path, evaluation: Evaluation) -> None:
    """Write every metric with value, unit and meaning; the value is null where the walk has no stride.

    With repeats, each metric also has mean, sd and n of the walks that survived, and `repeats` says how many did.
    """
    content: dict[str, Any] = {}
    repeats = evaluation.repeats
    for name, value in evaluation.metrics.items():
        content[name] = {"value": value}
        if repeats is not None:
            mean, sd, n = repeats.summarize(name) or (None, None, 0)
            content[name] |= {"mean": mean, "sd": sd, "n": n}
        content[name] |= {"unit": WALK_METRICS[name].unit, "meaning": WALK_METRICS[name].meaning}
    if repeats is not None:
        content["repeats"] = {
            "walks": len(repeats.walks),
            "survived": repeats.survived,
            "angle_sd_deg": repeats.spread.angle_sd_deg,
            "speed_sd": repeats.spread.speed_sd,
            "seed": repeats.seed,
        }
    _write_json(path, content)


def write_stats(path: Path, stats: Sequence[StrideStats]) -> None:
    """Write strides, mean, SD, min and max of every quantity, under its name and r or l, with unit and meaning."""
    content: dict[str, Any] = {}
    for item in stats:
        known = content.setdefault(item.quantity, {"unit": item.metric.unit, "meaning": item.metric.meaning})
        known[item.side] = item.summary
    _write_json(path, content)


def write_score(path: Path, scored: ScoredWalk) -> None:
    """Write the distance of a walk from people at its speed; what is null is named in `missing` with its reason."""
    _write_json(path, scored.content)


def write_robustness(path: Path, robustness: Robustness) -> None:
    """Write how a walk has withstood all trials, each walk of them, and the bounds that are missed."""
    _write_json(path, robustness.content)


def read_stored_total(folder: Path) -> float | None:
    """Return the total cost that a run has stored for its best, None where it cannot be read.

    None also for a run over several conditions, whose total is not that of the one evaluated.
    """
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        content = json.loads((folder / PARAMETERS_NAME).read_text(encoding="utf-8"))
        return None if "Condition 1" in content["terms"] else float(content["total"])
    return None


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write_text_atomic(path, json.dumps(to_json(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
