"""The finalists of a search on the page of its walk: what each of them withstood, and which was chosen."""

from pathlib import Path
from typing import Any

from myoassist.report.parts import Cell, Row, Section, Table, name_columns
from myoassist.runs.catalogue import CHOICE_NAME, is_choice_current, read_json


def finalist_sections(folder: Path) -> list[Section]:
    """Return what the page of a search says about its finalists; nothing where none were judged since it ended.

    Args:
        folder: Run folder.
    """
    if not is_choice_current(folder):
        return []
    content = read_json(folder / CHOICE_NAME)
    chosen, judged = str(content["chosen"]), content["finalists"]
    return [
        Section(
            "Finalists of the search",
            [
                f"{len(judged)} candidates walked once more: level, with noise on their parameters, over uneven "
                "ground, and pushed as no walk of the search was. The best misses the fewest bounds, then lasts most "
                "often, then is nearest to people.",
                f"Chosen: {chosen}.",
            ],
            _table(judged, chosen),
            [],
        )
    ]


def _table(judged: list[dict[str, Any]], chosen: str) -> Table:
    kinds = list(dict.fromkeys(name for item in judged for name in item["survived"]))
    head = (
        Cell("candidate"),
        *(Cell(kind.replace("_", " "), "number") for kind in kinds),
        Cell("SD from people", "number"),
        Cell("total", "number"),
        Cell("bounds missed"),
    )
    rows = []
    for item in judged:
        distance = item["overall_sd"]
        lasted = [item["survived"].get(kind) for kind in kinds]
        rows.append(
            Row(
                (
                    Cell(f"{item['name']} (chosen)" if item["name"] == chosen else item["name"]),
                    *(Cell("-" if pair is None else f"{pair[0]} of {pair[1]}", "number") for pair in lasted),
                    Cell("-" if distance is None else f"{distance:.2f}", "number"),
                    Cell(f"{item['total']:.2f}", "number"),
                    Cell(", ".join(item["missed"]) or "none"),
                )
            )
        )
    return Table(name_columns(*head), rows)
