"""Everything that is checked of a configuration before a model is loaded, whatever it is to be used for.

A run, a grid, an evolution, an evaluation and every other command ask `check`, once per configuration. It reads the
files that the configuration names too, so that a sweep is refused before its first job and not by each of its jobs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from myoassist.check.between import check_between, check_start, check_task
from myoassist.check.control import check_control
from myoassist.check.cost import check_cost, check_reference, check_terms
from myoassist.check.env import check_env, check_motion, check_support
from myoassist.check.exo import check_exo
from myoassist.check.model import check_model
from myoassist.check.optimizer import check_optimizer, check_search
from myoassist.check.rl import check_rl
from myoassist.check.tools import check_tracking, check_watch
from myoassist.check.values import check_values
from myoassist.config.entries.search_stages import plan_stages, stage_config
from myoassist.config.run_names import check_place
from myoassist.config.schema.own_code import check_plugins, is_own, user_files
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError, UserError

# Each looks at its group alone.
GROUPS = (check_rl, check_control, check_exo, check_env, check_cost, check_optimizer, check_model)


def check(config: RunConfig, *, starts: bool = True, held: bool = False) -> None:
    """Refuse a run that cannot work; no model is loaded and no code of the user runs.

    What only that code can tell is left to `check.code.import_code`.

    Args:
        config: Composed configuration.
        starts: Whether it is to be searched or trained; otherwise what that begins with does not matter.
        held: Whether the pelvis may be held: in a stage of a search alone.

    Raises:
        UserError: naming the key or file, what was expected and what helps.
    """
    check_values(config)
    if not held:
        check_support(config.env)
    check_place(config.expname, config.expsubdir)
    check_task(config)
    for check_group in GROUPS:
        check_group(config)
    check_between(config)
    check_plugins(config.plugins)
    if starts:
        check_tracking(config)
        check_watch(config)
    if config.task == "rl":
        check_motion(config.env)
    elif config.task == "search":
        check_search(config, starts=starts)
        _check_stages(config, starts=starts)
        if user_files(config):
            check_reference(config.cost)
        else:
            check_terms(config.cost)
        if starts and not (is_own(config.control.controller) or is_own(config.exo.controller)):
            check_start(config)


def check_own_parts(config: RunConfig, *, starts: bool = True) -> None:
    """Refuse what only code of the user can tell of a run: terms of its cost, parameters of its controllers.

    Args:
        config: Checked configuration, whose code has been imported.
        starts: As in `check`.

    Raises:
        UserError: naming the key or file, what was expected and what helps.
    """
    if config.task != "search":
        return
    check_terms(config.cost)
    for place, own in _stage_configs(config):
        with _in_stage(place):
            check_terms(own.cost)
    if starts and (is_own(config.control.controller) or is_own(config.exo.controller)):
        check_start(config)


def _check_stages(config: RunConfig, *, starts: bool) -> None:
    """Refuse a stage of a search that judges by what cannot work."""
    for place, own in _stage_configs(config):
        with _in_stage(place):
            check(own, starts=starts, held=True)


def _stage_configs(config: RunConfig) -> Iterator[tuple[str, RunConfig]]:
    for stage in plan_stages(config.optimizer):
        yield f"stage {stage.name} of the search", stage_config(config, stage)


@contextmanager
def _in_stage(place: str) -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise ConfigError(f"{place}: {error.found}", error.expected, error.remedy) from error
