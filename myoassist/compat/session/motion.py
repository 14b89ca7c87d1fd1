"""The reference motion of published RL sessions: the named file, the mean stride beside it, or a stand-in."""

from pathlib import Path

from myoassist.compat.draft import Draft
from myoassist.compat.paths import locate
from myoassist.compat.session_file import Session
from myoassist.config.schema.rl import ENV_IDS
from myoassist.rl.motion.segmented import NAME

SUBSTITUTE = "shipped:tutorial_fast"
_KEY = "env.reference_data_path"
# Where a checkout of MyoAssist has its mean stride.
_PLACE = f"rl_train/reference_data/{NAME}"


def map_motion(session: Session, draft: Draft, given: bool = False) -> None:
    """Map the reference motion; that of published sessions is not published, but the mean of its strides is.

    Args:
        session: The session.
        draft: Changed in place.
        given: The caller names a motion itself.
    """
    env = session.content["env_params"]
    path = env.get("reference_data_path")
    if env.get("env_id") == ENV_IDS[0]:
        return
    if given:
        draft.put(_KEY, SUBSTITUTE, "reference_data_path")
        return
    ours = session.content.get("model") is not None
    if path and (str(path).startswith("shipped:") or ours):
        draft.put(_KEY, path, f"reference_data_path {path}")
        return
    found = locate(str(path), session.path) if path else None
    if found is not None and Path(found).is_file():
        draft.put(_KEY, found, f"reference_data_path {path}")
        if Path(found).name != NAME:
            draft.put("env.reference_end", "truncate", "end of the reference")
            draft.remarks.append("env.reference_end=truncate: the published program ends episodes with the reference")
        return
    stride = find_stride(session, str(path or ""))
    if stride is not None and draft.put(_KEY, stride, f"reference_data_path {path}"):
        draft.remarks.append(
            f"reference_data_path {path}: there is no such file here; {stride}, its mean stride, is repeated instead"
        )
        return
    draft.put(_KEY, SUBSTITUTE, "reference_data_path")
    draft.lack(
        f"reference_data_path {path}",
        f"there is no such file here, and no {NAME} beside it, so {SUBSTITUTE}, which is repeated at its end, stands "
        f"in; {_KEY}=<file> takes yours",
    )


def find_stride(session: Session, path: str) -> str | None:
    """Return the published mean stride: beside the motion that a session names, in its checkout, or beside the session.

    Args:
        session: The session.
        path: Motion that it names.
    """
    beside = Path(path.replace("\\", "/")).with_name(NAME).as_posix() if path else NAME
    for place in dict.fromkeys((beside, _PLACE, NAME)):
        found = locate(place, session.path)
        if found is not None and Path(found).is_file():
            return found
    return None
