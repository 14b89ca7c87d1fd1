"""Say what an argument lacks that Hydra's grammar does not read."""

import re

from myoassist.files.errors import ConfigError

_EXAMPLES = {
    "range": "range(1,4)",
    "choice": "choice(1,2)",
    "interval": "interval(1,4)",
    "sort": "sort(3,1,2)",
    "shuffle": "shuffle(1,2,3)",
    "glob": "glob(*)",
    "tag": "tag(log,interval(1,4))",
}
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def explain_syntax(argument: str, error: Exception) -> ConfigError | None:
    """Return what is wrong with an argument, None where it cannot be told.

    Args:
        argument: An override with an equals sign.
        error: What the parser raised.
    """
    key, _, value = argument.partition("=")
    function = re.search(r"(\w+) while evaluating '(\w+)\((.*)\)': (.*)", str(error), re.DOTALL)
    if function:
        return _explain_function(argument, key, function[2], function[4].splitlines()[0], str(error))
    if open_sign := _find_open(value):
        return ConfigError(
            f"{argument!r} cannot be read: a {open_sign} is not closed",
            f"its end as well: the shell divides at spaces unless the whole argument is in quotes, '{key}=...'",
            f"'{argument}...{_PAIRS.get(open_sign, open_sign)}'" if open_sign != "'" else f'"{argument}...\'"',
        )
    parts = [part.strip() for part in value.split(",")]
    if "" in parts and len(parts) > 1:
        kept = ",".join(part for part in parts if part)
        return ConfigError(
            f"{argument!r} cannot be read: a value is missing beside a comma",
            "a value on both sides of every comma, without a space",
            f"{key}={kept or '<value>'}",
        )
    return None


def _explain_function(argument: str, key: str, name: str, reason: str, text: str) -> ConfigError:
    known = re.search(r"Available: (\S+)", text)
    if "Unknown function" in reason and known is not None:
        return ConfigError(
            f"{argument!r}: there is no function {name}",
            f"one of {', '.join(known[1].split(','))}; a text with brackets is put in quotes twice",
            f"\"{key}='{argument.partition('=')[2]}'\"   (the text as it is)",
        )
    example = _EXAMPLES.get(name, f"{name}(1)")
    return ConfigError(f"{argument!r} cannot be read: {reason}", f"e.g. {example}", f"'{key}={example}'")


def _find_open(text: str) -> str:
    """Return the first bracket or quote that is not closed, an empty text where all are."""
    waiting: list[str] = []
    quote = ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[place - 1] != "\\" else quote
        elif sign in "'\"":
            quote = sign
        elif sign in _PAIRS:
            waiting.append(sign)
        elif waiting and sign == _PAIRS[waiting[-1]]:
            waiting.pop()
    return quote or (waiting[0] if waiting else "")
