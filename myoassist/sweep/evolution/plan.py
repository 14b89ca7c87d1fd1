"""Turn what Hydra hands to the sweeper into a checked plan: folder, space, signature, overrides of an individual."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException

from myoassist.check.run import check
from myoassist.config.compose.run import convert_composed, normalize_arguments
from myoassist.config.labels import SWEEPER_GROUPS, default_expname
from myoassist.config.run_names import override_key, quote_value
from myoassist.config.schema.groups import config_folder
from myoassist.config.schema.keys import flatten_keys, run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError, UserError
from myoassist.runs.catalogue import day_folder
from myoassist.runs.differences import to_plain
from myoassist.runs.overrides import format_command
from myoassist.sweep.evolution.constraints import LinearConstraint, read_constraints
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.libraries.library import Library
from myoassist.sweep.evolution.settings import EvolutionOptim, check_optim, count_evaluations
from myoassist.sweep.evolution.space import SWEEP_KEYS, SearchSpace, format_override, read_search_space

# Set by Hydra or by the sweeper itself.
_PLACED = ("hydra.mode=", "hydra.sweep.dir=")


@dataclass
class EvolutionPlan:
    """A checked evolution that has not touched the disk yet.

    Attributes:
        library: Whose optimizers search.
        optim: Its settings.
        space: What it searches.
        constraints: Limits of the space.
        budget: Number of evaluations asked for.
        signature: What makes it this evolution rather than another one.
        name: Name of its folder.
        logdir: Folder given with `logdir=`, or None.
        fresh: Whether an existing folder is set aside.
        resume: auto, never or must.
        arguments: Overrides of the command.
    """

    library: Library
    optim: EvolutionOptim
    space: SearchSpace
    constraints: list[LinearConstraint]
    budget: int
    signature: dict[str, Any]
    name: str
    logdir: Path | None
    fresh: bool
    resume: str
    arguments: list[str]

    def folder(self, today: datetime.date | None = None) -> Path:
        """Return the folder of an evolution that starts now."""
        return self.logdir or day_folder(today) / self.name

    def overrides(self, individual: Individual, folder: Path) -> list[str]:
        """Return the overrides of an individual's job.

        Args:
            individual: The individual.
            folder: Folder of the evolution.
        """
        # Hydra insists that its sweeper is the same in every job.
        return [*self.space.groups, *format_individual(self.space.fixed, individual, folder)]

    def command(self, *changes: str) -> str:
        """Return the command of this evolution with overrides replaced or added."""
        keys = [override_key(change) for change in changes]
        kept = [text for text in self.arguments if override_key(text) not in keys]
        return f"{format_command([*kept, *changes])} --multirun"

    def renamed(self, suffix: str) -> str:
        """Return the command of this evolution under a longer name, or in a folder of a longer name."""
        if self.logdir is not None:
            return self.command(f"logdir={quote_value(self.logdir.as_posix() + suffix)}")
        return self.command(f"expname={quote_value(self.name + suffix)}")


def format_individual(fixed: list[str], individual: Individual, folder: Path) -> list[str]:
    """Return the overrides of an individual's run, which make a command without the evolution.

    Args:
        fixed: Overrides that all individuals share.
        individual: The individual.
        folder: Folder of the evolution.
    """
    searched = [format_override(key, value) for key, value in individual.params.items()]
    place = quote_value((folder / individual.folder).as_posix())
    own = [f"seed={individual.seed}", f"logdir={place}", "expsubdir=null", "resume=auto"]
    return normalize_arguments([*fixed, *searched, *own])


def make_plan(
    library: Library,
    config: DictConfig,
    context: HydraContext,
    optim: Any,
    params: Any,
    constraints: Any,
    arguments: list[str],
) -> EvolutionPlan:
    """Check everything that can be checked before the first run.

    Args:
        library: Whose optimizers search.
        config: Configuration of the sweep as Hydra composed it.
        context: Hydra's context, to compose individuals.
        optim: Node of `EvolutionOptim`.
        params: Node of `hydra.sweeper.params`.
        constraints: Node of `hydra.sweeper.constraints`.
        arguments: Overrides of the task.

    Raises:
        ConfigError: naming the key that is wrong.
    """
    settings = EvolutionOptim(**_resolve(optim, "hydra.sweeper.optim"))
    check_optim(settings)
    _check_search_files(arguments)
    space = read_search_space(_resolve(params, "hydra.sweeper.params"), arguments, context.config_loader)
    limits = read_constraints(_resolve(constraints, "hydra.sweeper.constraints"), space)
    exp = config.hydra.runtime.choices.get("exp")
    name = config.expname or f"{default_expname(exp, space.fixed)}_evolution"
    with read_write(config), open_dict(config):
        config.expname = name
    base = _check_space(config, context, space, limits)
    return EvolutionPlan(
        library,
        settings,
        space,
        limits,
        count_evaluations(settings),
        _sign(settings, space, limits, base),
        name,
        Path(config.logdir).expanduser() if config.logdir else None,
        bool(config.fresh),
        str(config.resume),
        # The sweeper and its settings as well, so that a command made of them is that of this evolution.
        [*arguments, *(text for text in map(str, config.hydra.overrides.hydra) if not text.startswith(_PLACED))],
    )


def _resolve(node: Any, place: str) -> dict[str, Any]:
    """Return a node of the configuration as plain values, `init: ${...}` filled in from the current configuration."""
    if node is None:
        return {}
    try:
        plain = OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
    except OmegaConfBaseException as error:
        raise ConfigError(
            f"{error.full_key or place} cannot be resolved: {str(error).splitlines()[0]}",
            "interpolations of keys that exist, e.g. ${exo.max_torque}",
            f"correct it, or give a value with {error.full_key or place}=...",
        ) from None
    return vars(plain) if isinstance(plain, EvolutionOptim) else dict(cast("dict[str, Any]", plain))


def _check_search_files(arguments: list[str]) -> None:
    """Search spaces are left out of the commands of individuals, so they must not hold anything else."""
    for override in OverridesParser.create().parse_overrides(arguments):
        group = override.key_or_group
        if group not in SWEEPER_GROUPS or override.is_sweep_override():
            continue
        value = override.value()
        for name in value if isinstance(value, list) else [value]:
            file = config_folder() / group / f"{name}.yaml"
            content = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
            others = sorted(set(content or {}) - {"hydra", "defaults"})
            if others:
                raise ConfigError(
                    f"{group}={name} sets {others[0]}",
                    "hydra.sweeper entries only: individuals are run without this file",
                    f"move {others[0]} into an exp file",
                )


def _check_space(config: DictConfig, context: HydraContext, space: SearchSpace, limits: list) -> RunConfig:
    """Compose and validate the corners of the space; return the run that it starts from."""
    corners = {
        "start": {key: _first(entry) for key, entry in space.parameters.items()},
        "lower": {key: entry.get("lower", _first(entry)) for key, entry in space.parameters.items()},
        "upper": {key: entry.get("upper", _first(entry)) for key, entry in space.parameters.items()},
    }
    composed = None
    _check_bounds(space)
    for corner, values in corners.items():
        if corner != "start" and limits:
            # The constraints may be there to keep the individuals out of impossible corners.
            continue
        words = {"start": "the start", "lower": "the lower bounds", "upper": "the upper bounds"}[corner]
        run = _check_point(config, context, space, values, words)
        composed = composed or run
    for key, entry in space.parameters.items():
        for choice in entry.get("choices", [])[1:]:
            # All others as at the start: the combinations are too many.
            shown = format_override(key, choice)
            _check_point(config, context, space, corners["start"] | {key: choice}, f"the choice {shown}")
    assert composed is not None, "the start is always composed"
    return composed


def _check_point(
    config: DictConfig, context: HydraContext, space: SearchSpace, values: dict[str, Any], words: str
) -> RunConfig:
    """Return the run at one point of the space.

    Raises:
        ConfigError: if no run is possible there.
    """
    texts = [
        format_override(key, round(value) if space.parameters[key].get("integer") else value)
        for key, value in values.items()
        if value is not None
    ]
    run = _compose(config, context, normalize_arguments([*space.groups, *space.fixed, *texts]))
    try:
        check(run)
    except UserError as error:
        raise ConfigError(
            f"the search space has {words} where no run is possible: {error.found}", error.expected, error.remedy
        ) from None
    return run


def _check_bounds(space: SearchSpace) -> None:
    """Refuse bounds that a key cannot take by itself, also where constraints keep the corners from being tried.

    Raises:
        ConfigError: naming the parameter, the bound and what the key takes.
    """
    for name, entry in space.parameters.items():
        parent = name.rpartition(".")[0]
        key = run_keys().get(name) or run_keys().get(parent)
        for bound in ("lower", "upper"):
            value = entry.get(bound)
            if key is None or value is None or key.base not in (int, float, dict[str, float]):
                continue
            number = round(value) if key.base is int else value
            try:
                check_value(key, {name.rpartition(".")[2]: number} if key.name == parent else number)
            except ConfigError as error:
                raise ConfigError(
                    f"the search space has a bound that no run can have: {bound} of {name}: {error.found}",
                    error.expected,
                    f"'{name}=interval(<lower>,<upper>)'",
                ) from None


def _compose(config: DictConfig, context: HydraContext, overrides: list[str]) -> RunConfig:
    composed = context.config_loader.load_sweep_config(config, overrides)
    return convert_composed(composed, composed.hydra.runtime.choices, overrides).config


def _first(entry: dict[str, Any]) -> Any:
    if "choices" in entry:
        return entry["choices"][0]
    if entry["init"] is not None:
        return entry["init"]
    return (entry["lower"] + entry["upper"]) / 2


def _sign(optim: EvolutionOptim, space: SearchSpace, limits: list, base: RunConfig) -> dict[str, Any]:
    """Return what two starts of one evolution must have in common."""
    names = ("optimizer", "num_workers", "noisy", "maximize", "seed", "failed_loss")
    return {
        **{name: getattr(optim, name) for name in names},
        "parameters": space.parameters,
        "constraints": {limit.name: limit.describe() for limit in limits},
        "task": _comparable(base, [*space.parameters, *SWEEP_KEYS]),
    }


def _comparable(config: RunConfig, left_out: list[str]) -> dict[str, Any]:
    """Return what makes the runs comparable: key -> value without those that are searched or place a run."""
    flat = flatten_keys(to_plain(config), lambda _, key: key.metadata["change"])
    return {name: value for name, value in flat.items() if name not in left_out}
