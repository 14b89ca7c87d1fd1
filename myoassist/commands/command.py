"""How a command is declared: its arguments as fields of a dataclass, the function that runs it, groups of commands."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myoassist.commands.argument import arguments_of
from myoassist.commands.help import format_forms, format_help, format_overview
from myoassist.commands.parse import parse_request
from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError

_HELP_FLAGS = ("-h", "--help")
_HELP_WORD = "help"


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        name: How it is started, as messages write it.
        request: Dataclass of its arguments, which are declared by `argument`; its docstring says what the command does.
        run: Does it, and returns the exit code.
        summary: What it does, for the list of commands.
        text: What help says besides, below the docstring.
        lead: What has to be given, as usage writes it, where the fields alone do not tell.
        title: What messages call it.
        example: What to type, for who has given nothing.
        bare_help: Whether the command without arguments shows its help.
        besides: Another form of the command, taken where its first argument is given.
    """

    name: str
    request: type
    run: Callable[[Any], int]
    summary: str
    text: str = ""
    lead: str = ""
    title: str = ""
    example: str = ""
    bare_help: bool = False
    besides: "Command | None" = None

    def parse(self, arguments: list[str]) -> Any:
        """Return the request that some arguments make.

        Raises:
            ConfigError: as `parse.parse_request`.
        """
        return parse_request(self, arguments)

    def main(self, arguments: list[str]) -> int:
        """Run the command, or show its help; return the exit code.

        Raises:
            UserError: if an argument is refused, or by the command itself.
        """
        if wants_help(arguments) or (self.bare_help and not arguments):
            print(self.help())
            return 0
        form = self.form(arguments)
        return form.run(form.parse(arguments))

    def form(self, arguments: list[str]) -> "Command":
        """Return the form of the command that some arguments mean."""
        if self.besides is not None:
            first = arguments_of(self.besides.request)[0].key.name
            if any(text.startswith(f"{first}=") for text in arguments):
                return self.besides
        return self

    def help(self) -> str:
        """Return the help of all forms."""
        return format_help(self)


@dataclass(frozen=True)
class Group:
    """Commands below a common word.

    Attributes:
        name: How it is started.
        commands: What follows -> command.
        other_names: Other words for them.
        bare_help: Whether the group without a word shows its help.
        text: What help says below the commands.
    """

    name: str
    commands: Mapping[str, Command]
    other_names: Mapping[str, str] = field(default_factory=dict)
    bare_help: bool = False
    text: str = ""

    def main(self, arguments: list[str]) -> int:
        """Run the command that the first word names, or show help; return the exit code.

        Raises:
            UserError: if there is no such command, or by the command.
        """
        what, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
        if what in self.commands:
            return self.commands[what].main(rest)
        if wants_help(arguments) or (self.bare_help and not arguments):
            print(self.help())
            return 0
        near = nearest_name(what, self.commands) or self.other_names.get(what.casefold())
        kept = rest if near and arguments_of(self.commands[near].request) else []
        words = [*self.name.split(), *([near, *kept] if near else ["-h"])]
        raise ConfigError(
            f"{self.name} {what}: no such command" if what else f"{self.name}: which one?",
            f"{self.name} <{'|'.join(self.commands)}>",
            shlex.join(words),
        )

    def help(self) -> str:
        """Return a line for every command."""
        usage = format_overview(overview_rows({self.name: self}))
        return usage + (f"\n\n{self.text.strip()}" if self.text else "")


def overview_rows(commands: Mapping[str, Command | Group]) -> list[tuple[str, str]]:
    """Return how each command is started, and what it does.

    Args:
        commands: What is typed, e.g. `myoassist sim` -> the command.
    """
    rows: list[tuple[str, str]] = []
    for name, item in commands.items():
        if isinstance(item, Group):
            rows += [_overview_row(form.name, form) for form in item.commands.values()]
            continue
        rows.append(_overview_row(name, item))
        if item.besides is not None:
            rows.append(_overview_row(name, item.besides))
    return rows


def _overview_row(name: str, command: Command) -> tuple[str, str]:
    return f"{name} {format_forms(command, short=True)}".rstrip(), command.summary


def wants_help(arguments: list[str]) -> bool:
    """Whether arguments ask for help; `help` is a file where one has that name."""
    return any(text in _HELP_FLAGS or (text == _HELP_WORD and not Path(text).exists()) for text in arguments)
