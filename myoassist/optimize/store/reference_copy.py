"""Keep a run's own reference gait in its folder: costs before and after a restart are then of the same gait."""

from pathlib import Path

import numpy as np

from myoassist.config.schema.keys import format_override
from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import ResumeError
from myoassist.gait.reference.edits import ReferenceEdits
from myoassist.gait.reference.own import UNCHANGED, format_gait, load_reference
from myoassist.gait.reference.person import KEY, format_person, read_person

REFERENCE_NAME = "reference_gait.csv"
PERSON_NAME = "person_gait.csv"


def keep_reference(reference: str | None, folder: Path, edits: ReferenceEdits = UNCHANGED) -> None:
    """Write the gait that `cost.reference` names into a run folder, resampled; nothing for the built-in one.

    Args:
        reference: Value of `cost.reference`.
        folder: Run folder.
        edits: What the run changes in the file; the copy holds the changed gait.

    Raises:
        ReferenceFileError: if the file is refused.
        ResumeError: if the run was started with another content of the file.
    """
    if reference is None:
        return
    gait, copy = load_reference(reference, edits), folder / REFERENCE_NAME
    if not copy.is_file():
        write_text_atomic(copy, format_gait(gait))
        return
    kept = load_reference(str(copy), ReferenceEdits(judged=False))
    same = (kept.emg_known, kept.emg_muscles) == (gait.emg_known, gait.emg_muscles)
    if not same or not all(
        # The copy is rounded.
        np.allclose(getattr(kept, name), getattr(gait, name), rtol=0.0, atol=1e-4)
        for name in ("kinematics", "emg")
    ):
        raise ResumeError(
            f"cost.reference={reference} has changed since the run in {folder} was started",
            f"the gait that {copy} holds",
            f"{format_override('cost.reference', copy.as_posix())}, with no change of it, is that gait, for another "
            "run; expname=... or fresh=true starts anew",
        )


def keep_person(people: str | None, folder: Path) -> None:
    """Write the gait of the person that `cost.people` names into a run folder; nothing for people.

    Args:
        people: Value of `cost.people`.
        folder: Run folder.

    Raises:
        ConfigError: if the file is refused.
        ResumeError: if the run was started with another content of the file.
    """
    if people is None:
        return
    text, copy = format_person(read_person(people)), folder / PERSON_NAME
    if not copy.is_file():
        write_text_atomic(copy, text)
    elif copy.read_text(encoding="utf-8") != text:
        raise ResumeError(
            f"{KEY}={people} has changed since the run in {folder} was started",
            f"the gait that {copy} holds",
            f"{format_override(KEY, copy.as_posix())} is that gait, for another run; expname=... or fresh=true starts "
            "anew",
        )
