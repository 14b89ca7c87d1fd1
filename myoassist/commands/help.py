"""Help of the commands, made from their dataclasses: usage, arguments with meaning, range and default."""

import inspect
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from myoassist.commands.argument import CHANGES, FLAG, KEY_OR_WORD, TYPED, WORDS, Argument, arguments_of
from myoassist.config.schema.keys import describe_limits, format_value
from myoassist.files.command_words import localize_command

if TYPE_CHECKING:
    from myoassist.commands.command import Command

_WIDTH = 118
# Longer spellings get a line of their own.
_WIDEST = 20
# More than these are not listed in the usage.
_MOST_LISTED = 3
_CHANGE = "key=value"
_USAGE = "usage: "


def format_help(command: "Command") -> str:
    """Return usage, explanation and arguments of a command, of all its forms."""
    blocks = [f"{_USAGE}{spell(command)} {format_forms(command)}".rstrip(), inspect.getdoc(command.request) or ""]
    if command.text:
        blocks.append(command.text.strip("\n"))
    if rows := [row for item in arguments_of(command.request) for row in spelled_rows(item)]:
        blocks.append("\n".join(lay_out(rows)))
    if command.example:
        blocks.append(f"example: {command.example}")
    if command.besides is not None:
        blocks.append(format_help(command.besides))
    return "\n\n".join(block for block in blocks if block)


def format_overview(rows: list[tuple[str, str]]) -> str:
    """Return the usage of several commands, a line for each."""
    return _USAGE + f"\n{' ' * len(_USAGE)}".join(lay_out(rows, indent="", width=_WIDTH - len(_USAGE)))


def format_forms(command: "Command", short: bool = False) -> str:
    """Return what follows the name of a command in its usage.

    Args:
        command: The command.
        short: Whether what may be left out is only hinted at.
    """
    arguments = arguments_of(command.request)
    needed = [_spell_needed(item) for item in arguments if item.key.metadata["needed"]]
    words = [command.lead] if command.lead else needed
    others = [item for item in arguments if not item.key.metadata["needed"] and not _is_in(item, command.lead)]
    named = [item for item in others if item.has_name]
    changed = any(item.given == CHANGES for item in arguments)
    words += [f"[{item.shown} ...]" for item in others if item.given == WORDS]
    if short:
        return " ".join([*words, *(["[...]"] if named or changed else [])])
    options = [item for item in named if item.given != FLAG]
    if len(options) > _MOST_LISTED:
        words.append("[option=value ...]")
    words += [f"[{_spell(item)}]" for item in named if item.given == FLAG or len(options) <= _MOST_LISTED]
    return " ".join([*words, *([f"[{_CHANGE} ...]"] if changed else [])])


def describe_argument(item: Argument) -> str:
    """Return what an argument means, with its range and its default."""
    text, unit = item.key.metadata["doc"], item.key.metadata["unit"]
    limits = describe_limits(item.key) if item.key.base in (int, float) else ""
    text += f"; {limits.strip()}{f' {unit}' if unit else ''}" if limits else ""
    default = item.key.default
    return text if not default or isinstance(default, list) else f"{text} [{format_value(default)}]"


def spelled_rows(item: Argument, limits: bool = True) -> list[tuple[str, str]]:
    """Return how an argument is typed and what that means, a row for each value with a meaning of its own.

    Args:
        item: The argument.
        limits: Whether range and default are part of the meaning.
    """
    if item.given == TYPED:
        return []
    if item.given == CHANGES:
        return [(_CHANGE, item.key.metadata["doc"])]
    word = item.given == WORDS or (item.given == KEY_OR_WORD and item.key.metadata["needed"])
    first = item.shown if word else _spell(item)
    name = item.key.name + (" " if item.given == FLAG else "=")
    meaning = describe_argument(item) if limits else item.key.metadata["doc"]
    return [(first, meaning), *((f"{name}{v}", doc) for v, doc in item.key.metadata["also"].items())]


def lay_out(rows: Sequence[tuple[str, str]], indent: str = "  ", width: int = _WIDTH) -> list[str]:
    """Return lines of two columns, the second wrapped; a long first one has a line of its own."""
    left_width = min(max(len(left) for left, _ in rows), _WIDEST if indent else width)
    space = " " * (len(indent) + left_width + 2)
    lines = []
    for left, right in rows:
        text = textwrap.wrap(right, max(width - len(space), 40)) or [""]
        if len(left) > left_width:
            lines += [f"{indent}{left}", f"{space}{text[0]}"]
        else:
            lines.append(f"{indent}{left:<{left_width}}  {text[0]}".rstrip())
        lines += [f"{space}{part}" for part in text[1:]]
    return lines


def _spell(item: Argument) -> str:
    if item.given == FLAG:
        return item.key.name if item.key.base is bool else f"{item.key.name} {item.shown}"
    return f"{item.key.name}={item.shown}"


def _spell_needed(item: Argument) -> str:
    if item.given == WORDS:
        return f"{item.shown} [{item.shown} ...]"
    return item.shown if item.given == KEY_OR_WORD else _spell(item)


def _is_in(item: Argument, lead: str) -> bool:
    """Whether the beginning of the usage names an argument already."""
    return re.search(rf"(?<![\w.]){re.escape(item.key.name)}[ =]", f"{lead} ") is not None


def spell(command: "Command") -> str:
    """Return how a command is started from the current folder."""
    return localize_command(f"{command.name} ").rstrip()
