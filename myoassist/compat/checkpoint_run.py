"""Evaluate a policy that MyoAssist trained, as its session folder holds it."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from myoassist.analysis.rl_choice import choose_policy_file
from myoassist.analysis.stored_config import change_config
from myoassist.compat.session_exp import compose_session, draft_session
from myoassist.compat.session_file import find_session_file, read_session
from myoassist.config.command_words import localize_command, quote_path
from myoassist.config.errors import ConfigError
from myoassist.config.run_folder import log_root
from myoassist.config.run_record import CONFIG_NAME
from myoassist.config.schemas import RunConfig
from myoassist.rl.session import SESSION_NAME


@dataclass(frozen=True)
class SessionRun:
    """A session of MyoAssist, ready for evaluation.

    Attributes:
        folder: Where results go: a folder of today below the log root, because the session is not ours to write into.
        config: Its configuration here, changed by overrides.
        path: The policy.
        name: Name of the session.
    """

    folder: Path
    config: RunConfig
    path: Path
    name: str


def is_session_folder(text: str | None) -> bool:
    """Say whether `run=` names a session of MyoAssist and no run of ours."""
    if text is None:
        return False
    folder = Path(text).expanduser()
    return folder.is_dir() and (folder / SESSION_NAME).is_file() and not (folder / CONFIG_NAME).is_file()


def open_session(text: str, params: str | None, overrides: list[str]) -> SessionRun:
    """Return what evaluating a session folder needs; what its import changed is printed.

    Args:
        text: The folder, with session_config.json and trained_models.
        params: Another policy than the newest.
        overrides: Overrides of its configuration, in Hydra's grammar, e.g. `model.path=<its MJCF file>`.

    Raises:
        UserError: if the session cannot be read, holds no policy, or would be refused here.
    """
    file = find_session_file(Path(text).expanduser())
    if file is None:
        raise ConfigError(f"run={text} holds no {SESSION_NAME}", "a session folder of MyoAssist")
    session = read_session(file)
    path = choose_policy_file(params, session.folder)
    draft = draft_session(session)
    # A policy walks on for as long as it is asked to; where its training started does not matter.
    draft.values.pop("env.prev_trained_policy_path", None)
    config = change_config(compose_session(session, draft), overrides)
    command = localize_command(f"myoassist import {quote_path(text)}")
    print(f"{file.as_posix()} as an experiment here (`{command}` shows it)")
    for note in [*draft.unmapped, *draft.remarks]:
        print(f"  {localize_command(note)}")
    place = log_root() / datetime.date.today().isoformat() / f"session_{session.name}"
    return SessionRun(place, config, path, session.name)
