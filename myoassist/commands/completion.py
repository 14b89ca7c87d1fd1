"""`myoassist completion`: Tab completes commands, experiments, groups and their options, keys, choices in bash."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from myoassist.commands.argument import CHANGES, FLAG, KEY, KEY_OR_WORD, WORDS, Argument, argument, arguments_of
from myoassist.commands.command import Command, Group
from myoassist.config.schema.groups import config_folder, group_names, group_options
from myoassist.config.schema.keys import format_value, run_keys
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.config.sources.shipped import (
    POLICY_KEY,
    SHIPPED_REFERENCE_KEY,
    list_controllers,
    list_policies,
    list_references,
)
from myoassist.files.command_words import COMPLETION_COMMAND
from myoassist.files.errors import ConfigError

# The shell cuts words at some signs, such as =, and replaces what follows the last one. They may be none, hence the x.
_SCRIPT = r"""_myoassist() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <("${COMP_WORDS[0]}" completion words "x$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -gt 0 && "${COMPREPLY[0]}" == *[=.:] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o bashdefault -o default -F _myoassist myoassist
"""
_TRAIN_FLAGS = ("--multirun", "--cfg", "--info", "--help")
_SHIPPED: dict[str, Callable[[], Iterable[str]]] = {
    "optimizer.param_path": lambda: (item.name for item in list_controllers()),
    "rl.human_param_path": lambda: (item.name for item in list_controllers()),
    POLICY_KEY: list_policies,
    SHIPPED_REFERENCE_KEY: list_references,
    "run": list_policies,
    "policy": list_policies,
}


@dataclass(frozen=True)
class Completion:
    """Let Tab complete the `myoassist` command in this shell.

    It knows its commands, experiments (exp=), groups and their options, keys, choices and shipped names. In ~/.bashrc
    the line works in every new shell. `python -m myoassist.train` and the scripts are not completed.
    """

    words: list[str] = argument([], "the shell that it is made for", given=WORDS, shown="bash", needed=True)


def run(request: Completion) -> int:
    """Print the script for a shell, or answer it: `words`, the signs at which it cuts words, the line up to the cursor.

    Raises:
        ConfigError: for another shell.
    """
    if request.words[0] == "words" and len(request.words) == 3:
        print("".join(f"{word}\n" for word in complete_line(request.words[2], request.words[1])), end="")
    elif request.words == ["bash"]:
        print(_SCRIPT, end="")
    else:
        found = " ".join(["myoassist completion", *request.words])
        raise ConfigError(found, "bash, the shell that it is made for", "myoassist completion bash")
    return 0


def complete_line(line: str, breaks: str = "=:") -> list[str]:
    """Return what the last word of a line can become.

    Args:
        line: The line up to the cursor.
        breaks: Signs at which the shell cuts words: only what follows the last of them is replaced.

    Returns:
        Words without what stands before the last such sign; none where files are meant.
    """
    words = re.split(r"\s+", line.lstrip())
    current = words[-1]
    found = sorted({word for word in _candidates(words[1:-1], current) if word.startswith(current)})
    kept = max((current.rfind(sign) + 1 for sign in breaks if sign in "=:"), default=0)
    return [word[kept:] for word in found]


def _candidates(before: list[str], current: str) -> Iterable[str]:
    """Return full words that could stand in place of the current one."""
    # Late, because the table holds this command too.
    from myoassist.commands.table import TRAIN, command_names, find_command

    if not before:
        return (*command_names(), "--help", "--version")
    if before[0] == TRAIN:
        return _TRAIN_FLAGS if current.startswith("-") else _assignments([], current, changes=True)
    found = find_command(before[0])
    if isinstance(found, Group):
        if len(before) == 1:
            return found.commands
        found = found.commands.get(before[1])
    if found is None:
        return ()
    if found.request is Completion:
        return ("bash",)
    forms = [found, *([found.besides] if found.besides is not None else [])]
    arguments = [item for form in forms for item in arguments_of(form.request)]
    if current.startswith("-"):
        return [item.key.name for item in arguments if item.given == FLAG]
    if not current and any(item.takes_words for item in arguments):
        return ()
    return _assignments(arguments, current, any(item.given == CHANGES for item in arguments))


def _assignments(arguments: list[Argument], current: str, changes: bool) -> Iterable[str]:
    """Return what a word with an equals sign can be: an argument of the command, a group or a key."""
    own = {item.key.name: item for item in arguments if item.given in (KEY, KEY_OR_WORD)}
    name, sign, _ = current.partition("=")
    if sign:
        return (f"{name}={value}" for value in _values(name, own.get(name)))
    places = [f"{option}=" for option in own]
    if not changes:
        return places
    places += [f"{group}=" for group in (*group_names(), "hydra/launcher")]
    # Keys one level at a time, as they are many.
    depth = current.count(".") + 1
    for key in run_keys():
        parts = key.split(".")
        places.append(f"{key}=" if len(parts) == depth else ".".join(parts[:depth]) + ".")
    return places


def _values(name: str, own: Argument | None) -> Iterable[str]:
    plain = name.lstrip("+")
    if plain in group_names():
        return group_options(plain)
    if plain == "hydra/launcher":
        return (path.stem for path in (config_folder() / "hydra" / "launcher").glob("*.yaml"))
    shipped = [f"{SHIPPED_PREFIX}{name}" for name in _SHIPPED.get(plain, tuple)()]
    key = run_keys().get(plain) if own is None else own.key
    if key is None:
        return shipped
    choices = (True, False) if key.base is bool else key.metadata["choices"] or ()
    return (*shipped, *(format_value(choice) for choice in choices))


COMMAND = Command(
    "myoassist completion",
    Completion,
    run,
    "makes Tab complete this command, see its -h",
    lead="bash",
    example=COMPLETION_COMMAND,
)
