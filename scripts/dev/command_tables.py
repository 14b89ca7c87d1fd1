"""The tables of all commands in the documentation, made from their dataclasses."""

import inspect

from markdown_pages import escape_cell

from myoassist.commands.argument import Argument, arguments_of
from myoassist.commands.command import Command, Group
from myoassist.commands.help import format_forms, spelled_rows
from myoassist.commands.table import MODULES, find_command
from myoassist.config.schema.keys import describe_range, format_value


def format_command_tables() -> str:
    """Return a Markdown section for each command: usage, what it does, its arguments."""
    sections = []
    for name in MODULES:
        found = find_command(name)
        assert found is not None
        if isinstance(found, Group):
            sections += [_section(form.name, form) for form in found.commands.values()]
            continue
        sections.append(_section(f"myoassist {name}", found))
    return "\n\n".join(sections)


def _section(name: str, command: Command) -> str:
    lines = [f"### {name}", ""]
    form: Command | None = command
    while form is not None:
        about = inspect.getdoc(form.request) or ""
        lines += ["```text", f"{name} {format_forms(form)}".rstrip(), "```", "", _say(form, about), ""]
        if rows := [row for item in arguments_of(form.request) for row in _rows(item)]:
            lines += ["| argument | default | allowed | meaning |", "|---|---|---|---|", *rows, ""]
        form = form.besides
    return "\n".join(lines).rstrip()


def _say(command: Command, about: str) -> str:
    """Return the explanation in one paragraph; of a list, which has none of its own, what it holds."""
    text = command.text if command.text and "\n" not in command.text else ""
    return escape_cell(f"{about} {text}".strip()).replace("  ", " ")


def _rows(item: Argument) -> list[str]:
    rows = []
    for place, (typed, meaning) in enumerate(spelled_rows(item, limits=False)):
        default = item.key.default
        shown = f"`{format_value(default)}`" if place == 0 and default not in (None, "", [], 0, False) else ""
        allowed = describe_range(item.key) if place == 0 and item.key.base in (int, float) else ""
        cells = (f"`{typed}`", shown, allowed, meaning)
        rows.append(f"| {' | '.join(_escape(cell) for cell in cells)} |")
    return rows


def _escape(cell: str) -> str:
    """Return a cell; within code only the sign that parts cells is escaped."""
    return cell.replace("|", "\\|") if cell.startswith("`") else escape_cell(cell).replace("*", "\\*")
