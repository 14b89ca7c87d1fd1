"""Controllers, policies and reference motions that come with the package."""

import functools
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import myoassist
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_override
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.files.errors import ConfigError

DESCRIPTION = "controller.json"
# Groups of the configuration that it holds; those of older versions lack control.
SHIPPED_GROUPS = ("model", "env", "control", "exo", "cost")
PARAMETERS = "best_parameters.json"
POLICY_KEY = "env.prev_trained_policy_path"
SHIPPED_REFERENCE_KEY = "env.reference_data_path"


@dataclass(frozen=True)
class ShippedController:
    """A controller in `models/controllers`.

    Attributes:
        name: What follows `shipped:`.
        purpose: What it is, in a few words.
        parameters: File of its named parameters.
    """

    name: str
    purpose: str
    parameters: Path


def models_folder() -> Path:
    """Return the folder of models and controllers: inside the installed package, or beside it in a checkout."""
    package = Path(myoassist.__file__).resolve().parent
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


def unknown_name(key: str, name: str, kind: str, known: Collection[str], remedy: str) -> ConfigError:
    """Return the error of a `shipped:NAME` that is not there.

    Args:
        key: Key that holds it.
        name: What follows `shipped:`.
        kind: What it should be, e.g. controller.
        known: Names that are there.
        remedy: What to do where none of them is near.
    """
    near = nearest_name(name, known)
    return ConfigError(
        f"{key}={SHIPPED_PREFIX}{name}: no such {kind} is shipped",
        f"{SHIPPED_PREFIX}<one of {', '.join(known) or 'none'}>",
        format_override(key, f"{SHIPPED_PREFIX}{near}") if near else remedy,
    )


@functools.cache
def list_controllers() -> tuple[ShippedController, ...]:
    """Return the shipped controllers, sorted by name."""
    found = []
    for path in sorted((models_folder() / "controllers").glob(f"*/{DESCRIPTION}")):
        purpose = json.loads(path.read_text(encoding="utf-8"))["purpose"]
        found.append(ShippedController(path.parent.name, purpose, path.with_name(PARAMETERS)))
    return tuple(found)


def find_controller(name: str, key: str = "optimizer.param_path") -> Path:
    """Return the parameter file of a shipped controller; `key` is what names it, for the message.

    Raises:
        ConfigError: if there is none of that name.
    """
    known = {controller.name: controller.parameters for controller in list_controllers()}
    if name in known:
        return known[name]
    raise unknown_name(key, name, "controller", known, "`myoassist list controllers` shows them")


def list_policies() -> dict[str, Path]:
    """Return the shipped policies by name: a folder of its own each, or a .zip."""
    folder = models_folder() / "policies"
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.stem: path for path in entries if path.is_dir() or path.suffix == ".zip"}


def list_references() -> dict[str, Path]:
    """Return the shipped reference motions by name, sorted."""
    return {path.stem: path for path in sorted((models_folder() / "references").glob("*.npz"))}


def find_reference(name: str) -> Path:
    """Return the file of a shipped reference motion.

    Raises:
        ConfigError: if there is none of that name.
    """
    known = list_references()
    if name in known:
        return known[name]
    remedy = f"{SHIPPED_REFERENCE_KEY}={SHIPPED_PREFIX}<one of these>"
    raise unknown_name(SHIPPED_REFERENCE_KEY, name, "reference motion", known, remedy)
