"""What an evaluation of a policy prints for each scenario."""

from myoassist.analysis.page.walk_page import ReportedWalk
from myoassist.analysis.policy.evaluation import PolicyEvaluation
from myoassist.analysis.policy.outputs import PolicyReport
from myoassist.analysis.policy.scores import Scores
from myoassist.analysis.walk.summary import print_summary


def print_policy_summary(walk: ReportedWalk, report: PolicyReport, scores: Scores) -> None:
    """Print how the walk went, its return, main metrics, scores, robustness and which files were written."""
    evaluation = walk.evaluation
    assert isinstance(evaluation, PolicyEvaluation)
    entry = evaluation.entry
    low, high = entry.min_target_velocity, entry.max_target_velocity
    target = f"{low:g} m/s" if low == high else f"{low:g} to {high:g} m/s, {entry.velocity_mode}"
    words = ", ".join(f"{name} {value:.2f}" for name, value in scores.values.items())
    notices = [f"Scores (0 to 1): {words}; mean {scores.total:.2f}.", *report.robustness, *report.notices]
    print_summary(evaluation, f"{report.folder.as_posix()}  target {target}", walk.source, None, report.files, notices)
