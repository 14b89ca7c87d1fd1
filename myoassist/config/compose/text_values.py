"""Keep texts on the command line as they are typed: Hydra's grammar makes numbers of some and refuses others."""

import functools
import re

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from myoassist.config.entries.launchers import LAUNCHER, text_keys
from myoassist.config.run_names import override_key, quote_value
from myoassist.config.schema.groups import group_names
from myoassist.config.schema.keys import run_keys

_OPENING, _CLOSING = "([{", ")]}"
# Functions of the grammar that take values as they are; the others compute with theirs.
_LISTING = re.compile(r"(choice|shuffle)\((.*)\)", re.DOTALL)


def keep_text(argument: str) -> str:
    """Quote what is typed for a key or group whose value is a text, where the grammar would change or refuse it.

    `expname=2026_01_15` would become 20260115, `expname=1e3` 1000.0, and `expname=größe` would not be read. Values
    between commas are quoted one by one. null stays null, and what is in quotes already is left alone.

    Args:
        argument: An override; a flag comes back unchanged.
    """
    key, sign, value = argument.partition("=")
    if not sign or key.startswith(("-", "~")) or override_key(key) not in _text_names():
        return argument
    # Of a launcher's setting there is one value for all runs: node1,node2 is a list for Slurm.
    one = override_key(key).startswith(f"{LAUNCHER}.") and "," in value and value.strip()[:1] not in ("'", '"')
    kept = quote_value(value.strip()) if one else _keep_values(value)
    return argument if kept is None else f"{key}={kept}"


@functools.cache
def _text_names() -> frozenset[str]:
    texts = {name for name, key in run_keys().items() if key.base is str}
    return frozenset({*texts, *group_names(), *(f"{LAUNCHER}.{name}" for name in text_keys())})


def _keep_values(text: str) -> str | None:
    """Return values with quotes around those that need them; None where none does."""
    listing = _LISTING.fullmatch(text)
    if listing:
        inner = _keep_values(listing[2])
        return None if inner is None else f"{listing[1]}({inner})"
    parts = _split(text)
    kept = [_keep_one(part) for part in parts]
    return None if kept == parts else ",".join(kept)


def _keep_one(text: str) -> str:
    # Brackets, braces and quotes at the start are meant as such, also where they are not closed.
    if text.strip()[:1] in ("", "'", '"', "[", "{") or "\\" in text:
        return text
    try:
        value = OverridesParser.create().parse_override(f"x={text}").value()
    except HydraException:
        return quote_value(text.strip())
    return quote_value(text.strip()) if isinstance(value, bool | int | float) else text


def _split(text: str) -> list[str]:
    """Return the values between commas that stand outside of brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[place - 1] != "\\" else quote
        elif sign in "'\"" and not text[start:place].strip():
            quote = sign
        elif sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif sign == "," and depth <= 0 and text[place - 1] != "\\":
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
