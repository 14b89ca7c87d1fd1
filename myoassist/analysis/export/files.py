"""What can be written about an evaluated walk for a hardware controller and for OpenSim."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from myoassist.analysis.walk.evaluation import Evaluation


def write_export(folder: Path, evaluation: "Evaluation", run: str, source: str) -> tuple[list[Path], list[str]]:
    """Write everything that can be written about an evaluated walk.

    Args:
        folder: Existing folder.
        evaluation: The walk.
        run: Name of the run.
        source: Where the parameters come from.

    Returns:
        The files, and sentences about what could not be written.

    Raises:
        OSError: if a file cannot be written.
    """
    from myoassist.analysis.export.contact import measure_ground_reaction
    from myoassist.analysis.export.opensim import write_opensim
    from myoassist.analysis.export.profile import PROFILE, write_profile

    files: list[Path] = []
    notices: list[str] = []
    if evaluation.curve is not None:
        files += write_profile(folder, evaluation, run, source)
    elif evaluation.config.exo.controller == "none":
        notices.append(f"No {PROFILE}: the run has no torque controller (exo=none).")
    else:
        notices.append(f"No {PROFILE}: {evaluation.log.reason}.")
    if evaluation.log.n_steps == 0:
        notices.append(f"No motion: the walk could not start ({evaluation.log.reason}).")
        return files, notices
    reaction = measure_ground_reaction(evaluation)
    if not reaction.repeated:
        notices.append("The ground reaction is of a walk that differs from the other files: physics did not repeat.")
    files += write_opensim(folder, evaluation, reaction)
    if evaluation.log.reason:
        notices.append(f"The motion ends early: {evaluation.log.reason}.")
    return files, notices
