"""Optimize and train walking humans with exoskeletons and prostheses in MuJoCo: `import myoassist as ma`.

`ma.compose`, `ma.optimize`, `ma.evaluate` and the other functions of `myoassist.api` do in Python what the commands do.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from myoassist.config.cache import use_kernel_cache, use_matplotlib_cache

if TYPE_CHECKING:
    # What a type checker sees; at run time each is loaded when it is used.
    from myoassist.api import (
        Comparison,
        Config,
        Generation,
        Rollout,
        Run,
        StopSearch,
        Walk,
        compare,
        compose,
        evaluate,
        list_controllers,
        list_devices,
        list_experiments,
        list_keys,
        list_models,
        list_parameters,
        list_policies,
        list_references,
        list_terms,
        load_run,
        optimize,
        simulate,
        sweep,
        train_policy,
    )

__version__ = "0.1.0"

# The names of myoassist.api, which is loaded with the first of them.
__all__ = [
    "Comparison",
    "Config",
    "Generation",
    "Rollout",
    "Run",
    "StopSearch",
    "Walk",
    "compare",
    "compose",
    "evaluate",
    "list_controllers",
    "list_devices",
    "list_experiments",
    "list_keys",
    "list_models",
    "list_parameters",
    "list_policies",
    "list_references",
    "list_terms",
    "load_run",
    "optimize",
    "simulate",
    "sweep",
    "train_policy",
]
_API = "myoassist.api"
# Functions that share their name with a module, which stays what it is and answers calls as the function.
_CALLED_MODULES = ("evaluate", "optimize", "sweep")

use_kernel_cache()
use_matplotlib_cache()


class _CalledModule(ModuleType):
    """A module that answers calls as the function of the API that has its name."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.__wrapped__(*args, **options)

    @property
    def __wrapped__(self) -> Any:
        # `from myoassist.api import optimize` finds the function, which help and signatures show.
        return getattr(import_module(_API), self.__name__.rpartition(".")[2])


class _Package(ModuleType):
    """This package, which lets the modules that share a name with a function answer calls."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _CALLED_MODULES and type(value) is ModuleType:
            value.__class__ = _CalledModule
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in _CALLED_MODULES:
        return import_module(f"{__name__}.{name}")
    if name in __all__:
        return getattr(import_module(_API), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
