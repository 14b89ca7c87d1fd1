"""Find the files that a preset names relative to folders of another checkout."""

import os
from pathlib import Path

from myoassist.runs.differences import make_relative

# Where MyoAssist keeps its results, below the folder of its controller optimization.
_DEPTH = 7
_RESULTS = ("results/optim_results", "results/preoptimized", "results")


def locate(path: str, preset: Path) -> str | None:
    """Return a path of a preset as one that exists, relative to the current folder; None if there is none.

    Looked for from the current folder, from that of the preset and those above it, and by its name among the results of
    a MyoAssist checkout around the preset.

    Args:
        path: As written in the preset, with either kind of separator.
        preset: The preset file.
    """
    wanted = Path(path.replace("\\", "/") if os.name != "nt" else path).expanduser()
    # A checkout is a few folders deep: published sessions lie four below its root, files of newer ones deeper.
    around = list(preset.resolve().parents)[:_DEPTH]
    candidates = [wanted, *(folder / wanted for folder in around)]
    if not wanted.is_absolute():
        candidates += [folder / results / wanted.name for folder in around for results in _RESULTS]
    for candidate in candidates:
        if candidate.exists():
            return make_relative(str(candidate.resolve()))
    return None
