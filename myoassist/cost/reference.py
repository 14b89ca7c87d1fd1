"""The tables of targets and terms in the documentation, and the list of terms of the command line."""

import sys

from myoassist.config.cost_formula import Target, shipped_target, target_names
from myoassist.config.reference import run_generator
from myoassist.cost.registry import find_term, registered_terms


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


def term_rows() -> list[tuple[str, ...]]:
    """Return name, unit, key and meaning of every registered term, below a row of headings."""
    rows: list[tuple[str, ...]] = [("term", "unit", "key in *_Cost.txt", "meaning")]
    terms = map(find_term, registered_terms())
    return rows + [(term.name, term.unit, term.key or "-", term.doc) for term in terms]


def _weighted(name: str, weight: float) -> str:
    return name if weight == 1.0 else f"{weight:g} {name}"


def _describe_gates(target: Target) -> str:
    if not target.gated:
        return "none: start from a good walk"
    plain = ["speed" if gate == "velocity" else gate for gate in target.gates if gate != "pelvis"]
    return ", ".join(plain + (["in 3D pelvis"] if target.pelvis_gate else []))


def main(arguments: list[str]) -> int:
    """Print both tables, or bring them up to date in the page that the only argument names; return the exit code."""
    makers = {"targets": format_target_table, "terms": format_term_table}
    return max(run_generator(name, make, arguments) for name, make in makers.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
