"""Rules of the group `optimizer`: what a search starts from, its algorithm, its conditions."""

from myoassist.check.files import check_exists, check_once
from myoassist.check.schedule import check_schedule
from myoassist.config.entries.cma_options import check_cma_options
from myoassist.config.entries.search_stages import plan_stages
from myoassist.config.run_names import check_suffix
from myoassist.config.schema.run import OptimizerConfig, RunConfig
from myoassist.files.errors import ConfigError, UserError
from myoassist.optimize.conditions import list_conditions
from myoassist.optimize.optimizers.registry import check_options
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.runs.named_files import resolve_param_path


def check_optimizer(config: RunConfig) -> None:
    """Refuse values that exclude each other, and files that are not there; none is read.

    Raises:
        ConfigError: naming the key.
    """
    optimizer = config.optimizer
    if config.task != "rl":
        _check_start_keys(optimizer)
        plan_stages(optimizer)
    check_suffix(optimizer.run_suffix)
    check_cma_options(optimizer.cma_options)
    check_exists("optimizer.pickle_path", optimizer.pickle_path, "a pickle file or a run folder", folder=True)
    resolve_param_path(optimizer.param_path)


def check_search(config: RunConfig, *, starts: bool) -> None:
    """Refuse conditions that are none, options that the algorithm does not know, and a start that holds no vector.

    Args:
        config: Configuration of task=search.
        starts: Whether a search starts; otherwise algorithm and start do not matter.

    Raises:
        UserError: naming the key or file.
    """
    if starts:
        check_options(config.optimizer)
        check_schedule(config.optimizer)
    list_conditions(config)
    path = resolve_param_path(config.optimizer.param_path)
    if not starts or path is None:
        return
    try:
        file = find_vector_file(path)
    except UserError as error:
        key = f"optimizer.param_path={config.optimizer.param_path}"
        raise ConfigError(f"{key}: {error.found}", error.expected, error.remedy) from error
    check_once(str(file), "vector", lambda: read_vector(file))


def _check_start_keys(optimizer: OptimizerConfig) -> None:
    if optimizer.param_path is not None and optimizer.pickle_path is not None:
        raise ConfigError(
            f"optimizer.param_path={optimizer.param_path} with optimizer.pickle_path={optimizer.pickle_path}",
            "one of them: a start vector, or a complete state of a search",
            "optimizer.param_path=null (or optimizer.pickle_path=null)",
        )
    if optimizer.mode == "evaluate" and optimizer.pickle_path is not None:
        raise ConfigError(
            f"optimizer.mode=evaluate with optimizer.pickle_path={optimizer.pickle_path}",
            "optimizer.param_path: evaluate simulates one parameter vector",
            "optimizer.pickle_path=null optimizer.param_path=<file or run folder>",
        )
