"""Say what Hydra and OmegaConf object to in the words of this project: key, value, expectation, remedy."""

import re
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, QuotedString
from hydra.errors import HydraException, MissingConfigException
from omegaconf.errors import InterpolationResolutionError, OmegaConfBaseException, ValidationError
from yaml.error import MarkedYAMLError

from myoassist.config.hydra.flags import config_folders
from myoassist.config.hydra.grammar import explain_syntax
from myoassist.config.hydra.keys import check_single_run, check_sweep, explain_hydra_key, explain_missing
from myoassist.config.hydra.option_file import explain_option_file, show_option_file
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.groups import describe_experiments, group_names, group_options
from myoassist.config.schema.keys import Key, closest, describe_expected, format_override, format_value, run_keys
from myoassist.config.schema.values import suggest_override, understand_value
from myoassist.files.errors import ConfigError

LIST_KEYS_HINT = "`myoassist train --cfg job` prints every key with its value"


def check_overrides(arguments: list[str], added: bool = False) -> None:
    """Refuse bad syntax, value lists and settings meant for a sweep, and group options that do not exist.

    Args:
        arguments: Overrides.
        added: Whether a folder of options is added, which may hold any option.

    Raises:
        ConfigError: naming the argument.
    """
    overrides = [_parse(argument) for argument in arguments]
    # What no folder has, the composition refuses.
    added = added or bool(config_folders(arguments))
    for argument, override in zip(arguments, overrides, strict=True):
        if override.is_sweep_override():
            raise _several_values(argument, override.key_or_group)
        if override.key_or_group in group_names() and not override.is_delete() and not added:
            _check_option(override)
    check_single_run(overrides)


def check_sweep_overrides(arguments: list[str]) -> None:
    """Refuse bad syntax in the overrides of a sweep, and what is wrong with those of Hydra itself.

    Raises:
        ConfigError: naming the argument.
    """
    check_sweep([_parse(argument) for argument in arguments])


def _several_values(argument: str, name: str) -> ConfigError:
    """Return the error of a value list in a single run; a number with a comma in it is no list."""
    key, text = run_keys().get(name), argument.partition("=")[2]
    meant = understand_value(key, text) if key else None
    return ConfigError(
        f"{argument} gives several values, but this is a single run",
        f"one value (a list as one value is written {name}=[{text}]), or --multirun to run every combination",
        f"{format_override(name, meant)} for one number, or add --multirun" if meant is not None else "add --multirun",
    )


def _parse(argument: str) -> Override:
    try:
        override = OverridesParser.create().parse_override(argument)
    except HydraException as error:
        if "=" in argument and (explained := explain_syntax(argument, error)):
            raise explained from error
        remedy = "put arguments with spaces, brackets or $ in quotes: 'expname=run_${seed}'"
        if "=" not in argument:
            remedy = f"{argument}=<value>" if argument in run_keys() else LIST_KEYS_HINT
        raise ConfigError(f"{argument!r} cannot be read", "key=value or group=option", remedy) from error
    if not override.key_or_group:
        raise ConfigError(f"{argument!r} names no key", "key=value or group=option", LIST_KEYS_HINT)
    return override


def _check_option(override: Override) -> None:
    group, value = override.key_or_group, override.value()
    options = group_options(group)
    # A list selects several options, which Hydra resolves and checks itself.
    if value in options or isinstance(value, list):
        return
    shown = format_value(value)
    if group == "exp":
        expected = f"exp=<name>, one of\n{describe_experiments()}"
    else:
        expected = f"{group}=<one of {', '.join(options)}>"
    near = nearest_name(shown, options)
    raise ConfigError(
        f"{group}={shown} does not exist", expected, f"{group}={near}" if near else f"{group}=<one of these>"
    )


def reword(error: Exception, arguments: list[str]) -> ConfigError:
    """Return the ConfigError that says the same as an error of Hydra or OmegaConf.

    Args:
        error: What composition raised.
        arguments: The normalized command-line arguments, searched for the value that was refused.
    """
    cause = _omegaconf_cause(error)
    if explained := explain_option_file(error, arguments):
        return explained
    if isinstance(error, MissingConfigException):
        return _missing_option(error)
    if isinstance(cause, InterpolationResolutionError):
        key = cause.full_key or "a key"
        if "Missing mandatory value: hydra." in str(cause):
            return explain_missing(key, _typed(key, arguments))
        return ConfigError(
            f"{_typed(key, arguments) or key}: {_first_line(cause)}",
            "${...} around the name of an existing key, e.g. ${seed} or ${exo.n_points}",
            "correct the name between the braces",
        )
    key = _refused_key(cause, error)
    typed = _typed(key, arguments)
    where = re.match(r"In '(.+?)'", str(error))
    if explained := explain_hydra_key(key, typed, cause, str(error)):
        place = f"{show_option_file(where[1], arguments)}: " if where else ""
        return ConfigError(place + explained.found, explained.expected, explained.remedy)
    if where and cause is None and key:
        # A configuration file, not the command line: Hydra hands over the text only.
        return ConfigError(
            f"{show_option_file(where[1], arguments)} does not fit the schema: {_flat(error).partition('config: ')[2]}",
            f"{key}=<{describe_expected(run_keys()[key])}>" if key in run_keys() else "keys of the schema",
            f"correct {key} in that file; {LIST_KEYS_HINT}",
        )
    # Below a free mapping the refused key is the user's own; the schema describes the mapping.
    known = next((item for name, item in run_keys().items() if key == name or key.startswith(f"{name}.")), None)
    if known and (isinstance(cause, ValidationError) or typed.startswith("~")):
        return ConfigError(
            f"{typed or key} does not fit: {_first_line(cause)}",
            f"{known.name}=<{describe_expected(known)}>",
            _suggest_value(known, typed),
        )
    if key and not isinstance(cause, ValidationError):
        name = typed.partition("=")[0]
        return unknown_key(name if name.startswith(f"{key}.") else key, typed)
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return ConfigError(
            f"{Path(mark.name).name} cannot be read at line {mark.line + 1}: {error.problem}", "valid YAML"
        )
    return ConfigError(
        f"the configuration cannot be composed: {_flat(error)}",
        "overrides that change keys that exist, each once",
        LIST_KEYS_HINT,
    )


def unknown_key(key: str, typed: str = "") -> ConfigError:
    """Return the error for a key that no schema has, with the most likely meant one.

    Args:
        key: Dotted name.
        typed: The argument that set it, if it came from the command line.
    """
    known = [*run_keys(), *group_names()]
    near = closest(key, known)
    below = key.rpartition(".")[0]
    siblings = [name.removeprefix(f"{below}.") for name in run_keys() if below and name.startswith(f"{below}.")]
    expected = (
        f"a key of {below}: {', '.join(siblings)}" if siblings else f"one of the groups {', '.join(group_names())}"
    )
    return ConfigError(f"{typed.lstrip('+') or key}: there is no key {key}", expected, _suggest_key(key, near, typed))


def _suggest_key(key: str, near: str | None, typed: str) -> str:
    """Return the assignment that was meant under another name, or how to find the name."""
    tail, value = key.rpartition(".")[2], typed.partition("=")[2]
    if near is None:
        same = [f"{name}={value or '<value>'}" for name in run_keys() if name.rpartition(".")[2] == tail]
        return " or ".join(same[:3]) or LIST_KEYS_HINT
    if near not in run_keys():
        option = nearest_name(value, group_options(near))
        return f"{near}={option or '<one of ' + ', '.join(group_options(near)) + '>'}"
    return _suggest_value(run_keys()[near], f"{near}={value}") if value else f"{near}=<value>"


def _suggest_value(key: Key, typed: str) -> str:
    """Return the assignment that an argument meant, with a value that the key takes."""
    name, _, text = typed.partition("=")
    if typed.startswith("~"):
        # Who takes a key away wants its default.
        return format_override(key.name, key.default)
    if name != key.name:
        # An entry of a mapping, or a whole group.
        return f"{name or key.name}=<value>, with such a value, or leave it out"
    try:
        override = OverridesParser.create().parse_override(f"{name}={text}")
        value = None if override.is_delete() or override.is_sweep_override() else override.value()
    except HydraException:
        value = text
    return suggest_override(key, value.text if isinstance(value, QuotedString) else value, text)


def _missing_option(error: MissingConfigException) -> ConfigError:
    missing = error.missing_cfg_file
    group, _, name = (missing if isinstance(missing, str) else str(missing)).rpartition("/")
    options = ", ".join(error.options or []) or "nothing yet"
    near = nearest_name(name, error.options or [])
    return ConfigError(
        f"{group}={name} does not exist",
        f"{group}=<one of {options}>",
        f"{group}={near}" if near else f"correct or leave out {group}={name}",
    )


def _omegaconf_cause(error: BaseException) -> OmegaConfBaseException | None:
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, OmegaConfBaseException):
            return current
        current = current.__cause__
    return None


def _refused_key(cause: OmegaConfBaseException | None, error: Exception) -> str:
    if cause is not None:
        return str(cause.full_key or "")
    named = re.search(r"full_key: (\S+)", str(error))
    return named[1] if named else ""


def _typed(key: str, arguments: list[str]) -> str:
    """Return the last argument that sets the key or something above or below it, or an empty text."""
    for argument in reversed(arguments) if key else ():
        name = argument.lstrip("+~").partition("=")[0]
        if name == key or name.startswith(f"{key}.") or key.startswith(f"{name}."):
            return argument.lstrip("+")
    return ""


def _flat(error: Exception) -> str:
    """Return the message on one line, without the lines that describe OmegaConf's objects."""
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines if line and not re.match(r"(full_key|reference_type|object_type)\b", line))


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
