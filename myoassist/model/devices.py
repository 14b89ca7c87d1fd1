"""Which worn devices exist, how they are driven, and which controllers fit them."""

import difflib
from dataclasses import dataclass

from myoassist.config.errors import ConfigError
from myoassist.config.schemas import RunConfig


@dataclass(frozen=True)
class Device:
    """A device of the model library.

    Attributes:
        key: Name in the model library (assist_sim).
        short: Name that users type.
        drives: Joint driven by the torque controllers: ankle, or empty when they cannot drive it.
        note: What it is, for lists.
    """

    key: str
    short: str
    drives: str
    note: str


DEVICES = (
    Device("Tutorial_L1", "tutorial", "ankle", "teaching ankle exoskeleton, both sides"),
    Device("DephyExoBoot_L1", "dephy", "ankle", "ankle exoskeleton boots, both sides"),
    Device("Humotech_L1", "humotech", "ankle", "tethered ankle exoskeleton, both sides"),
    Device("OpenExo_L1", "openexo", "ankle", "open-source ankle exoskeleton, both sides"),
    Device("HMEDI_L1", "hmedi", "", "cable-driven hip exosuit"),
    Device("Hippo_L1", "hippo", "", "hip exoskeleton"),
    Device("STRIDE_L2", "stride", "", "cable-driven ankle exoskeleton with a six-bar linkage"),
    Device("UTAnkleExo_L2", "utankle", "", "ankle exoskeleton with a parallel linkage"),
    Device("OpenSourceLeg_A_L1", "osl_a", "", "powered ankle prosthesis, right"),
    Device("OpenSourceLeg_KA_L1", "osl_ka", "", "powered knee-ankle prosthesis, right"),
    Device("NEUankle_L1", "neuankle", "", "powered ankle prosthesis, right"),
    Device("KFoot_L1", "kfoot", "", "passive ankle prosthesis, right"),
    Device("Anatomics_L1", "anatomics", "", "passive ankle range limiter, right"),
)

MSK_KEYS = {22: "myolegs22", 26: "myolegs26", 80: "myolegs"}
DRIVABLE = tuple(d.short for d in DEVICES if d.drives)


def find_device(name: str | None) -> Device | None:
    """Return the device of a short name or library key (case does not matter), or None for no device.

    Raises:
        ConfigError: if there is no such device.
    """
    if name is None or name.lower() in ("none", "baseline"):
        return None
    for device in DEVICES:
        if name.lower() in (device.short, device.key.lower()):
            return device
    known = [d.short for d in DEVICES]
    near = difflib.get_close_matches(name.lower(), known, n=1)
    raise ConfigError(
        f"model.device={name} is not a known device",
        f"null or one of {', '.join(known)}",
        f"model.device={near[0]}" if near else "`myoassist list devices` shows what each one is",
    )


def check_device(config: RunConfig) -> None:
    """Refuse impossible pairs of model, device and exo controller before a model is loaded.

    Raises:
        ConfigError: naming the keys, what fits, and the remedy.
    """
    model, exo = config.model, config.exo
    if model.path is not None:
        if model.device is not None:
            raise ConfigError(
                f"model.path={model.path} and model.device={model.device} are both set",
                "one of them: an own file brings its own device",
                "model.device=null or model.path=null",
            )
        return
    device = find_device(model.device)
    if model.physics == "fast" and model.musculature == 80:
        raise ConfigError(
            "model.physics=fast with model.musculature=80",
            "22 or 26: the fixed geometry was fitted to these legs",
            "model.physics=full",
        )
    if model.musculature == 80:
        raise ConfigError(
            f"model.musculature={model.musculature} cannot walk under reflex control yet",
            "22 (planar) or 26",
            "model.musculature=26",
        )
    if device is not None and not device.drives:
        raise ConfigError(
            f"model.device={device.short} ({device.note}) is not supported by the reflex trainer yet",
            f"null or one of {', '.join(DRIVABLE)}",
            "model.device=tutorial",
        )
    if exo.controller != "none" and device is None:
        raise ConfigError(
            f"exo.controller={exo.controller} needs an ankle actuator, but model.device is null",
            f"a device with one: {', '.join(DRIVABLE)}",
            "model=tutorial (or exo=none)",
        )
