"""Values between commas, ranges and patterns: refuse those that stand for nothing."""

from hydra.core.override_parser.types import Glob, IntervalSweep, Override, RangeSweep

from myoassist.config.schema.groups import group_options
from myoassist.files.errors import ConfigError


def check_counted(override: Override) -> None:
    """Refuse an interval where values are counted through, and what `check_values` refuses.

    Raises:
        ConfigError: naming the override.
    """
    key, typed = override.key_or_group, override.input_line
    if isinstance(override.value(), IntervalSweep):
        raise ConfigError(
            f"{typed}: an interval has no values that a grid could count",
            f"values, {key}=1,2,3, or a range, '{key}=range(1,4)'; an evolution searches intervals",
            f"evo=evo '{typed}'",
        )
    check_values(override)


def check_values(override: Override) -> None:
    """Refuse a sweep over no value at all.

    Args:
        override: Any override, parsed with a loader that knows the options of groups.

    Raises:
        ConfigError: naming it.
    """
    key, typed, value = override.key_or_group, override.input_line, override.value()
    if not override.is_sweep_override() or isinstance(value, IntervalSweep):
        return
    if isinstance(value, RangeSweep) and not value.step:
        raise ConfigError(f"{typed}: with a step of 0 it never ends", "another step", f"'{key}=range(1,4,1)'")
    if next(override.sweep_iterator(), None) is not None:
        return
    expected, remedy = "a range that holds a value, e.g. range(1,4) for 1, 2 and 3", f"'{key}=range(1,4)'"
    if isinstance(value, Glob):
        names = group_options(key)
        expected = f"a pattern that matches one of {', '.join(names)}" if names else f"values; {key} has no options"
        remedy = f"'{key}=glob(*)'   (all of them)" if names else f"{key}=<value>,<value>"
    raise ConfigError(f"{typed} stands for no value, so there is nothing to run", expected, remedy)
