"""Where the bodies of persons lie that `myoassist subject` makes: options of `model` below models/subjects."""

from pathlib import Path

FOLDER = Path("models") / "subjects"
GROUP = "model"


def subjects_folder() -> Path | None:
    """Return the folder below the current one whose options are found without being named; None where there is none."""
    folder = Path.cwd() / FOLDER
    return folder if (folder / GROUP).is_dir() else None
