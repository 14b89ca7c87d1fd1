"""The scores of a policy's walk as a file and as a table of the report."""

import json
from dataclasses import asdict
from pathlib import Path

import mujoco
import numpy as np

from myoassist.analysis.policy.evaluation import JUDGED_STRIDES, PolicyEvaluation
from myoassist.analysis.policy.scores import Scores, score_walk
from myoassist.files.atomic import write_text_atomic
from myoassist.report.parts import Cell, Row, Table, name_columns

SCORES_NAME = "policy_scores.json"


def score_evaluation(evaluation: PolicyEvaluation) -> Scores:
    """Score a walk; see `score_walk`."""
    log, steps, layout = evaluation.log, evaluation.steps, evaluation.walker.layout
    held = np.minimum(((np.arange(log.n_steps) + 0.5) * log.dt / steps.interval).astype(int), len(steps) - 1)
    target = steps.target[held] if len(steps) else np.zeros(0)
    joint = layout.exo_joint if evaluation.has_exo else None
    kinds = evaluation.walker.model.actuator_trntype[layout.exo[layout.exo >= 0]]
    direct = bool(len(kinds) and (kinds == mujoco.mjtTrn.mjTRN_JOINT).all())
    return score_walk(log, target, JUDGED_STRIDES, joint, direct)


def write_scores(path: Path, scores: Scores) -> None:
    """Write the mean of all scores, the scores, and their criteria with measured value, unit and points."""
    content = {
        "total": scores.total,
        "scores": scores.values,
        "criteria": {name: [asdict(part) for part in parts] for name, parts in scores.parts.items()},
    }
    write_text_atomic(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def score_table(scores: Scores) -> Table:
    """Return the scores and their criteria as a table."""
    rows = []
    for name, parts in scores.parts.items():
        points = Cell(f"{scores.values[name]:.2f}", "number")
        rows.append(Row([Cell(name.capitalize(), span=2), points], group=True))
        for part in parts:
            unit = f" {part.unit}" if part.unit else ""
            measured = "–" if part.measured is None else f"{part.measured:.3g}{unit}"
            rows.append(Row([Cell(part.label), Cell(measured, "number"), Cell(f"{part.points:.2f}", "number")]))
    return Table(name_columns(Cell("criterion"), Cell("measured", "number"), Cell("points, 0 to 1", "number")), rows)
