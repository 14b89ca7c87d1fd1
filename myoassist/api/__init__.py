"""The Python API: what the commands do, as functions that return objects. Used as `import myoassist as ma`."""

from myoassist.api.comparison import Comparison, compare
from myoassist.api.config import Config, compose
from myoassist.api.lists import (
    list_controllers,
    list_devices,
    list_experiments,
    list_keys,
    list_models,
    list_parameters,
    list_policies,
    list_references,
    list_terms,
)
from myoassist.api.result import Walk
from myoassist.api.run import Run, load_run
from myoassist.api.search import Generation, Rollout, StopSearch, optimize, sweep, train_policy
from myoassist.api.walking import evaluate, simulate

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
