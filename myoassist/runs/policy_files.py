"""Where run folders and shipped policies keep their files."""

import re
from collections.abc import Sequence
from pathlib import Path

MODELS_NAME = "trained_models"
BEST_NAME = "best_model.zip"
# Files of a shipped policy, below models/policies/<name>.
POLICY_NAME = "policy.zip"
DESCRIPTION_NAME = "policy.json"
_PATTERN = re.compile(r"model_(\d+)\.zip")


def model_path(folder: Path, steps: int) -> Path:
    """Return the file of the policy that was trained for a number of environment steps."""
    return folder / MODELS_NAME / f"model_{steps}.zip"


def list_models(folder: Path) -> list[tuple[int, Path]]:
    """Return steps and file of every saved policy of a run, in the order of the steps."""
    found = []
    for path in (folder / MODELS_NAME).glob("model_*.zip"):
        match = _PATTERN.fullmatch(path.name)
        if match:
            found.append((int(match[1]), path))
    return sorted(found)


def newest_policy(folder: Path) -> Path | None:
    """Return the best policy of a run, else the newest, else None."""
    best = folder / BEST_NAME
    if best.is_file():
        return best
    models = list_models(folder)
    return models[-1][1] if models else None


def prune_models(folder: Path, keep: int, needed: Sequence[int] = ()) -> None:
    """Remove all but the newest policies; 0 keeps all.

    Args:
        folder: Run folder.
        keep: How many to keep.
        needed: Steps of policies that are kept in any case.
    """
    for steps, path in list_models(folder)[:-keep] if keep else []:
        if steps not in needed:
            path.unlink(missing_ok=True)
