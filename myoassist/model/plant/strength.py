"""Which muscles a factor of `model.muscle_strength` means, and which muscles the models of the library have."""

from collections.abc import Iterable, Mapping

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_override
from myoassist.config.schema.run import ModelConfig
from myoassist.files.errors import ConfigError
from myoassist.model.devices.table import device_of
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES, GROUPS, MUSCLES


def names_of(key: str, muscles: Iterable[str]) -> list[str]:
    """Return the actuators that a key means: all, a side, a muscle of both legs or of one."""
    return [name for name in muscles if key in ("all", name.rpartition("_")[2], name.rpartition("_")[0], name)]


def check_strength(strength: Mapping[str, float], muscles: Iterable[str]) -> None:
    """Refuse factors of muscles that are not there.

    Args:
        strength: `model.muscle_strength`.
        muscles: Names of the muscle actuators.

    Raises:
        ConfigError: naming the key, what there is, and the name that is near, if one is.
    """
    muscles = list(muscles)
    for key, factor in strength.items():
        if names_of(key, muscles):
            continue
        stems = sorted({name.rpartition("_")[0] for name in muscles})
        # A muscle of one side is not offered as both of them.
        alike = [name for name in ("all", "r", "l", *stems, *muscles) if name.count("_") == key.count("_")]
        near = nearest_name(key, alike)
        raise ConfigError(
            f"model.muscle_strength.{key}={factor:g}: there is no such muscle",
            f"all, r, l, or one of {', '.join(stems)}, with or without _r or _l",
            format_override(f"model.muscle_strength.{near}", factor)
            if near
            else f"leave model.muscle_strength.{key} out",
        )


def library_muscles(model: ModelConfig) -> list[str]:
    """Return the names of the muscle actuators of a model of the library, without loading it."""
    if model.musculature == 80:
        groups = GROUPS
    else:
        absent = FRONTAL_MUSCLES if model.musculature == 22 else ()
        groups = {short: (name,) for short, name in MUSCLES.items() if short not in absent}
    device = device_of(model)
    gone = device.prosthesis.muscles if device is not None and device.prosthesis is not None else ()
    return [
        f"{name}_{side}"
        for side in ("r", "l")
        for short, names in groups.items()
        if side == "l" or short not in gone
        for name in names
    ]
