"""Run Hydra's own command line: sweeps and the inspection of configurations."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from omegaconf import DictConfig

from myoassist.config.compose.run import (
    ROOT_CONFIG,
    ComposedRun,
    convert_composed,
    normalize_arguments,
    register_schemas,
    require_experiment,
    rewording_errors,
)
from myoassist.config.hydra.flags import check_flags, split_flags
from myoassist.config.hydra.keys import check_places, explain_target
from myoassist.config.hydra.rewording import check_overrides, check_sweep_overrides
from myoassist.config.schema.groups import config_folder
from myoassist.files.errors import ConfigError

# What `_target_` may name besides Hydra's own choice of logging classes; files of others are read too (--config-dir).
_EXECUTABLE = [
    "myoassist.*",
    "hydra._internal.core_plugins.*",
    "hydra_plugins.*",
]
_INSPECTION_FLAGS = ("-h", "--help", "--hydra-help", "--version", "-c", "--cfg", "-i", "--info", "-sc")


def is_hydra_command(arguments: list[str]) -> bool:
    """Tell whether the arguments hold a flag, which only Hydra's own command line reads."""
    return any(argument.startswith("-") for argument in arguments)


def run_hydra_command(arguments: list[str], task: Callable[[DictConfig], Any]) -> int:
    """Hand arguments with flags to Hydra: --multirun, --cfg, --info, --help, --hydra-help.

    Args:
        arguments: Overrides and flags.
        task: Importable function that Hydra calls once per run; `composed_job` reads what it is handed.

    Returns:
        Exit code.

    Raises:
        ConfigError: when a configuration cannot be composed.
    """
    check_flags(arguments)
    arguments = normalize_arguments(arguments)
    flags, overrides = split_flags(arguments)
    if "--hydra-help" in flags:
        # It is about Hydra alone, and overrides would be looked for in a configuration without experiments.
        arguments = ["--hydra-help"]
    elif "--multirun" in flags:
        check_sweep_overrides(overrides)
    elif not flags.keys() - {"--run", "--config-dir"}:
        check_overrides(overrides, added="--config-dir" in flags)
    if not any(argument.split("=")[0] in _INSPECTION_FLAGS for argument in arguments):
        require_experiment(arguments)
    register_schemas()
    with ExitStack() as stack:
        stack.enter_context(_argv(arguments))
        # Without this, Hydra prints errors itself and exits with 1.
        stack.enter_context(_environment("HYDRA_FULL_ERROR", "1"))
        stack.enter_context(rewording_errors(arguments))
        try:
            main = hydra.main(
                config_path=str(config_folder()), config_name=ROOT_CONFIG, execution_whitelist=_EXECUTABLE
            )
            main(task)()
        except (InstantiationException, RuntimeError, ValueError, TypeError) as error:
            refusal = _refused_target(error)
            if refusal is None:
                raise
            raise refusal from error
        except SystemExit as stop:
            return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def _refused_target(error: Exception) -> ConfigError | None:
    """Return the refusal of a `_target_` or logging class in our words; None for any other error."""
    if isinstance(error.__cause__, ConfigError):
        return error.__cause__
    if explained := explain_target(error):
        return explained
    text = " ".join(str(error).split())
    if not isinstance(error, InstantiationException) and "Unknown plugin class" not in text and "whitelist" not in text:
        return None
    return ConfigError(
        f"the configuration names something that may not run: {text[:400]}",
        "_target_ and logging classes of myoassist, Hydra and its plugins",
        "take that line out of the experiment; code of your own comes with plugins=[file.py]",
    )


def composed_job(composed: DictConfig) -> ComposedRun:
    """Return the run that Hydra composed for the job that is running now.

    Args:
        composed: What Hydra handed to the task function.
    """
    record = HydraConfig.get()
    check_places(record)
    with rewording_errors(list(record.overrides.task)):
        return convert_composed(composed, record.runtime.choices, list(record.overrides.task))


@contextmanager
def _argv(arguments: list[str]) -> Iterator[None]:
    """Put arguments where Hydra looks for them."""
    before = sys.argv
    sys.argv = ["myoassist train", *arguments]
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
