"""Walk every shipped controller on full and on fast physics and score both walks against people.

`python scripts/dev/physics/walks_on_both.py` walks them (a minute) and stores the figures beside itself;
`python scripts/dev/doc_tables.py docs/shipped-walks.md` writes the stored ones into the page.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from myoassist.analysis.walk.evaluation import evaluate_parameters
from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.shipped import DESCRIPTION, SHIPPED_GROUPS, ShippedController, list_controllers
from myoassist.files.atomic import write_text_atomic
from myoassist.runs.record import build_config

DATA = Path(__file__).with_suffix(".json")
PHYSICS = ("full", "fast")


@dataclass(frozen=True)
class Walked:
    """One controller on one physics.

    Attributes:
        controller: Name of the shipped controller.
        found_on: Physics that its search ended on.
        physics: Physics of this walk.
        asked_s: Time that the walk should last, s.
        walked_s: Time until it fell or was over, s.
        speed_m_s: Speed over the scored strides, m/s; None without strides.
        overall_sd: Distance from people of the same speed, standard deviations; None without strides.
    """

    controller: str
    found_on: str
    physics: str
    asked_s: float
    walked_s: float
    speed_m_s: float | None
    overall_sd: float | None


def stored_config(controller: ShippedController) -> RunConfig:
    """Return the configuration that a shipped controller was described with."""
    stored = json.loads(controller.parameters.with_name(DESCRIPTION).read_text(encoding="utf-8"))
    return build_config({group: stored[group] for group in SHIPPED_GROUPS if group in stored})


def walk_on(controller: ShippedController, physics: str) -> Walked:
    """Walk a shipped controller on one physics, everything else as it was shipped."""
    config = stored_config(controller)
    found_on, config.model.physics = config.model.physics, physics
    walk = evaluate_parameters(config, controller.parameters)
    content = walk.score.content
    figures = (content["speed_m_s"], content["overall_sd"])
    speed, distance = (None if figure is None else round(figure, 3) for figure in figures)
    walked = round(walk.log.n_steps * walk.log.dt, 2)
    return Walked(controller.name, found_on, physics, config.env.sim_time, walked, speed, distance)


def load_walks() -> tuple[Walked, ...]:
    """Return the stored figures."""
    return tuple(Walked(**row) for row in json.loads(DATA.read_text(encoding="utf-8")))


def format_walks(rows: tuple[Walked, ...]) -> str:
    """Return the figures as a Markdown table with a line per controller; times of falls are in italics."""
    lines = [
        "| controller | found on | full: walked s | m/s | SD from people | fast: walked s | m/s | SD from people |",
        "|" + "---|" * 8,
    ]
    names = dict.fromkeys(row.controller for row in rows)
    for name in names:
        walks = {row.physics: row for row in rows if row.controller == name}
        cells = [f"`{name}`", walks[PHYSICS[0]].found_on]
        for physics in PHYSICS:
            cells += _cells(walks[physics])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(row: Walked) -> list[str]:
    fell = row.walked_s < row.asked_s
    time = f"*fell at {row.walked_s:.1f}*" if fell else f"{row.walked_s:.0f}"
    return [time, *("–" if figure is None else f"{figure:.2f}" for figure in (row.speed_m_s, row.overall_sd))]


def main() -> int:
    """Walk everything and store it."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    rows = []
    for controller in list_controllers():
        for physics in PHYSICS:
            rows.append(walk_on(controller, physics))
            print(rows[-1], file=sys.stderr)
    write_text_atomic(DATA, "[\n" + ",\n".join(json.dumps(asdict(row)) for row in rows) + "\n]\n")
    print(format_walks(tuple(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
