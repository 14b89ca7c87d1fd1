"""The table of targets in the documentation."""

import sys

from myoassist.config.reference import run_generator
from myoassist.cost.targets import TARGETS, Target


def format_target_table() -> str:
    """Return a Markdown table with the gates, the penalty and the terms of every target."""
    lines = ["| `cost.target` | gates | penalty per m/s | terms in stage 3 |", "|---|---|---|---|"]
    for name, target in TARGETS.items():
        terms = ", ".join(target.terms) or f"none: a constant of {target.offset:g}"
        factor = f"{target.velocity_factor:g}" if target.gated else ""
        lines.append(f"| `{name}` | {_describe_gates(target)} | {factor} | {terms} |")
    return "\n".join(lines)


def _describe_gates(target: Target) -> str:
    if not target.gated:
        return "none: start from a good walk"
    return "speed, symmetry" + (", in 3D pelvis" if target.pelvis_gate else "")


if __name__ == "__main__":
    sys.exit(run_generator("targets", format_target_table, sys.argv[1:]))
