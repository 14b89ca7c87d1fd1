"""Find the train command in the text of a batch or shell file and take it apart, running nothing."""

import re

from myoassist.files.errors import UserError

# What is started: train.py, a module that ends in .train, or an installed command.
_PROGRAM = re.compile(r"(^|[./\\])(train(\.py)?|run_optim(\.py)?)$")
_COMMENT = re.compile(r"^\s*(#|::|@?rem\b)", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"^\s*(?:@?set\s+|export\s+)?\"?([A-Za-z_]\w*)=(.*?)\"?\s*$", re.IGNORECASE)
# ${NAME:-default}, ${NAME}, $NAME and %NAME%.
_REFERENCE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)|%(\w+)%")
_WORD = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'])+")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
# Where the command ends: a comment, another command, or a redirection.
_END = re.compile(r"[#&|;]|\d?[<>]")


def find_train_command(text: str, source: str) -> list[str]:
    """Return the words that follow the training program in a script.

    Both ways of continuing a line are understood in every file, because presets of either kind hold the other one.
    Variables that the script itself sets, or that have a default, are filled in; others stay as they are.

    Args:
        text: Content of the file.
        source: Name of the file for messages.

    Raises:
        UserError: if there is no such command, or more than one.
    """
    variables: dict[str, str] = {}
    commands: list[list[str]] = []
    for line in _join_lines(text):
        if _COMMENT.match(line):
            continue
        assignment = _ASSIGNMENT.match(line)
        if assignment and " --" not in assignment[2]:
            variables[assignment[1].upper()] = _fill(assignment[2].strip("'\""), variables)
            continue
        words = _split(_fill(line, variables))
        starts = [place for place, word in enumerate(words) if _PROGRAM.search(word)]
        if starts and any(word.startswith("-") for word in words[starts[0] + 1 :]):
            commands.append(words[starts[0] + 1 :])
    if len(commands) != 1:
        raise UserError(
            f"{source} holds {len(commands) or 'no'} train command{'s' if len(commands) > 1 else ''}",
            "one line like: python -m ctrl_optim.optim.train --musc_model 22 --model tutorial ...",
            "keep one command per file" if commands else "give a preset of MyoAssist's controller optimization",
        )
    return commands[0]


def _join_lines(text: str) -> list[str]:
    """Return the lines with continued ones (a caret or a backslash at the end) put together."""
    return re.sub(r"[ \t]*[\^\\][ \t]*(\r\n|\r|\n|\Z)", " ", text).splitlines()


def _fill(text: str, variables: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[3] or match[4]
        return variables.get(name.upper(), match[2] if match[2] is not None else match[0])

    return _REFERENCE.sub(value, text)


def _split(line: str) -> list[str]:
    """Split at blanks outside of quotes. A backslash stays, because it is part of Windows paths."""
    words = []
    for match in _WORD.finditer(line):
        if _END.match(match[0]):
            break
        words.append(_QUOTED.sub(lambda quoted: quoted[1] if quoted[1] is not None else quoted[2], match[0]))
    return words
