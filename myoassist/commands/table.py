"""The commands by name; each is imported when it is asked for."""

import importlib

from myoassist.commands.command import Command, Group, overview_rows
from myoassist.commands.help import format_overview

# Name -> module whose COMMAND it is, in the order of the overview. Training is an entry of its own, whose words are
# read by Hydra.
MODULES = {
    "eval": "evaluate.command",
    "choose": "choose",
    "watch": "watch",
    "sim": "sim",
    "replay": "replay",
    "import": "import_presets",
    "export": "export",
    "pack": "pack",
    "verify": "verify",
    "reference": "reference.group",
    "subject": "subject",
    "evos": "evos",
    "sweeps": "sweeps",
    "runs": "runs",
    "list": "lists",
    "completion": "completion",
}
TRAIN = "train"
_TRAIN_ROW = ("myoassist train exp=NAME [...]", "optimize (the same as python -m myoassist.train)")


def find_command(name: str) -> Command | Group | None:
    """Return a command, None where there is none of that name."""
    if name not in MODULES:
        return None
    found = importlib.import_module(f"myoassist.commands.{MODULES[name]}").COMMAND
    assert isinstance(found, Command | Group)
    return found


def command_names() -> list[str]:
    """Return what can follow `myoassist`."""
    return [TRAIN, *MODULES]


def format_usage() -> str:
    """Return a line for every command."""
    commands = {f"myoassist {name}": item for name in MODULES if (item := find_command(name)) is not None}
    return format_overview([_TRAIN_ROW, *overview_rows(commands)])
