"""The models of published RL sessions: which of ours they are, and what their channels are called."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from myoassist.compat.draft import Draft
from myoassist.compat.paths import locate
from myoassist.compat.session_file import Session
from myoassist.config.run_names import quote_value
from myoassist.config.schema.groups import group_options
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.rl import LUMBAR
from myoassist.config.sources.model_file import check_model_file
from myoassist.files.errors import ConfigError, ModelError, UnsafeFileError
from myoassist.model.devices.table import MSK_KEYS, find_device

_MODEL_FILE = re.compile(r"myo_?legs?_?(\d\d)(?:_[23]D)?_?(.*)", re.IGNORECASE)
# End of a model file's name -> our name of the device.
_DEVICES = {
    "": None,
    "BASELINE": None,
    "TUTORIAL": "tutorial",
    "DEPHY": "dephy",
    "HUMOTECH": "humotech",
    "OPENEXO": "openexo",
    "HMEDI": "hmedi",
    "OSL_A": "osl_a",
    "OSL_KA": "osl_ka",
}
# Device actuators of these models, in published order, under the names they have here.
_ACTUATORS = {None: ()} | dict.fromkeys(("tutorial", "dephy", "humotech", "openexo"), ("Exo_R", "Exo_L"))
_ACTUATORS["hmedi"] = ("HMEDI_L1_Exo_R", "HMEDI_L1_Exo_L")
_LEG = (
    "hamstrings", "bifemsh", "edl", "fdl", "glutmax", "iliopsoas", "rectfem", "vasti", "gastroc", "soleus", "tibant",
)  # fmt: skip
# Muscles of one leg in the order of the model files.
_LEGS = {22: _LEG, 26: ("abd", "add", *_LEG)}


@dataclass(frozen=True)
class Channels:
    """Names of what the policy of a session observes and drives, in the order of its places."""

    observations: tuple[str, ...]
    actions: tuple[str, ...]


def map_model(session: Session, draft: Draft, given: bool = False) -> Channels | None:
    """Choose the model; return the channels of the session where its model is known.

    Args:
        session: The session.
        draft: Changed in place.
        given: The caller names a model file itself.

    Raises:
        UserError: if the session names a model that is neither one of ours nor here as a file.
    """
    content = session.content
    env = content["env_params"]
    own = content.get("model")
    if isinstance(own, dict) and "musculature" in own:
        return _map_own(own, env, draft)
    if env.get("msk_key") is not None or env.get("device_key") is not None:
        return _map_keys(env, draft)
    path = env.get("model_path")
    if path is None:
        draft.groups["model"] = "tutorial"
        draft.remarks.append("model_path is not given: model=tutorial, which the published presets train on")
        return _channels(22, "tutorial", env)
    found = _MODEL_FILE.fullmatch(Path(str(path).replace("\\", "/")).stem)
    number, ending = (int(found[1]), found[2].upper()) if found else (0, "")
    here = locate(str(path), session.path)
    if number in MSK_KEYS and ending in _DEVICES:
        _choose(number, _DEVICES[ending], draft)
        draft.comments.append(f"model_path: {path}")
        if not given:
            shown = model_arguments(session) or "it is not here; model=custom model.path=<file> takes it"
            draft.remarks.append(
                f"model_path {path}: our own model of the same name instead; that file itself: {shown}"
            )
        return _channels(number, _DEVICES[ending], env)
    if here is None or not Path(here).is_file():
        draft.stale.append(f"model_path {path} is no model that is known, and there is no such file here")
        return None
    draft.groups["model"] = "custom"
    if not given:
        draft.put("model.path", here, f"model_path {path}")
    return None


def model_arguments(session: Session) -> str:
    """Return what runs the model file of a session itself, to be pasted; empty if it is not here."""
    path = session.content["env_params"].get("model_path")
    here = locate(str(path), session.path) if path else None
    if here is None or not Path(here).is_file():
        return ""
    shown = f"model=custom {shlex.quote(f'model.path={quote_value(here)}')}"
    try:
        check_model_file(Path(here), "model.path", trusted=False)
    except UnsafeFileError:
        # Published files have their ground and their meshes in folders beside their own.
        shown += " model.trust_path=true"
    except ModelError:
        return ""
    return shown


def _map_own(own: dict, env: dict, draft: Draft) -> Channels | None:
    """Take over the model of a session that this project wrote."""
    draft.groups["model"] = "custom" if own.get("path") else "baseline"
    for name, value in own.items():
        if f"model.{name}" in run_keys():
            draft.put(f"model.{name}", value, f"model.{name} {value}")
    return None if own.get("path") else _channels(own["musculature"], own.get("device"), env)


def _map_keys(env: dict, draft: Draft) -> Channels | None:
    """Take over what newer sessions have instead of a file."""
    key, device = env.get("msk_key"), env.get("device_key")
    number = {name: number for number, name in MSK_KEYS.items()}.get(str(key))
    if number is None:
        draft.stale.append(f"msk_key {key} is none of {', '.join(MSK_KEYS.values())}")
        return None
    try:
        found = find_device(str(device)) if device not in (None, "") else None
    except ConfigError as error:
        draft.stale.append(f"device_key {device}: {error.found}")
        return None
    short = found.short if found else None
    _choose(number, short, draft)
    return _channels(number, short, env)


def _choose(number: int, device: str | None, draft: Draft) -> None:
    option = device or "baseline"
    named = option if number == 22 else f"{option}_{number}"
    if named in group_options("model"):
        draft.groups["model"] = named
        return
    draft.groups["model"] = option
    draft.put("model.musculature", number, f"{number} muscles")


def _channels(number: int, device: str | None, env: dict) -> Channels | None:
    if number not in _LEGS or device not in _ACTUATORS:
        return None
    free = bool(env.get("enable_lumbar_joint", False))

    def keys(name: str) -> list[str]:
        # Published sessions lose the joint before places are counted.
        return [str(joint) for joint in env.get(f"observation_joint_{name}_keys") or [] if free or joint != LUMBAR]

    muscles = [f"{muscle}_{side}" for side in "rl" for muscle in _LEGS[number]]
    observations = [
        *(f"qpos/{joint}" for joint in keys("pos")),
        *(f"qvel/{joint}" for joint in keys("vel")),
        *(f"act/{muscle}" for muscle in muscles),
        *(f"sensor/{sensor}" for sensor in keys("sensor")),
        "target_velocity",
    ]
    return Channels(tuple(observations), (*muscles, *_ACTUATORS[device]))
