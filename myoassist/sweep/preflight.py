"""Everything that can be checked of a run before a model is loaded: the same for one run, a grid and an evolution.

What a run names is read here, so that a sweep is refused before its first job and not by each of its jobs.
"""

import warnings
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from myoassist.config.own_code import is_own, user_files
from myoassist.config.rl_schemas import BASE_ENV
from myoassist.config.schemas import RunConfig
from myoassist.config.start_point import resolve_param_path
from myoassist.config.validate import validate_config
from myoassist.cost.targets import check_cost
from myoassist.files.errors import ConfigError, UserError
from myoassist.gait.own_reference import load_reference as load_gait
from myoassist.gait.reference_edits import edits_of
from myoassist.model.devices import check_device, device_of
from myoassist.model.strength import check_strength, library_muscles
from myoassist.optimize.conditions import condition_kind, list_conditions
from myoassist.optimize.optimizers.registry import check_optimizer
from myoassist.optimize.vector_file import find_vector_file, read_vector
from myoassist.rl.reference_check import check_units
from myoassist.rl.reference_file import load_reference as load_motion

# Files that have been found good, by what they were when they were read: jobs of a grid mostly name the same ones.
_GOOD: set[Hashable] = set()


def check_run(config: RunConfig) -> None:
    """Refuse a run that cannot work, code of the user not imported.

    Raises:
        UserError: naming the key, what was expected and what helps.
    """
    check_keys(config)
    if user_files(config) and config.task == "search":
        # Its terms and parameters are unknown as yet; the rest is not.
        if config.cost.reference is not None:
            edits = edits_of(config.cost)
            _once(config.cost.reference, edits.describe(), lambda: load_gait(config.cost.reference, edits))
        check_optimizer(config.optimizer)
        list_conditions(config)
        if not (is_own(config.control.controller) or is_own(config.exo.controller)):
            _check_start(config)
    else:
        check_files(config)


def check_keys(config: RunConfig) -> None:
    """Refuse keys, values, and pairs of them; of files only what they are is looked at.

    Raises:
        UserError: naming the key, what was expected and what helps.
    """
    validate_config(config)
    check_device(config)
    if config.model.path is None and config.model.muscle_strength:
        check_strength(config.model.muscle_strength, library_muscles(config.model))


def check_files(config: RunConfig) -> None:
    """Refuse what is in the files that a run names, and a cost that cannot be computed; plugins have been imported.

    Raises:
        UserError: naming the key, what was expected and what helps.
    """
    if config.task == "search":
        check_cost(config.cost)
        check_optimizer(config.optimizer)
        list_conditions(config)
        _check_start(config)
    elif config.task == "rl":
        path = config.env.reference_data_path
        if path is not None and config.env.env_id != BASE_ENV:
            _once(path, "motion", lambda: check_units(load_motion(path)))


def _check_start(config: RunConfig) -> None:
    """Refuse a start vector that cannot be read, or, of one walk of a library model, that has another layout."""
    path = resolve_param_path(config.optimizer.param_path)
    if path is None:
        return
    try:
        file = find_vector_file(path)
    except UserError as error:
        key = f"optimizer.param_path={config.optimizer.param_path}"
        raise ConfigError(f"{key}: {error.found}", error.expected, error.remedy) from error
    model = config.model
    if model.path is not None or condition_kind(config.optimizer) is not None:
        _once(str(file), "vector", lambda: read_vector(file))
        return
    # Late: parameters come from compiled controllers.
    from myoassist.control.table import table_of
    from myoassist.optimize.start import load_start

    table = table_of(config, 2 if model.musculature == 22 else 3, device_of(model))

    def load() -> None:
        with warnings.catch_warnings():
            # The run itself says what it changes in the vector.
            warnings.simplefilter("ignore")
            load_start(config, table)

    _once(str(file), repr(table.parameters), load)


def _once(path: str | None, how: str, check: Callable[[], Any]) -> None:
    """Check a file unless it has been found good as it is now."""
    try:
        state = Path(str(path)).expanduser().stat()
    except OSError:
        # Shipped files, and those whose absence the check has words for.
        check()
        return
    key = (str(path), how, state.st_mtime_ns, state.st_size, state.st_ino)
    if key not in _GOOD:
        check()
        _GOOD.add(key)
