"""How a command is declared: its arguments as fields of a dataclass, the function that runs it, groups of commands."""

import dataclasses
import functools
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myoassist.config.keys import Key, schema_keys
from myoassist.config.nearest import nearest_name
from myoassist.config.option import option
from myoassist.files.command_words import localize_command
from myoassist.files.errors import ConfigError

# How the value of an argument is given.
KEY = "key"
FLAG = "flag"
KEY_OR_WORD = "key or word"
WORDS = "words"
# Not declared one by one: overrides of the configuration, and everything as it was typed.
CHANGES = "changes"
TYPED = "typed"
_HELP_FLAGS = ("-h", "--help")
_HELP_WORD = "help"


def argument(
    default: Any,
    doc: str,
    *,
    given: str = KEY,
    name: str = "",
    shown: str = "",
    also: Mapping[str, str] | None = None,
    ending: str = "",
    needed: bool = False,
    **limits: Any,
) -> Any:
    """Declare an argument of a command: an `option()` of its dataclass that knows how it is typed.

    Args:
        default: Value where it is not given.
        doc: What it means, as help and page say it.
        given: `name=value` (KEY), `--name value`, or `--name` alone for a truth value (FLAG), a word or `name=value`
            (KEY_OR_WORD), any number of words (WORDS), overrides (CHANGES), everything as it was typed (TYPED).
        name: Its name on the command line, where the field cannot have it.
        shown: What stands for its value in help; its choices where not given.
        also: Further values with a meaning of their own -> that meaning.
        ending: How the name of its file ends.
        needed: Whether the command does nothing without it.
        **limits: Choices, range and unit as in `config.option.option`.
    """
    made = option(default, doc, **limits)
    own = {"given": given, "name": name, "shown": shown, "also": dict(also or {}), "ending": ending, "needed": needed}
    metadata = {**made.metadata, **own}
    if made.default_factory is not dataclasses.MISSING:
        return field(default_factory=made.default_factory, metadata=metadata)
    return field(default=made.default, metadata=metadata)


@dataclass(frozen=True)
class Argument:
    """One argument of a command.

    Attributes:
        field: Name of its field.
        key: Its name as it is typed (flags with their dashes), type, default, explanation and range.
    """

    field: str
    key: Key

    @property
    def given(self) -> str:
        """How its value is given."""
        return self.key.metadata["given"]

    @property
    def takes_words(self) -> bool:
        """Whether a word without an equals sign is its value."""
        return self.given in (KEY_OR_WORD, WORDS)

    @property
    def has_name(self) -> bool:
        """Whether it is given by its name."""
        return self.given in (KEY, FLAG, KEY_OR_WORD)

    @property
    def shown(self) -> str:
        """What stands for its value in help."""
        choices = self.key.metadata["choices"] or (("true",) if self.key.base is bool else ())
        return self.key.metadata["shown"] or "|".join(choices) or "VALUE"


@functools.cache
def arguments_of(request: type) -> tuple[Argument, ...]:
    """Return the arguments that the fields of a dataclass declare, in their order."""
    found = []
    for place, key in schema_keys(request).items():
        name = key.metadata["name"] or place
        spelled = f"--{name}" if key.metadata["given"] == FLAG else name
        # None means that it is not given; nobody types it.
        found.append(Argument(place, dataclasses.replace(key, name=spelled, kind=key.base)))
    return tuple(found)


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
        from myoassist.commands.parse import parse_request

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
        from myoassist.commands.help import format_help

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
        from myoassist.commands.help import format_overview, overview_rows

        usage = format_overview(overview_rows({self.name: self}))
        return usage + (f"\n\n{self.text.strip()}" if self.text else "")


def wants_help(arguments: list[str]) -> bool:
    """Whether arguments ask for help; `help` is a file where one has that name."""
    return any(text in _HELP_FLAGS or (text == _HELP_WORD and not Path(text).exists()) for text in arguments)


def spell(command: Command) -> str:
    """Return how a command is started from the current folder."""
    return localize_command(f"{command.name} ").rstrip()
