"""Controllers, start vectors, policies and reference motions that come with the package."""

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import myoassist
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_override
from myoassist.config.schema.plant import PUBLISHED, is_human
from myoassist.config.schema.published_numbers import PUBLISHED_OVERLAY
from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.files.errors import ConfigError

DESCRIPTION = "controller.json"
# Groups of the configuration that it holds; those of older versions lack control.
SHIPPED_GROUPS = ("model", "env", "control", "exo", "cost")
PARAMETERS = "best_parameters.json"
# Distance from people of a human walk at most, as for those without a device.
_MOST_SD = 2.1
_START_KEY = "optimizer.param_path"
POLICY_KEY = "env.prev_trained_policy_path"
SHIPPED_REFERENCE_KEY = "env.reference_data_path"


@dataclass(frozen=True)
class ShippedController:
    """A controller in `models/controllers`.

    Attributes:
        name: What follows `shipped:`.
        purpose: What it is, in a few words.
        parameters: File of its named parameters.
        note: That it misses bounds of human walking, with its figures; empty where it is within all of them.
    """

    name: str
    purpose: str
    parameters: Path
    note: str = ""


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
        content = json.loads(path.read_text(encoding="utf-8"))
        note = describe_misses(content["score"]) if "score" in content else ""
        found.append(ShippedController(path.parent.name, content["purpose"], path.with_name(PARAMETERS), note))
    return tuple(found)


def describe_misses(score: Mapping[str, Any]) -> str:
    """Return that a walk is not human, with its main figures and the bounds that it misses; empty where it is.

    Args:
        score: Its score, as `eval_score.json` has it.
    """
    failed = [gate["name"] for gate in score["gate"]["failed"]]
    # The bounds of prostheses leave the curves out.
    if not failed and score["overall_sd"] <= _MOST_SD:
        return ""
    knee, cost = score["stance_knee_flexion_deg"], score["cot_j_kg_m"]["umberger2010_0.60MPa"]
    return (
        f"not human: {score['overall_sd']:.2f} SD from people, stance knee {knee['right']:.0f} and "
        f"{knee['left']:.0f} deg, {cost:.1f} J/(kg·m); misses {', '.join(failed) or 'no bound of its kind'}"
    )


def find_controller(name: str, key: str = _START_KEY) -> Path:
    """Return the parameter file of a shipped controller; `key` is what names it, for the message.

    Raises:
        ConfigError: if there is none of that name.
    """
    known = {controller.name: controller.parameters for controller in list_controllers()}
    if name in known:
        return known[name]
    raise unknown_name(key, name, "controller", known, "`myoassist list controllers` shows them")


def list_start_vectors() -> dict[str, Path]:
    """Return the shipped start vectors by name, sorted: values that nobody has searched for."""
    return {path.stem: path for path in sorted((models_folder() / "starts").glob("*.json"))}


def describe_other_body(config: RunConfig) -> str | None:
    """Return a note on a run that starts from a shipped controller of another body; None where it does not.

    Args:
        config: Composed configuration of a search.
    """
    path = config.optimizer.param_path
    if path is None or not path.startswith(SHIPPED_PREFIX) or config.model.path is not None:
        return None
    name = path.removeprefix(SHIPPED_PREFIX)
    if name in list_start_vectors():
        return None
    description = json.loads(find_controller(name).with_name(DESCRIPTION).read_text(encoding="utf-8"))
    # Descriptions from before there was a choice do not name it.
    found, here = description["model"].get("plant") or PUBLISHED, config.model.plant
    if found == here:
        return None
    if found == PUBLISHED:
        remedy = f"{PUBLISHED_OVERLAY} gives its body"
        if is_human(config.model) and config.model.musculature == 22:
            remedy += f"; control=guided {_START_KEY}={SHIPPED_PREFIX}human_125 is a person on this one"
    else:
        remedy = f"model.plant={found} model.sensing=contact gives its body"
    return (
        f"note: {path} was found on the body {found} and this run has {here}: expect it to fall within some seconds, "
        f"and a search to begin nearly anew. {remedy}."
    )


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
