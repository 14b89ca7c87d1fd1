"""Tables of the documentation that are made from the source.

    python scripts/dev/doc_tables.py
    python scripts/dev/doc_tables.py docs/cost.md docs/configuration.md

Without pages all tables are printed; in pages those between `<!-- begin NAME -->` and its end are replaced.
"""

import argparse
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from command_tables import format_command_tables
from experiment_table import format_experiment_table
from gallery import format_gallery
from markdown_pages import escape_cell, replace_section
from measure_models import format_survey
from parameter_meanings import explain
from people_walks import format_changed_walks, format_old_walks, format_people_walks
from physics.walks_on_both import format_walks, load_walks
from speed_figures import format_speeds

from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.entries.video_plots import PlotOptions
from myoassist.config.schema.cost_formula import Target, shipped_target, target_names
from myoassist.config.schema.keys import Key, describe_expected, describe_range, format_value, run_keys, schema_keys
from myoassist.config.schema.option import REQUIRED
from myoassist.control.table import build_table
from myoassist.cost.registry import find_term, registered_terms
from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import UserError
from myoassist.model.devices.table import find_device
from myoassist.model.survey import load_survey
from myoassist.space.parameter import Parameter
from myoassist.space.table import ParameterTable
from myoassist.sweep.evolution.settings import EvolutionOptim

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

_SHORT_SETTINGS = {
    "optimizer": "`evo.optimizer`",
    "num_workers": "`evo.population_size`",
    "generations": "`evo.num_generations`",
    "seed": "`evo.seed`",
}


def main(arguments: list[str] | None = None) -> int:
    """Print the tables, or bring pages up to date; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", type=Path, help="Markdown files to bring up to date")
    pages = parser.parse_args(arguments).pages
    try:
        for page in pages:
            update_page(page)
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if not pages:
        print("\n\n".join(make() for make in TABLES.values()))
    return 0


def update_page(page: Path) -> None:
    """Replace the tables that a page has marks for.

    Raises:
        UserError: if it is no page, or has marks for none.
    """
    if not page.is_file():
        raise UserError(f"{page} is no page", "Markdown files to bring up to date, or nothing")
    text = page.read_text(encoding="utf-8")
    names = [name for name in TABLES if f"<!-- begin {name} -->" in text]
    if not names:
        raise UserError(f"{page} holds no table that is made", f"marks of one of {', '.join(TABLES)}")
    for name in names:
        text = replace_section(text, name, TABLES[name]())
    write_text_atomic(page, text)


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
        default = "" if key.default in ("", [], (), REQUIRED) else f"`{format_value(key.default)}`"
        allowed = describe_range(key) if key.base in (int, float, bool, str) else ""
        # Code of a text stays as it is.
        meaning = key.metadata["doc"].replace("|", "\\|").replace("\n", " ")
        lines.append(f"| `{name}`{beside} | {default} | {allowed} | {meaning} |")
    return "\n".join(lines)


def format_target_table() -> str:
    """Return a Markdown table with the gates, the penalty and the terms of every target."""
    lines = ["| `cost.target` | gates | penalty per m/s | terms in stage 3 |", "|---|---|---|---|"]
    for name in target_names():
        target = shipped_target(name)
        terms = ", ".join(_weighted(*item) for item in target.terms.items())
        terms = terms or f"none: a constant of {target.offset:g}"
        factor = f"{target.velocity_factor:g}" if target.gated else ""
        lines.append(f"| `{name}` | {_describe_gates(target)} | {factor} | {terms} |")
    return "\n".join(lines)


def format_term_table() -> str:
    """Return a Markdown table with meaning, unit and key in `*_Cost.txt` of every term of the package."""
    lines = ["| term | meaning | unit | key in `*_Cost.txt` |", "|---|---|---|---|"]
    for term in map(find_term, registered_terms()):
        meaning = term.doc[0].lower() + term.doc[1:].rstrip(".")
        lines.append(f"| {term.name} | {meaning} | {term.unit} | {f'`{term.key}`' if term.key else ''} |")
    return "\n".join(lines)


def _weighted(name: str, weight: float) -> str:
    return name if weight == 1.0 else f"{weight:g} {name}"


def _describe_gates(target: Target) -> str:
    if target.graded:
        return "none: graded"
    if target.moments:
        return "none: moments"
    if not target.gated:
        return "none: start from a good walk"
    plain = ["speed" if gate == "velocity" else gate for gate in target.gates if gate != "pelvis"]
    return ", ".join(plain + (["in 3D pelvis"] if target.pelvis_gate else []))


def format_parameter_tables() -> str:
    """Return Markdown tables of the parameters of a planar walk, of what 3D adds, and of both torque curves."""
    planar, spatial = build_table(2), build_table(3)
    four, points = build_table(2, controller="four_param"), build_table(2, controller="npoint", n_points=4)
    legs = build_table(2, controller="impedance", device=find_device("osl_ka"))
    sections = {
        "### Reflexes": _entries(planar, "reflex"),
        "### Start pose (`env.init_pose=walk_left`; `walk_right` mirrors the legs)": _entries(planar, "pose"),
        "### Start activations": _entries(planar, "activation"),
        "### Four-parameter torque curve (`exo=four_param`)": _entries(four, "exo"),
        "### n-point torque curve (`exo=npoint`, here `exo.n_points=4`)": _entries(points, "exo"),
        "### Impedances of a powered prosthesis (`exo=impedance`, here `model=osl_ka`)": _entries(legs, "exo"),
        "### Only in 3D": [item for item in spatial.parameters if item.name not in planar.names],
    }
    return "\n\n".join(f"{title}\n\n{_format_entries(entries)}" for title, entries in sections.items())


def _entries(table: ParameterTable, group: str) -> list[Parameter]:
    return list(table.parameters[table.group_slice(group)])


def _format_entries(entries: list[Parameter]) -> str:
    lines = ["| name | meaning | unit | value = | raw start | raw bounds |", "|---|---|---|---|---|---|"]
    for item in entries:
        shown = 180.0 / math.pi if item.unit.startswith("deg") else 1.0
        scale, offset = shown * item.scale, shown * item.offset
        value = f"{scale:g}·raw" + (f" {'+' if offset > 0 else '−'} {abs(offset):g}" if abs(offset) > 1e-9 else "")
        bounds = " … ".join(_format_bound(bound) for bound in (item.lower, item.upper))
        unit = item.unit or "1"
        cells = (f"`{item.name}`", explain(item.name), unit, value, f"{item.initial:g}", bounds)
        lines.append(f"| {' | '.join(map(escape_cell, cells))} |")
    return "\n".join(lines)


def _format_bound(bound: float) -> str:
    return f"{bound:g}" if math.isfinite(bound) else ("∞" if bound > 0 else "−∞")


TABLES: dict[str, Callable[[], str]] = {
    "keys": format_key_tables,
    "experiments": format_experiment_table,
    "targets": format_target_table,
    "terms": format_term_table,
    "parameters": format_parameter_tables,
    "survey": lambda: format_survey(load_survey()),
    "people_walks": format_people_walks,
    "changed_walks": format_changed_walks,
    "old_walks": format_old_walks,
    "speed_walks": format_speeds,
    "gallery": format_gallery,
    "both_physics": lambda: format_walks(load_walks()),
    "commands": format_command_tables,
    "settings": lambda: format_schema_table(EvolutionOptim, _SHORT_SETTINGS),
    "entries": lambda: format_schema_table(EvaluationEntry),
    "plots": lambda: format_schema_table(PlotOptions),
}

if __name__ == "__main__":
    sys.exit(main())
