"""The policies in a session folder of MyoAssist, of this and of older versions."""

import re
from pathlib import Path

from myoassist.runs.policy_files import newest_policy

# Before `trained_models/model_<steps>.zip`, with whatever the session was called in place of session_name.
_OLD_FOLDERS = "*_models"
_OLD_NAME = re.compile(r".*_(?:step_)?(\d+)(?:_steps)?\.zip")


def session_policy(folder: Path) -> Path | None:
    """Return the newest policy of a session folder; None without any."""
    newest = newest_policy(folder)
    if newest is not None:
        return newest
    found = []
    for path in folder.glob(f"{_OLD_FOLDERS}/*.zip"):
        match = _OLD_NAME.fullmatch(path.name)
        if match:
            found.append((int(match[1]), path))
    return max(found)[1] if found else None
