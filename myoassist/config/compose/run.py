"""Turn command-line arguments into one run configuration."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf, open_dict

from myoassist.config.compose.subject_path import register_search_path
from myoassist.config.compose.text_values import keep_text
from myoassist.config.entries.launchers import LAUNCHER
from myoassist.config.hydra.flags import ROOT_CONFIG
from myoassist.config.hydra.keys import check_places
from myoassist.config.hydra.rewording import check_overrides, reword
from myoassist.config.labels import default_expname, is_hydra_override, is_task_override, sweep_label
from myoassist.config.schema.aliases import apply_aliases
from myoassist.config.schema.cost_formula import settle_formula
from myoassist.config.schema.groups import config_folder, describe_experiments, group_names, group_options
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.plant import settle_plant
from myoassist.config.schema.rl import NETWORKS_KEY, REWARDS_KEY
from myoassist.config.schema.run import RunConfig
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError

# Value of expsubdir that stands for the label of what is swept.
AUTOMATIC = "auto"
# Mappings with keys of the user's choice: Hydra takes new keys only with ++, which nobody should have to know.
_FREE_MAPPINGS = (
    "cost.formula",
    "cost.weights",
    "cost.reference_signs",
    "cost.reference_offsets",
    "model.muscle_strength",
    "model.segment_scale",
    "optimizer.cma_options",
    f"{REWARDS_KEY}.qpos_imitation_rewards",
    f"{REWARDS_KEY}.qvel_imitation_rewards",
    f"{NETWORKS_KEY}.net_arch",
    f"{NETWORKS_KEY}.net_indexing_info",
    f"{LAUNCHER}.additional_parameters",
    "hydra.job.env_set",
)
_FREE_MAPPING_ARGUMENT = re.compile(rf"^\+{{0,2}}((?:{'|'.join(map(re.escape, _FREE_MAPPINGS))})(?:\.[^=]+)?=)")


@dataclass(frozen=True)
class ComposedRun:
    """One run, composed but not yet validated.

    Attributes:
        config: The configuration with nested dataclasses; `expname` is filled in.
        exp: The chosen experiment, or None.
        overrides: Overrides of the task as typed, without exp, expname, logdir, resume, fresh and Hydra's own.
        all_overrides: Every override as typed, Hydra's own left out: what to type to get this run again.
    """

    config: RunConfig
    exp: str | None
    overrides: list[str]
    all_overrides: list[str]


def register_schemas() -> None:
    """Make the dataclasses known to Hydra, so that unknown keys and wrong types fail in composition."""
    ConfigStore.instance().store(name="run_schema", node=RunConfig, provider="myoassist", replace=True)
    register_search_path()


def normalize_arguments(arguments: list[str]) -> list[str]:
    """Rewrite spellings that Hydra refuses or changes although their meaning is plain.

    A + before a key or group that exists is dropped (`+overlays=x`, `+seed=1`), keys below free mappings such as
    `cost.weights` may be new, and texts stay as they are typed (`expname=1e3`).
    """
    existing = {*run_keys(), *group_names(), "overlays"}
    normalized = []
    for argument in arguments:
        plain = argument.lstrip("+")
        key = plain.partition("=")[0]
        # Of the settings of a launcher none can be added.
        kept = plain if key in existing or key.startswith(f"{LAUNCHER}.") else argument
        normalized.append(_FREE_MAPPING_ARGUMENT.sub(r"++\1", keep_text(kept)))
    return normalized


def compose_run(arguments: list[str]) -> ComposedRun:
    """Compose one run out of `key=value` arguments.

    Args:
        arguments: Overrides in Hydra's grammar, e.g. `["exp=exo_npoint", "seed=1"]`; no flags.

    Raises:
        ConfigError: for an unknown key or option, a wrong type, a list of values without --multirun, or bad syntax.
    """
    register_schemas()
    normalized = normalize_arguments(arguments)
    with rewording_errors(normalized):
        check_overrides(normalized)
        with initialize_config_dir(str(config_folder()), job_name="train"):
            composed = compose(ROOT_CONFIG, normalized, return_hydra_config=True)
        check_places(composed.hydra)
        return convert_composed(composed, composed.hydra.runtime.choices, normalized)


def convert_composed(
    composed: DictConfig, choices: Mapping[str, Any], overrides: list[str], swept: Collection[str] | None = None
) -> ComposedRun:
    """Make dataclasses of what Hydra composed, with or without its `hydra` node.

    Args:
        composed: Configuration whose root has the run schema.
        choices: Chosen option of every group.
        overrides: The normalized overrides that led to it.
        swept: Keys that name the folder of the run with `expsubdir=auto`; every overridden one where not given.

    Raises:
        ConfigError: if a choice needs a key that is not given.
    """
    composed = composed.copy()
    if "hydra" in composed:
        with open_dict(composed):
            del composed["hydra"]
    exp = choices.get("exp")
    parsed = OverridesParser.create().parse_overrides(overrides)
    task = [override.input_line or "" for override in parsed if is_task_override(override)]
    own = [override.input_line or "" for override in parsed if not is_hydra_override(override)]
    # Interpolations stay: expname has to be there before any of them is resolved, because logdir may hold ${expname}.
    plain = OmegaConf.to_container(composed, resolve=False)
    assert isinstance(plain, dict)
    if plain.get("expsubdir") == AUTOMATIC:
        inner = [text for text in task if swept is None or _key(text) in swept]
        composed.expsubdir = sweep_label(inner) or None
        outer = [text for text in task if text not in inner]
    else:
        outer = task
    if plain.get("expname") is None:
        composed.expname = default_expname(exp, outer)
    config = OmegaConf.to_object(composed)
    if not isinstance(config, RunConfig):
        raise ConfigError("configs/config.yaml does not start from run_schema", "`defaults: [run_schema, ...]`")
    settle_formula(config.cost, choices.get("cost"))
    settle_plant(config.model, published=config.task == "rl" or config.model.path is not None)
    apply_aliases(config, [override.key_or_group for override in parsed], check_value)
    if choices.get("model") == "custom" and config.model.path is None:
        raise ConfigError("model=custom without model.path", "the path of an MJCF file", "model.path=<file.xml>")
    return ComposedRun(config, exp, [_as_typed(line) for line in task], [_as_typed(line) for line in own])


def require_experiment(arguments: list[str]) -> None:
    """Refuse arguments that choose no experiment.

    Raises:
        ConfigError: with the list of experiments.
    """
    if not any(argument.lstrip("+").startswith("exp=") for argument in arguments):
        for name in group_options("exp"):
            if name in arguments:
                raise ConfigError(
                    f"'{name}' alone is no argument", "key=value; an experiment is chosen by exp=", f"exp={name}"
                )
        raise ConfigError(
            "no experiment is chosen",
            f"exp=<name>, one of\n{describe_experiments()}",
            "bash scripts/local.sh scripts/train.sh exp=tutorial",
        )


@contextmanager
def rewording_errors(arguments: list[str]) -> Iterator[None]:
    """Turn the errors of Hydra and OmegaConf raised inside into a ConfigError."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        yield
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError) as error:
        raise reword(error, arguments) from error


def _key(override: str) -> str:
    """Return the key or group that an override sets."""
    return OverridesParser.create().parse_override(override).key_or_group


def _as_typed(override: str) -> str:
    """Take back the ++ of `normalize_arguments`."""
    return _FREE_MAPPING_ARGUMENT.sub(r"\1", override)
