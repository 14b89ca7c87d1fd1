"""Which worn devices exist, how they are driven, and which controllers fit them."""

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.run import ExoConfig, ModelConfig
from myoassist.files.errors import ConfigError
from myoassist.model.devices.device import Device, Drive, Prosthesis
from myoassist.model.devices.folders import list_own_devices

TORQUE_CONTROLLERS = ("four_param", "npoint")


_SHANK_MUSCLES = ("SOL", "TA", "FDL", "EDL")
_OSL_A = Prosthesis(
    joints={"ankle_angle": "osl_ankle_angle_r"},
    frames=dict.fromkeys(("talus", "calcn", "toes"), "osl_foot_assembly"),
    sole="osl_foot_assembly",
    muscles=_SHANK_MUSCLES,
    motors={"ankle_angle": "osl_ankle_torque_actuator"},
)
_OSL_KA = Prosthesis(
    joints={"knee_angle": "osl_knee_angle_r", "ankle_angle": "osl_ankle_angle_r"},
    frames=_OSL_A.frames | {"tibia": "osl_knee_assembly"},
    sole="osl_foot_assembly",
    muscles=("VAS", "BFSH", "GAS", *_SHANK_MUSCLES),
    motors={"knee_angle": "osl_knee_torque_actuator", "ankle_angle": "osl_ankle_torque_actuator"},
)
_NEU = Prosthesis(
    joints={"ankle_angle": "neuankle_ankle_angle_r"},
    frames=dict.fromkeys(("talus", "calcn", "toes"), "neuankle_foot_assembly"),
    sole="neuankle_foot_shell",
    muscles=_SHANK_MUSCLES,
    motors={"ankle_angle": "neuankle_ankle_torque_actuator"},
)
_KFOOT = Prosthesis(
    joints={"ankle_angle": "df_ankle_angle_r"},
    frames=dict.fromkeys(("talus", "calcn", "toes"), "k_foot_foot_assem"),
    sole="k_foot_shell",
    muscles=_SHANK_MUSCLES,
)
_ANKLE = Drive("ankle")

DEVICES = (
    Device("Tutorial_L1", "tutorial", "Tutorial_L1_", "teaching ankle exoskeleton, both sides", _ANKLE),
    Device("DephyExoBoot_L1", "dephy", "DephyExoBoot_L1_", "ankle exoskeleton boots, both sides", _ANKLE),
    Device("Humotech_L1", "humotech", "Humotech_L1_", "tethered ankle exoskeleton, both sides", _ANKLE),
    Device("OpenExo_L1", "openexo", "OpenExo_L1_", "open-source ankle exoskeleton, both sides", _ANKLE),
    Device(
        "HMEDI_L1",
        "hmedi",
        "HMEDI_L1_",
        "cable-driven hip exosuit, both sides",
        Drive("hip", ("HMEDI_L1_Exo_R", "HMEDI_L1_Exo_L"), 1),
    ),
    Device("Hippo_L1", "hippo", "Hippo_L1_", "hip exoskeleton, both sides", Drive("hip", direction=1)),
    Device(
        "STRIDE_L2",
        "stride",
        "STRIDE_L2_",
        "cable-driven ankle exoskeleton with a six-bar linkage, both sides",
        Drive("ankle", ("STRIDE_L2_cable_r", "STRIDE_L2_cable_l")),
    ),
    Device("UTAnkleExo_L2", "utankle", "UTAnkleExo_L2_", "ankle exoskeleton with a parallel linkage, both sides"),
    Device("OpenSourceLeg_A_L1", "osl_a", "OSL_A_L1_", "powered ankle prosthesis, right", prosthesis=_OSL_A),
    Device("OpenSourceLeg_KA_L1", "osl_ka", "OSL_KA_L1_", "powered knee-ankle prosthesis, right", prosthesis=_OSL_KA),
    Device("NEUankle_L1", "neuankle", "NEUankle_L1_", "powered ankle prosthesis, right", prosthesis=_NEU),
    Device("KFoot_L1", "kfoot", "KFoot_L1_", "passive ankle prosthesis, right", prosthesis=_KFOOT),
    Device("Anatomics_L1", "anatomics", "Anatomics_L1_", "passive ankle range limiter, right, and shoes"),
)

MSK_KEYS = {22: "myolegs22", 26: "myolegs26", 80: "myolegs"}
# Names of the published framework whose meaning depends on the musculature.
_OSL = {22: "osl_a", 26: "osl_a", 80: "osl_ka"}


def find_device(name: str | None, musculature: int = 22) -> Device | None:
    """Return the device of a short name or library key (case does not matter), or None for no device.

    Args:
        name: Name of a device of the model library, or of an own one, see `model.devices.folders`.
        musculature: Tells which device the name `osl` means.

    Raises:
        ConfigError: if there is no such device, or an own one cannot be read.
    """
    if name is None or name.lower() in ("none", "baseline"):
        return None
    wanted = _OSL.get(musculature, "osl_a") if name.lower() == "osl" else name.lower()
    known: tuple[Device, ...] = DEVICES
    for _ in range(2):
        for device in known:
            if wanted in (device.short, device.key.lower()):
                return device
        # Own devices are read only for a name that the library does not have.
        known = (*DEVICES, *list_own_devices())
    shorts = [device.short for device in known]
    near = nearest_name(wanted, shorts) or nearest_name(wanted, [device.key for device in known])
    raise ConfigError(
        f"model.device={name} is not a known device",
        f"null or one of {', '.join(shorts)}; own ones lie in models/devices/<Name>/",
        f"model.device={near}" if near else "`myoassist list devices` shows what each one is",
    )


def device_of(model: ModelConfig) -> Device | None:
    """Return the device of a model configuration; None without one and for an own file.

    Raises:
        ConfigError: if there is no such device.
    """
    return find_device(model.device, model.musculature) if model.path is None else None


def choose_clock(device: Device | None, exo: ExoConfig) -> str:
    """Return what times the torque curve: stance or stride."""
    if exo.timing != "auto":
        return exo.timing
    return device.drive.clock if device is not None and device.drive is not None else "stance"
