"""Map the model, ground and exoskeleton of a preset to our groups and keys."""

import math
from pathlib import Path

from myoassist.compat.draft import Draft
from myoassist.compat.paths import locate
from myoassist.compat.preset.file import Preset
from myoassist.config.schema.groups import group_options
from myoassist.config.schema.plant import PUBLISHED_BODY
from myoassist.files.content import parse_json
from myoassist.files.errors import ConfigError
from myoassist.model.devices.table import DEVICES, MSK_KEYS, find_device

# Names of musculatures in presets; the older ones count the muscles of a leg.
_MUSCULATURES = {"22": 22, "26": 26, "80": 80, "leg_11": 22, "leg_13": 26, "leg_80": 80}
_MUSCULATURES |= {key: number for number, key in MSK_KEYS.items()}
# The published height field of a slope has this share of the grade that is asked for.
_COMPAT_GRADE = 0.2228
_OWN_FILE = "custom"


def map_model(preset: Preset, draft: Draft) -> None:
    """Map musculature, device, own model file, and what only newer presets have."""
    values = preset.values
    _map_musculature(values, draft)
    for key, value in zip(("model.plant", "model.sensing"), PUBLISHED_BODY, strict=True):
        draft.put(key, value, "a preset")
    draft.put("model.steady_paths", False, "a preset")
    device = values.get("device")
    model = values.get("model")
    if device is not None and model is not None:
        draft.lack(f"model {model}", f"device {device} counts, which newer presets use")
    draft.groups["model"] = "baseline"
    if device is not None:
        _map_device(preset, draft, device, f"device {device}")
    elif model not in (None, "default"):
        _map_device(preset, draft, str(model), f"model {model}")
    if values.get("model_path") is not None and model != _OWN_FILE:
        draft.lack(f"model_path {values['model_path']}", "it is read only with model custom")
    for name, reason in (
        ("env_spec", "env-spec files are not read; give msk and device instead"),
        ("optimize_stiffness", "prosthetic stiffness is no parameter of the search here"),
        ("ankle_range", "the range of the ankle is that of the model"),
    ):
        if name in values:
            draft.lack(f"{name} {_show(values[name])}", reason)


def _map_musculature(values: dict, draft: Draft) -> None:
    word = values.get("musc_model", values.get("msk"))
    name = "musc_model" if "musc_model" in values else "msk"
    number = None
    if word is not None:
        number = _MUSCULATURES.get(word.lower())
        if number is None:
            draft.lack(f"{name} {word}", f"expected one of {', '.join(_MUSCULATURES)}")
        else:
            draft.put("model.musculature", number, f"{name} {word}")
    dimensions = values.get("move_dim")
    if dimensions is None:
        return
    if dimensions not in (2, 3):
        draft.lack(f"move_dim {dimensions}", "expected 2 or 3")
    elif number is None:
        draft.put("model.musculature", 22 if dimensions == 2 else 26, f"move_dim {dimensions}")
    elif (dimensions == 2) != (number == 22):
        draft.lack(f"move_dim {dimensions}", f"{number} muscles walk in {2 if number == 22 else 3} dimensions")


def _map_device(preset: Preset, draft: Draft, name: str, given: str) -> None:
    if name == _OWN_FILE:
        _map_own_file(preset, draft)
        return
    try:
        found = find_device(name)
    except ConfigError as error:
        several = [device.short for device in DEVICES if device.short.startswith(name.lower())]
        reason = f"it may be {' or '.join(several)}: set model.device" if several else f"expected {error.expected}"
        draft.lack(given, f"{reason}; the model wears nothing until then")
        return
    if found is None:
        return
    if found.short in group_options("model"):
        draft.groups["model"] = found.short
    else:
        draft.put("model.device", found.short, given)


def _map_own_file(preset: Preset, draft: Draft) -> None:
    path = preset.values.get("model_path")
    if path is None:
        draft.lack("model custom", "model_path is missing")
        return
    found = locate(path, preset.path)
    if found is None or not Path(found).is_file():
        draft.lack(f"model_path {path}", f"there is no such file here: add model=custom model.path=<{Path(path).name}>")
        return
    draft.groups["model"] = _OWN_FILE
    draft.put("model.path", found, f"model_path {path}")


def map_ground(preset: Preset, draft: Draft) -> None:
    """Map the slope, and the terrain of newer presets where it is flat or a slope."""
    values = preset.values
    slope = values.get("tgt_slope")
    if slope is not None and draft.put("env.slope_deg", slope, f"tgt_slope {slope:g}") and slope != 0:
        grade = math.degrees(math.atan(_COMPAT_GRADE * math.tan(math.radians(slope))))
        draft.remarks.append(
            f"tgt_slope {slope:g}: here it is the true angle; the published terrain is {grade:.3f} deg: "
            "env.slope_mode=compat"
        )
    terrain = values.get("terrain")
    if terrain is None:
        return
    try:
        content = parse_json(terrain)
        kind, angle = content.get("terrain"), content.get("deg", 0)
    except (ValueError, AttributeError):
        kind, angle = None, None
    if kind == "slope" and isinstance(angle, int | float) and not isinstance(angle, bool):
        draft.put("env.slope_deg", float(angle), f"terrain {terrain}")
    elif kind != "flat":
        draft.lack(f"terrain {terrain}", "only flat ground and slopes are here; the ground is flat")


def map_exo(preset: Preset, draft: Draft) -> None:
    """Map the torque controller."""
    values = preset.values
    options = ("use_4param_spline", "fixed_exo", "n_points", "max_torque")
    if not values.get("ExoOn", False):
        draft.groups["exo"] = "none"
        idle = [name for name in options if name in values]
        if idle:
            draft.remarks.append(f"{', '.join(idle)}: without effect, because ExoOn is not 1")
        return
    four_param = values.get("use_4param_spline", False)
    draft.groups["exo"] = "four_param" if four_param else "npoint"
    if draft.groups["model"] == "baseline" and "model.device" not in draft.values:
        draft.lack("ExoOn 1", "the model wears no device with an actuator; the torque controller is off")
        draft.groups["exo"] = "none"
        return
    if "n_points" in values:
        if four_param:
            draft.remarks.append("n_points: without effect beside use_4param_spline")
        else:
            draft.put("exo.n_points", values["n_points"], f"n_points {values['n_points']}")
    if "max_torque" in values:
        draft.put("exo.max_torque", values["max_torque"], f"max_torque {values['max_torque']:g}")
    if "fixed_exo" in values:
        if four_param:
            draft.put("exo.fixed", True, "fixed_exo")
        else:
            draft.remarks.append("fixed_exo: without effect, because only a four-parameter curve can be held fixed")


def _show(value: object) -> str:
    return " ".join(f"{item:g}" for item in value) if isinstance(value, list) else str(value)
