"""The scores of a policy's walk as a file and as a table of the report."""

import json
from dataclasses import asdict
from html import escape
from pathlib import Path

import mujoco
import numpy as np

from myoassist.analysis.rl_evaluation import JUDGED_STRIDES, PolicyEvaluation
from myoassist.analysis.rl_scores import Scores, score_walk
from myoassist.files.atomic import write_text_atomic

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


def score_table(scores: Scores) -> str:
    """Return the scores and their criteria as an HTML table."""
    rows = []
    for name, parts in scores.parts.items():
        rows.append(
            f'<tr class="group"><td colspan="2">{escape(name.capitalize())}</td>'
            f'<td class="n">{scores.values[name]:.2f}</td></tr>'
        )
        for part in parts:
            unit = f" {part.unit}" if part.unit else ""
            measured = "–" if part.measured is None else f"{part.measured:.3g}{unit}"
            rows.append(
                f'<tr><td>{escape(part.label)}</td><td class="n">{escape(measured)}</td>'
                f'<td class="n">{part.points:.2f}</td></tr>'
            )
    head = '<thead><tr><th>criterion</th><th class="n">measured</th><th class="n">points, 0 to 1</th></tr></thead>'
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"
