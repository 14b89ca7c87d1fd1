"""Check the options that a run hands to pycma."""

import difflib
from typing import Any

from myoassist.config.errors import ConfigError
from myoassist.config.keys import format_value, is_number

# Options that the run sets itself, with the key that does, or why nothing may: a second place would contradict the
# first.
_OWN_KEYS = {
    "CMA_stds": "optimizer.sigma_gain",
    "maxiter": "optimizer.maxiter",
    "popsize": "optimizer.popsize",
    "randn": "seed",
    "seed": "seed",
}
_OWN_PLACES = {
    "bounds": "the parameter table decides",
    "fixed_variables": "parameters are held with exo.fixed",
    "signals_filename": "Ctrl-C or SIGTERM stop a run",
    "termination_callback": "functions cannot be given in a configuration",
    "transformation": "functions cannot be given in a configuration",
    "verb_append": "the run folder decides what continues",
    "verb_filenameprefix": "the run folder decides the names of files",
    "verb_log": "every generation is logged",
    "verbose": "the progress display is ours",
}


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
            f"optimizer.cma_options={format_value(options)} is not allowed",
            "a mapping, e.g. {tolfun: 1e-9}, or null",
            "'optimizer.cma_options={tolfun: 1e-9}'",
        )
    # Slow to import, so only when needed.
    from cma import CMAOptions

    known = sorted(CMAOptions.defaults())
    for name, value in options.items():
        shown = f"optimizer.cma_options.{name}={format_value(value)}"
        if name in _OWN_KEYS:
            own = _OWN_KEYS[name]
            raise ConfigError(f"{shown} is set by the framework", f"the key {own}", f"{own}={format_value(value)}")
        if name in _OWN_PLACES:
            raise ConfigError(
                f"{shown} is set by the framework",
                f"no value: {_OWN_PLACES[name]}",
                f"leave {name} out of optimizer.cma_options",
            )
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            raise ConfigError(
                f"{shown}: pycma has no such option",
                "an option of cma.CMAOptions",
                f"optimizer.cma_options.{near[0]}={format_value(value)}" if near else "optimizer.cma_options=null",
            )
        if not _is_plain_number(value):
            # pycma evaluates option texts as Python code.
            raise ConfigError(
                f"{shown} is not allowed",
                "a finite number, true, false, null, or a list of numbers",
                f"optimizer.cma_options.{name}=<number>",
            )
    if not isinstance(options.get("CMA_diagonal", False), bool):
        # After a number of generations pycma would change to random numbers that no seed controls.
        raise ConfigError(
            f"optimizer.cma_options.CMA_diagonal={format_value(options['CMA_diagonal'])} is not allowed",
            "true or false: after a number of generations pycma would draw random numbers that no seed controls",
            "optimizer.cma_options.CMA_diagonal=true",
        )
    return dict(options)


def _is_plain_number(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain_number(item) for item in value)
    return value is None or isinstance(value, bool) or is_number(value)
