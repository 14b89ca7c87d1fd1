"""Read the sessions of MyoAssist's RL training: `session_config.json` and what lies beside it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoassist.config.schema.keys import is_number
from myoassist.files.content import parse_json
from myoassist.files.errors import UserError
from myoassist.rl.train.session import SESSION_NAME

# Logs of this and of older versions, which wrote session_name_log.json.
LOG_NAMES = ("train_log.json", "*_log.json")
_EXPECTED = f"a {SESSION_NAME} of MyoAssist's RL training, or the folder that holds it"
_PARTS = ("env_params", "ppo_params", "policy_params")
_TERM = "foot_force_penalty"


@dataclass(frozen=True)
class Session:
    """A session of MyoAssist's RL training.

    Attributes:
        name: Name of its folder, or of a configuration that lies elsewhere.
        path: The configuration file.
        content: What it says.
        reward: compat_a or compat_b where the log beside it tells which reward was used, else None.
    """

    name: str
    path: Path
    content: dict[str, Any]
    reward: str | None = None

    @property
    def origin(self) -> str:
        """What it is, for headers."""
        return f"the MyoAssist session {self.name}"

    @property
    def folder(self) -> Path:
        """Folder that holds it."""
        return self.path.parent


def find_session_file(path: Path) -> Path | None:
    """Return the session configuration that a file or folder is or holds; None if it is something else."""
    if path.is_dir():
        inside = path / SESSION_NAME
        return inside if inside.is_file() else None
    if path.name == SESSION_NAME:
        return path
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        content = parse_json(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    return path if isinstance(content, dict) and any(part in content for part in _PARTS) else None


def read_session(path: Path) -> Session:
    """Read a session.

    Args:
        path: Its configuration file.

    Raises:
        UserError: if it cannot be read or is none.
    """
    content = _read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("env_params"), dict):
        raise UserError(f"{path} has no env_params", _EXPECTED)
    for part in (*_PARTS, "logger_params"):
        if not isinstance(content.get(part, {}), dict):
            raise UserError(f"{path}: {part} is no JSON object", _EXPECTED)
    name = path.resolve().parent.name if path.name == SESSION_NAME else path.stem
    return Session(name, path, content, _read_reward(path.parent))


def _read_json(path: Path) -> Any:
    try:
        return parse_json(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read ({error})", _EXPECTED) from error
    except ValueError as error:
        raise UserError(f"{path} is no JSON ({error})", _EXPECTED) from error


def _read_reward(folder: Path) -> str | None:
    """Return the version of the reward that a log was written with: the older one paid for light feet."""
    path = next((file for name in LOG_NAMES for file in sorted(folder.glob(name)) if file.is_file()), None)
    if path is None:
        return None
    try:
        records = parse_json(path.read_text(encoding="utf-8-sig"))["log_datas"]
        values = [record["average_reward_dict_per_episode"].get(_TERM, 0.0) for record in records]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    signs = {math.copysign(1.0, value) for value in values if is_number(value) and value != 0.0}
    if len(signs) != 1:
        return None
    return "compat_a" if signs == {1.0} else "compat_b"
