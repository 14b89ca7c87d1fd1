"""Commands as the user can paste them: the scripts are elsewhere when the current folder is not the checkout."""

import os
import shlex
from pathlib import Path

# The folder of the scripts that started this process; scripts/local.sh, train.sh and eval.sh set it.
SCRIPTS_VARIABLE = "MYOASSIST_SCRIPTS"
_HERE = "bash scripts/local.sh"
EVALUATE_COMMAND = f"{_HERE} scripts/eval.sh"


def describe_next_steps(folder: Path) -> str:
    """Return what to say when a run has ended: where its files are, and the command that shows its best."""
    place = folder.as_posix()
    return localize_command(f"results in {place}\nto see them: {EVALUATE_COMMAND} run={shlex.quote(place)}")


def localize_command(text: str) -> str:
    """Return a text with its commands as they run from the current folder.

    They are written for the checkout, `bash scripts/local.sh scripts/train.sh ...`. In another folder the path of the
    script is put in.
    """
    scripts = os.environ.get(SCRIPTS_VARIABLE)
    if not scripts or _HERE not in text or Path("scripts/local.sh").is_file():
        return text
    return text.replace(_HERE, f"bash {shlex.quote(scripts)}/local.sh")
