"""The configuration of a stored run, changed by overrides under the same rules as a new run."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import yaml

from myoassist.config.compose.run import compose_run, normalize_arguments
from myoassist.config.run_names import PLACE_KEYS
from myoassist.config.schema.aliases import drop_replaced
from myoassist.config.schema.cost_formula import KEY as FORMULA_KEY
from myoassist.config.schema.cost_formula import shipped_formula, target_names
from myoassist.config.schema.groups import config_folder, group_names, group_options
from myoassist.config.schema.keys import read_key, run_keys
from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.config.sources.shipped import DESCRIPTION, SHIPPED_GROUPS, find_controller
from myoassist.files.errors import ConfigError
from myoassist.runs.record import build_config, read_run_config

_NOT_CHANGEABLE = (*PLACE_KEYS, "exp", "overlays", "task")


def load_stored_config(folder: Path, overrides: list[str]) -> RunConfig:
    """Return the configuration of a run, changed.

    Args:
        folder: Run folder.
        overrides: Overrides in Hydra's grammar; a group option (cost=effort) sets the keys that its file sets.

    Raises:
        ConfigError: if the stored configuration cannot be read, an override does not fit, or changes where the run
            lives.
    """
    return change_config(read_run_config(folder), overrides)


def load_shipped_config(name: str) -> RunConfig:
    """Return the configuration that a shipped controller was made and judged with; it starts from that controller.

    Raises:
        ConfigError: if nothing of that name is shipped.
    """
    description = json.loads(find_controller(name).with_name(DESCRIPTION).read_text(encoding="utf-8"))
    content = {group: description[group] for group in SHIPPED_GROUPS if group in description}
    content["optimizer"] = {"param_path": f"{SHIPPED_PREFIX}{name}"}
    return build_config(content)


def change_config(stored: RunConfig, overrides: list[str]) -> RunConfig:
    """Return a configuration changed by overrides; arguments and errors as in `load_stored_config`."""
    if not overrides:
        return stored
    overrides = normalize_arguments(overrides)
    names = [text.lstrip("+~").partition("=")[0] for text in overrides]
    for name, text in zip(names, overrides, strict=True):
        if name in _NOT_CHANGEABLE:
            raise ConfigError(
                f"{text} cannot be changed in an evaluation",
                "keys of model, env, control, exo or cost; results go into the folder of the run",
                f"leave {text} out",
            )
    values = flatten_values(stored)
    formula = values[FORMULA_KEY]
    changed = any(name.split(".")[:2] == FORMULA_KEY.split(".") for name in names)
    if formula is None and changed and stored.cost.target in target_names():
        formula = shipped_formula(stored.cost.target)
    for name, text in zip(names, overrides, strict=True):
        for key in [name, *_keys_of_option(name, text.partition("=")[2])]:
            values.pop(key, None)
    drop_replaced(values, names)
    arguments = [f"{key}={write_value(value)}" for key, value in values.items() if key != FORMULA_KEY]
    if FORMULA_KEY in values or changed:
        # Mappings are merged: without the null the formula would take what it lacks from the default target.
        arguments.append(f"{FORMULA_KEY}=null")
        if formula is not None:
            arguments.append(f"{FORMULA_KEY}={write_value(formula)}")
    return compose_run([*arguments, *overrides]).config


def flatten_values(config: RunConfig) -> dict[str, Any]:
    """Return every value of a configuration by its dotted key."""
    values: dict[str, Any] = {}
    for key in run_keys():
        value = read_key(config, key)
        values[key] = dataclasses.asdict(value) if dataclasses.is_dataclass(type(value)) else value
    return values


def _keys_of_option(group: str, option: str) -> list[str]:
    """Return the keys that an option file of a group sets; none if this is no group option."""
    if group not in group_names() or option not in group_options(group):
        return []
    content = yaml.safe_load((config_folder() / group / f"{option}.yaml").read_text(encoding="utf-8"))
    return [f"{group}.{key}" for key in content] if isinstance(content, dict) else []


def write_value(value: Any) -> str:
    """Write a value so that Hydra's grammar reads the same one; texts in quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(write_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{write_value(item)}" for name, item in value.items()) + "}"
    return "'" + str(value).replace("'", "\\'") + "'"
