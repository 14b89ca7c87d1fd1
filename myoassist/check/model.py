"""Rules of the group `model`: the worn device, the muscles, an own file."""

from pathlib import Path

from myoassist.check.files import check_exists
from myoassist.check.plant import check_plant
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_override, format_value
from myoassist.config.schema.run import ModelConfig, RunConfig
from myoassist.config.sources.model_file import check_model_file
from myoassist.files.errors import ConfigError
from myoassist.model.devices.table import MSK_KEYS, device_of
from myoassist.model.plant.segment_names import SEGMENTS
from myoassist.model.plant.strength import check_strength, library_muscles


def check_model(config: RunConfig) -> None:
    """Refuse a model that cannot be built; none is loaded for it.

    Raises:
        UserError: naming the key or file, what fits, and the remedy.
    """
    model = config.model
    check_exists("model.path", model.path, "an MJCF file (.xml)", folder=False)
    if model.path is not None:
        check_model_file(Path(model.path).expanduser(), f"model.path={model.path}", trusted=model.trust_path)
        _check_own_file(model)
    else:
        _check_library(model)
    check_plant(model)


def _check_own_file(model: ModelConfig) -> None:
    if model.device is not None:
        raise ConfigError(
            f"model.path={model.path} and model.device={model.device} are both set",
            "one of them: an own file brings its own device",
            "model.device=null or model.path=null",
        )
    given = [name for name in ("segment_scale", "body_mass") if getattr(model, name)]
    if given:
        raise ConfigError(
            f"model.{given[0]}={format_value(getattr(model, given[0]))} with model.path",
            "the segments of an own file as they are",
            f"model.{given[0]}={'{}' if given[0] == 'segment_scale' else 'null'}",
        )
    if model.height_scale != 1.0:
        raise ConfigError(
            f"model.height_scale={model.height_scale:g} with model.path",
            "1: an own file is taken as it is",
            "model.height_scale=1",
        )


def _check_library(model: ModelConfig) -> None:
    if model.mujoco_compat is not None:
        raise ConfigError(
            f"model.mujoco_compat={model.mujoco_compat:g} without model.path",
            "an MJCF file as model.path: the models here have their own contacts, and no published numbers",
            "model=custom model.path=<file.xml> (or model.mujoco_compat=null)",
        )
    unknown = [name for name in model.segment_scale if name not in SEGMENTS]
    if unknown:
        near = nearest_name(unknown[0], SEGMENTS)
        raise ConfigError(
            f"model.segment_scale.{unknown[0]}: there is no such segment",
            f"one of {', '.join(SEGMENTS)}",
            format_override(f"model.segment_scale.{near}", model.segment_scale[unknown[0]]) if near else "leave it out",
        )
    if model.sex is not None and model.body_mass is None:
        raise ConfigError(
            f"model.sex={model.sex} without model.body_mass", "the mass that is divided", "model.body_mass=75"
        )
    device = device_of(model)
    if model.physics == "fast" and model.musculature == 80:
        raise ConfigError(
            "model.physics=fast with model.musculature=80",
            "22 or 26: the fixed geometry was fitted to these legs",
            "model.physics=full",
        )
    if device is not None and device.musculatures and MSK_KEYS[model.musculature] not in device.musculatures:
        fits = [str(number) for number, key in MSK_KEYS.items() if key in device.musculatures]
        raise ConfigError(
            f"model.device={device.short} does not fit model.musculature={model.musculature}",
            f"one of {', '.join(fits) or 'none of ours'}, as compatible_msk of the device says",
            f"model.musculature={fits[0]}" if fits else "edit compatible_msk of the device",
        )
    if model.muscle_strength:
        check_strength(model.muscle_strength, library_muscles(model))
