"""Devices that users add as folders, in the model library's own format."""

from pathlib import Path
from typing import Any

import yaml

from myoassist.config.sources.model_file import check_model_file
from myoassist.config.sources.shipped import models_folder
from myoassist.files.content import parse_yaml
from myoassist.files.errors import ConfigError, UnsafeFileError
from myoassist.model.devices.device import Device, Drive

FOLDER = Path("models") / "devices"
_ACTUATORS = ("Exo_R", "Exo_L")


def device_folders() -> list[Path]:
    """Return where own devices are looked for: below the current folder, then beside or inside the package."""
    folders = [Path.cwd() / FOLDER, models_folder() / FOLDER.name]
    return [folder for i, folder in enumerate(folders) if folder.is_dir() and folder not in folders[:i]]


def list_own_devices() -> tuple[Device, ...]:
    """Return the devices of `models/devices/<Name>/*config.yaml`, sorted by name; a nearer folder wins.

    A device with the actuators `Exo_R` and `Exo_L` on the ankles or hips is driven by the torque controllers: an ankle
    towards plantarflexion, a hip towards flexion.

    Raises:
        ConfigError: if a configuration cannot be read.
    """
    found: dict[str, Device] = {}
    for folder in device_folders():
        for path in sorted(folder.glob("*/*config.yaml")):
            device = read_device(path)
            found.setdefault(device.short, device)
    return tuple(found[short] for short in sorted(found))


def read_device(path: Path) -> Device:
    """Read what the framework has to know about an own device; the model library reads the rest.

    Args:
        path: Its `*config.yaml`. The first comment says what it is.

    Raises:
        ConfigError: if it is no YAML mapping with `device: {name, model_xml}`.
        ModelError: if its MJCF file is no XML.
        UnsafeFileError: if it names files outside of its folder.
    """
    expected = "a device of assist_sim: a mapping with device: {name, model_xml} and attachments"
    try:
        text = path.read_text(encoding="utf-8")
        content = parse_yaml(text)
        name = str(content["device"]["name"])
        model_file = path.parent / str(content["device"]["model_xml"])
        fits = content["device"].get("compatible_msk") or ()
        # A text in place of a list would fit every key that it contains.
        fits = (fits,) if isinstance(fits, str) else tuple(str(key) for key in fits)
        drive = _find_drive(content.get("actuators") or [])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{path} cannot be read ({type(error).__name__}: {error})", expected, "docs/devices.md"
        ) from error
    if not model_file.is_file():
        raise ConfigError(f"{path} names {model_file.name}, which is not there", "the MJCF file of the device")
    if not model_file.resolve().is_relative_to(path.parent.resolve()):
        raise UnsafeFileError(
            f"{path} names {content['device']['model_xml']}, which lies outside of its folder",
            "the MJCF file of the device in the folder of the device",
            "copy it there",
        )
    check_model_file(model_file, str(path))
    stem = path.stem.removesuffix("config").strip("_")
    key = f"{path.parent.name}_{stem}" if stem else path.parent.name
    comment = next((line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")), "own device")
    short = path.parent.name.lower() if len(list(path.parent.glob("*config.yaml"))) == 1 else key.lower()
    return Device(key, short, f"{name}_", comment.rstrip("."), drive, config=path, musculatures=fits)


def _find_drive(actuators: list[dict[str, Any]]) -> Drive | None:
    joints = {str(item["name"]): str(item["joint"]) for item in actuators}
    for joint, coordinate, direction in (("ankle", "ankle_angle", -1), ("hip", "hip_flexion", 1)):
        if [joints.get(name) for name in _ACTUATORS] == [f"{coordinate}_r", f"{coordinate}_l"]:
            return Drive(joint, _ACTUATORS, direction)
    return None
