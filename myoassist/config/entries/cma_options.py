"""Check the options that a run hands to pycma."""

from collections.abc import Callable
from typing import Any

from myoassist.config.entries.load_cma import load_cma
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_override, format_value, is_number, run_keys
from myoassist.config.schema.run import OptimizerConfig
from myoassist.config.schema.values import understand_item, understand_value
from myoassist.files.errors import ConfigError

# Initial standard deviation of a search with optimizer.sigma_gain=1.
SIGMA_0 = 0.01
_KEY = "optimizer.cma_options"


def _gain(value: Any) -> float | None:
    """Return the sigma_gain of a standard deviation; None for several different ones."""
    widths = value if isinstance(value, list) and value else [value]
    if not all(type(width) in (int, float) and width == widths[0] for width in widths):
        return None
    # 0.3 / 0.01 is 30 but for rounding.
    return float(f"{widths[0] / SIGMA_0:.12g}")


# Options that the run sets itself, with the key that does, and the value that says the same there: a second place would
# contradict the first.
_OWN_KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "CMA_stds": ("optimizer.sigma_gain", _gain),
    "maxiter": ("optimizer.maxiter", lambda value: value),
    "popsize": ("optimizer.popsize", lambda value: value),
    "seed": ("seed", lambda value: value or None),  # 0 is the clock in pycma
    "sigma0": ("optimizer.sigma_gain", _gain),
}
_NO_FUNCTIONS = "functions and classes cannot be given in a configuration"
_OWN_PLACES = {
    "BoundaryHandler": _NO_FUNCTIONS,
    "CMA_eigenmethod": _NO_FUNCTIONS,
    "CMA_sampler": _NO_FUNCTIONS,
    "CMA_sampler_options": "the sampler is pycma's own",
    "bounds": "the parameter table decides",
    "fixed_variables": "parameters are held with exo.fixed",
    "integer_variables": "no parameter is an integer",
    "is_feasible": _NO_FUNCTIONS,
    "randn": "the key seed chooses the random numbers",
    "scaling_of_variables": "the parameter table scales, and pycma has given this option up",
    "signals_filename": "Ctrl-C or SIGTERM stop a run",
    "termination_callback": _NO_FUNCTIONS,
    "transformation": _NO_FUNCTIONS,
    "typical_x": "the parameter table shifts, and pycma has given this option up",
    "verb_append": "the run folder decides what continues",
    "verb_filenameprefix": "the run folder decides the names of files",
    "verb_log": "every generation is logged",
    "verbose": "the progress display is ours",
    "vv": "it is a place for experiments inside of pycma",
}
# Options that take a list; the others take one number.
_LISTS = (
    *("CMA_recombination_weights", "CMA_teststds", "CSA_clip_length_value", "conditioncov_alleviate"),
    *("maxstd", "minstd", "tolxstagnation"),
)
_OTHER_NAMES = {"lambda": "popsize", "lam": "popsize", "population_size": "popsize", "sigma": "sigma0"}


def check_cma_options(options: Any) -> dict[str, Any]:
    """Return the options of `optimizer.cma_options`, empty for null.

    Raises:
        ConfigError: if they are no mapping, name an option that pycma lacks or that the run sets itself, or hold what
            is neither a number nor a truth value.
    """
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise ConfigError(
            f"{_KEY}={format_value(options)} is not allowed",
            "a mapping, e.g. {tolfun: 1e-9}, or null",
            f"'{_KEY}={{tolfun: 1e-9}}' for one option, or {_KEY}=null",
        )
    for name, value in options.items():
        _check_option(str(name), value)
    return dict(options)


def check_diagonal(optimizer: OptimizerConfig) -> None:
    """Refuse generations with a diagonal covariance that pycma does not count, or that cma_options speak of too.

    Raises:
        ConfigError: naming the key.
    """
    generations, options = optimizer.diagonal_generations, optimizer.cma_options
    shown = f"optimizer.diagonal_generations={generations}"
    if generations == 1:
        raise ConfigError(shown, "0 for none, or 2 and more", "optimizer.diagonal_generations=2")
    if generations and isinstance(options, dict) and "CMA_diagonal" in options:
        raise ConfigError(
            f"{shown} with {_KEY}.CMA_diagonal={format_value(options['CMA_diagonal'])}",
            "one of them",
            f"leave CMA_diagonal out of {_KEY}",
        )


def _whole(value: Any) -> str:
    return str(value) if type(value) is int and value > 1 else "<generations>"


def _check_option(name: str, value: Any) -> None:
    known = load_cma().CMAOptions.defaults()
    shown = f"{_KEY}.{name}={format_value(value)}"
    if name in _OWN_KEYS:
        key, convert = _OWN_KEYS[name]
        meaning = f": the initial standard deviation is {SIGMA_0:g} times it" if convert is _gain else ""
        raise ConfigError(f"{shown} is set by the framework", f"the key {key}{meaning}", _suggest(name, value))
    if name in _OWN_PLACES:
        raise ConfigError(
            f"{shown} is set by the framework", f"no value: {_OWN_PLACES[name]}", f"leave {name} out of {_KEY}"
        )
    if name not in known:
        near = _OTHER_NAMES.get(name.casefold()) or nearest_name(name, [*known, *_OWN_KEYS])
        raise ConfigError(
            f"{shown}: pycma has no such option",
            "an option of cma.CMAOptions",
            _suggest(near, value) if near else f"leave {name} out of {_KEY}",
        )
    # After a number of generations pycma would change to random numbers that no seed controls.
    if name == "CMA_diagonal" and not isinstance(value, bool):
        raise ConfigError(
            f"{shown} is not allowed",
            "true (the whole search) or false; after a number of generations pycma would draw random numbers that no "
            "seed controls, so optimizer.diagonal_generations does that",
            f"{_KEY}.{name}=false"
            if value == 0
            else f"leave {name} out of {_KEY}; optimizer.diagonal_generations={_whole(value)}",
        )
    if not _is_plain_number(value) or (isinstance(value, list) and name not in _LISTS):
        # pycma evaluates option texts as Python code.
        kinds = "a finite number, true, false, null" + (", or a list of numbers" if name in _LISTS else "")
        raise ConfigError(f"{shown} is not allowed", kinds, _suggest(name, value))


def _suggest(name: str, value: Any) -> str:
    """Return the assignment that does what was meant by an option, or what to do without it."""
    if name in _OWN_KEYS:
        key, convert = _OWN_KEYS[name]
        number = understand_item(float, value) if isinstance(value, str) else value
        meant = understand_value(run_keys()[key], convert(number))
        return (
            format_override(key, meant) if meant is not None else f"leave {name} out of {_KEY}; {key}=<value> sets it"
        )
    number = understand_item(float, value) if isinstance(value, str) else value
    if name not in _OWN_PLACES and _is_plain_number(number) and (name in _LISTS or not isinstance(number, list)):
        return format_override(f"{_KEY}.{name}", number)
    return f"leave {name} out of {_KEY}" if name in _OWN_PLACES else f"{_KEY}.{name}=<number>, or leave it out"


def _is_plain_number(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain_number(item) for item in value)
    return value is None or isinstance(value, bool) or is_number(value)
