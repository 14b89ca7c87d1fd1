"""Read the words of a command line into the dataclass of a command."""

import math
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoassist.commands.argument import CHANGES, FLAG, TYPED, WORDS, Argument, arguments_of
from myoassist.commands.help import format_forms
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import describe_range
from myoassist.config.schema.values import is_allowed, suggest_override
from myoassist.files.command_words import quote_path
from myoassist.files.errors import ConfigError

if TYPE_CHECKING:
    from myoassist.commands.command import Command


def parse_request(command: "Command", arguments: list[str]) -> Any:
    """Return the dataclass of a command as its arguments fill it.

    Raises:
        ConfigError: for an argument that is not known, given twice, empty, out of range or missing; with what was meant
            where that is known.
    """
    known = {item.key.name: item for item in arguments_of(command.request) if item.has_name}
    words = next((item for item in arguments_of(command.request) if item.takes_words), None)
    changes = next((item for item in arguments_of(command.request) if item.given == CHANGES), None)
    if changes is not None:
        _refuse_foreign(command, arguments, known, words is not None)
    values: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        typed = rest.pop(0)
        name, sign, text = typed.partition("=")
        item = known.get(name)
        if item is not None and item.given == FLAG:
            if item.key.base is bool:
                if sign:
                    raise ConfigError(typed, f"{name}, which has no value", name)
                values[item.field] = True
                continue
            if not sign:
                if not rest or rest[0].partition("=")[0] in known:
                    raise ConfigError(f"{name} has no value", f"{name} {item.shown}", _ask(command))
                text = rest.pop(0)
        elif item is None or not sign:
            # A path such as sweep/max_torque=10 is no change of the configuration.
            is_word = not (sign and changes) or ("/" in name and Path(typed).exists())
            if words is not None and not typed.startswith("-") and is_word:
                item, text = words, typed
            elif changes is None or typed.startswith("-") or not sign:
                raise _refuse_unknown(command, typed, known)
            elif near := _near_name(name, known):
                raise ConfigError(
                    f"{typed}: there is no {name}", f"{_list_names(known)} or a key", f"{near}{_join(near)}{text}"
                )
            else:
                values.setdefault(changes.field, []).append(typed)
                continue
        if not text:
            raise ConfigError(f"{typed} names nothing", f"{name}=<value>", _ask(command))
        if item.given == WORDS:
            values.setdefault(item.field, []).append(text)
            continue
        if item.field in values:
            twice = f"{item.key.name}=" if sign else item.key.name
            raise ConfigError(f"{twice} is given twice", f"{item.key.name}=<value> once", _ask(command))
        values[item.field] = read_value(item, text)
    _refuse_missing(command, values)
    for item in arguments_of(command.request):
        if item.given == TYPED:
            values[item.field] = list(arguments)
    return command.request(**values)


def read_value(item: Argument, text: str) -> Any:
    """Return the value of an argument.

    Raises:
        ConfigError: if it is of another type, none of the choices, out of range, or a file of another ending.
    """
    key, ending = item.key, item.key.metadata["ending"]
    value = _convert(key.base, text)
    if not is_allowed(key, value):
        choices = key.metadata["choices"]
        expected = " or ".join(f"{key.name}={choice}" for choice in choices) if choices else describe_range(key)
        raise ConfigError(f"{key.name}={text}", expected, suggest_override(key, value, text))
    if ending and Path(text).suffix != ending:
        better = Path(text).with_suffix(ending) if Path(text).name else f"<file>{ending}"
        raise ConfigError(f"{key.name}={text}", f"a file that ends with {ending}", f"{key.name}={quote_path(better)}")
    return value


def _convert(kind: Any, text: str) -> Any:
    """Return a text as a value of some type; as it is where it is none of that type."""
    if kind is int:
        return int(text) if text.isascii() and text.isdecimal() else text
    if kind is float:
        try:
            number = float(text)
        except ValueError:
            return text
        return number if math.isfinite(number) else text
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if typing.get_origin(kind) is list:
        return [part for part in text.split(",") if part]
    return text


def _refuse_foreign(command: "Command", arguments: list[str], known: dict[str, Argument], words: bool) -> None:
    """Refuse the spelling of other programs, with the whole command as it is spelled here."""
    # Late, because Hydra is slow to import and commands that change no configuration do without it.
    from myoassist.config.compose.foreign_spelling import refuse_foreign_spelling

    flags = {name: item.key.base is not bool for name, item in known.items() if item.given == FLAG}
    flags |= {"-h": False, "--help": False}
    place = f"of {command.title}" if command.title else "here"
    names = [name for name, item in known.items() if item.given != FLAG]
    refuse_foreign_spelling(arguments, command.name, names, flags, words=words, place=place)


def _refuse_unknown(command: "Command", typed: str, known: dict[str, Argument]) -> ConfigError:
    name, sign, value = typed.partition("=")
    # The same name in another form, such as out= for --out.
    bare = {other.lstrip("-"): other for other in known}
    near = bare.get(nearest_name(name.lstrip("-"), bare) or "")
    remedy = _ask(command)
    if near is not None:
        truth = known[near].key.base is bool and known[near].given == FLAG
        remedy = near if truth else f"{near}{_join(near)}{value if sign and value else '<value>'}"
    elif not arguments_of(command.request):
        remedy = command.name
    return ConfigError(
        f"{typed!r} is no argument of {command.title or command.name}", format_forms(command) or "nothing", remedy
    )


def _refuse_missing(command: "Command", values: dict[str, Any]) -> None:
    missing = [
        item for item in arguments_of(command.request) if item.key.metadata["needed"] and item.field not in values
    ]
    if missing:
        words = [item.shown.lower() for item in missing if item.takes_words]
        names = " and ".join(f"{item.key.name}=" for item in missing)
        found = f"{command.name}: no {words[0]} is given" if words else f"{command.name} lacks {names}"
        raise ConfigError(found, format_forms(command), command.example or _ask(command))


def _near_name(name: str, known: dict[str, Argument]) -> str | None:
    """Return the argument that a name means which is neither one nor a key."""
    from myoassist.config.schema.groups import group_names
    from myoassist.config.schema.keys import run_keys

    if "." in name or name.lstrip("+~") in (*run_keys(), *group_names(), "hydra"):
        return None
    bare = {other.lstrip("-"): other for other in known}
    return bare.get(nearest_name(name, bare) or "")


def _join(name: str) -> str:
    """Return what stands between a name and its value."""
    return " " if name.startswith("-") else "="


def _list_names(known: dict[str, Argument]) -> str:
    return ", ".join(name if item.given == FLAG else f"{name}=" for name, item in known.items())


def _ask(command: "Command") -> str:
    return f"{command.name} -h"
