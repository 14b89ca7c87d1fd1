"""Evaluate a policy that MyoAssist trained, as its session folder holds it."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.analysis.policy.choice import choose_policy_file
from myoassist.compat.session.exp_file import compose_session, map_session
from myoassist.compat.session.motion import SUBSTITUTE
from myoassist.compat.session.policies import session_policy
from myoassist.compat.session_file import find_session_file, read_session
from myoassist.config.schema.run import RunConfig
from myoassist.files.command_words import localize_command, quote_path
from myoassist.files.errors import ConfigError, UserError
from myoassist.rl.train.session import SESSION_NAME
from myoassist.runs.catalogue import CONFIG_NAME, day_folder
from myoassist.runs.policy_files import MODELS_NAME
from myoassist.runs.stored_config import change_config

_MOTION = "reference_data_path"


@dataclass(frozen=True)
class SessionRun:
    """A session of MyoAssist, ready for evaluation.

    Attributes:
        folder: Where results go: a folder of today below the log root, because the session is not ours to write into.
        config: Its configuration here, changed by overrides.
        path: The policy.
        name: Name of the session.
        any_start: Whether its motion is a stand-in, so that the walk shown may start at any frame of it.
    """

    folder: Path
    config: RunConfig
    path: Path
    name: str
    any_start: bool = False


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
    path = _choose_policy(params, session.folder)
    given = {override.lstrip("+~").partition("=")[0] for override in overrides}
    # A policy walks on for as long as it is asked to; where its training started does not matter.
    draft = map_session(session, given=given | {"env.prev_trained_policy_path"})
    config = change_config(compose_session(session, draft), overrides)
    command = localize_command(f"myoassist import {quote_path(text)}")
    print(f"{file.as_posix()} as an experiment here (`{command}` shows it)")
    for note in [*draft.unmapped, *draft.remarks]:
        print(f"  {localize_command(note)}")
    place = day_folder() / f"session_{session.name}"
    # From the first frame of a motion that it has never seen a policy may fall that walks well.
    substituted = config.env.reference_data_path == SUBSTITUTE != session.content["env_params"].get(_MOTION)
    return SessionRun(place, config, path, session.name, substituted and "env.reference_data_path" not in given)


def _choose_policy(params: str | None, folder: Path) -> Path:
    if params not in (None, "newest"):
        return choose_policy_file(params, folder)
    path = session_policy(folder)
    if path is None:
        raise UserError(
            f"{folder.as_posix()} holds no policy",
            f"a session with {MODELS_NAME}/model_<steps>.zip",
            "name one that lies elsewhere: params=<file.zip>",
        )
    return path
