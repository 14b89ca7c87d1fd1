"""Tables of the documentation that are made from the source, and the pages that hold them."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from myoassist.config.atomic import write_text_atomic
from myoassist.config.errors import UserError
from myoassist.config.keys import Key, describe_expected, describe_range, format_value, run_keys, schema_keys

_GROUP_TITLES = {
    "": "Top level",
    "model": "model: musculoskeletal model and device",
    "env": "env: simulation",
    "control": "control: controller of the human",
    "exo": "exo: torque controller of the device",
    "cost": "cost: what is minimized",
    "optimizer": "optimizer: the search",
    "rl": "rl: reinforcement learning",
}


def list_keys() -> str:
    """Return one line per configuration key for a terminal: name, default, meaning."""
    rows = [(key.name, format_value(key.default), key.metadata["doc"]) for key in run_keys().values()]
    name_width, default_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{name:<{name_width}}  {default:<{default_width}}  {doc}" for name, default, doc in rows)


def format_key_tables() -> str:
    """Return one Markdown table per group with the name, default, allowed values and meaning of every key."""
    groups: dict[str, list[Key]] = {}
    for key in run_keys().values():
        groups.setdefault(key.name.rpartition(".")[0], []).append(key)
    tables = []
    for group, keys in groups.items():
        lines = [f"### {_GROUP_TITLES.get(group, group)}", ""]
        lines += ["| key | default | allowed | meaning |", "|---|---|---|---|"]
        for key in keys:
            mark = "" if key.metadata["change"] else " °"
            cells = (f"`{key.name}`{mark}", f"`{format_value(key.default)}`", describe_expected(key))
            lines.append(f"| {' | '.join(map(escape_cell, (*cells, key.metadata['doc'])))} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)


def format_schema_table(schema: type, names: Mapping[str, str] | None = None) -> str:
    """Return a Markdown table of the fields of a dataclass that are made by `option`.

    Args:
        schema: The dataclass.
        names: What stands beside the name of a field, e.g. its short form.
    """
    lines = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    for name, key in schema_keys(schema).items():
        beside = f" ({names[name]})" if names and name in names else ""
        default = "" if key.default in ("", [], ()) else f"`{format_value(key.default)}`"
        allowed = describe_range(key) if key.base in (int, float, bool, str) else ""
        # Code of a text stays as it is.
        meaning = key.metadata["doc"].replace("|", "\\|").replace("\n", " ")
        lines.append(f"| `{name}`{beside} | {default} | {allowed} | {meaning} |")
    return "\n".join(lines)


def escape_cell(text: str) -> str:
    """Return a text as it can stand in a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def replace_section(page: str, name: str, content: str) -> str:
    """Return a Markdown page with the text between `<!-- begin NAME -->` and `<!-- end NAME -->` replaced.

    Raises:
        UserError: if the page does not hold both marks, in this order.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, found, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise UserError(f"the page lacks the section {name}", f"{begin} and, below it, {end}", "put the two lines in")
    return f"{before}{begin}\n{content.strip()}\n{end}{after}"


def run_generator(name: str, make: Callable[[], str], arguments: list[str]) -> int:
    """Print a section, or replace it in the page that the only argument names.

    Returns:
        Exit code.
    """
    try:
        if any(argument in ("-h", "--help") for argument in arguments):
            print("without an argument the section is printed; with a Markdown file it is replaced in it")
            return 0
        if not arguments:
            print(make())
            return 0
        page = Path(arguments[0])
        if len(arguments) > 1 or not page.is_file():
            raise UserError(f"{' '.join(arguments)} is no page", "nothing, or the Markdown file to bring up to date")
        write_text_atomic(page, replace_section(page.read_text(encoding="utf-8"), name, make()))
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(run_generator("keys", format_key_tables, sys.argv[1:]))
