"""Energy and stride length of walks over their speeds, beside people: two figures, a CSV file and a table.

    python scripts/dev/speed_figures.py docs/images/speeds
    python scripts/dev/speed_figures.py out/speeds shipped:human_125 logs/<date>/fast logs/<date>/slow

The first argument is how the names of the files begin. Without walks it draws the shipped people on level ground
without a device. Of a run its `eval_score.json` is read, so it has to be evaluated before.
"""

import argparse
import csv
import io
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myoassist.analysis.picture.figures import new_figure, save_figure, style_axes
from myoassist.analysis.picture.series import walk_color
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.config.sources.shipped import DESCRIPTION, find_controller, list_controllers
from myoassist.files.atomic import write_text_atomic
from myoassist.files.command_words import EVALUATE_COMMAND, quote_path
from myoassist.files.errors import ConfigError, UserError
from myoassist.gait.reference.human import GRAVITY, match_reference
from myoassist.people.tables import load_gait

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Legs of the walker of the library, hip joint to floor, m.
LEG_LENGTH = 0.9
# Energy models of the score, as the table and the legend call them.
MODELS = {"umberger2010_0.60MPa": "Umberger 2010 (0.60 MPa)", "bhargava2004_0.60MPa": "Bhargava 2004 (0.60 MPa)"}
_CALORIE = 4.184  # J


def ralston(speed: np.ndarray) -> np.ndarray:
    """Return the gross cost of transport of people, J/(kg·m): 29 + 0.0053 v² cal/(min·kg), v in m/min.

    Source: Ralston, "Energy-speed relation and optimal speed during level walking", Int Z angew Physiol 17 (1958).
    """
    per_minute = 60.0 * speed
    return _CALORIE * (29.0 + 0.0053 * per_minute**2) / per_minute


def looney(speed: np.ndarray) -> np.ndarray:
    """Return the gross cost of transport of people, J/(kg·m): 1.44 + 1.94 v^0.43 + 0.24 v^4 W/kg, v in m/s.

    Source: Looney et al., "Estimating energy expenditure during level, uphill, and downhill walking", Med Sci Sports
    Exerc 51 (2019), the level part.
    """
    return (1.44 + 1.94 * speed**0.43 + 0.24 * speed**4) / speed


PEOPLE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "people, Ralston 1958": ralston,
    "people, Looney 2019": looney,
}


# Names of shipped walks that are no row of speeds: with more than the speed behind human_, or none.
_VARIANT = re.compile(r"human_(\d+_|[a-z])")


@dataclass(frozen=True)
class SpeedRow:
    """A walk.

    Attributes:
        name: What it is called.
        speed: m/s.
        energy: Cost of transport by energy model, J/(kg·m).
        stride_length: m.
        human: Whether it is within all bounds of human walking.
    """

    name: str
    speed: float
    energy: dict[str, float]
    stride_length: float
    human: bool


def shipped_people() -> list[str]:
    """Return the shipped planar walks that are held against people, on level ground and without a device."""
    found = []
    for controller in list_controllers():
        content = json.loads(controller.parameters.with_name(DESCRIPTION).read_text(encoding="utf-8"))
        level = not content["env"].get("slope_deg") and content["env"].get("terrain", "flat") == "flat"
        plain = content["model"]["musculature"] == 22 and content["model"]["device"] is None
        if "robustness" in content and plain and level:
            found.append(f"{SHIPPED_PREFIX}{controller.name}")
    return found


def read_walk(text: str) -> SpeedRow:
    """Return the figures of a shipped controller or of an evaluated run.

    Raises:
        UserError: if it has no score.
    """
    if text.startswith(SHIPPED_PREFIX):
        name = text.removeprefix(SHIPPED_PREFIX)
        content = json.loads(find_controller(name).with_name(DESCRIPTION).read_text(encoding="utf-8"))
        if "score" not in content:
            raise ConfigError(f"{text} has no score", "a shipped walk that is held against people", "another one")
        return _row(name, content["score"])
    folder = Path(text)
    file = folder / "eval_score.json"
    if not file.is_file():
        raise UserError(f"{file} does not exist", "an evaluated run", f"{EVALUATE_COMMAND} run={quote_path(folder)}")
    return _row(folder.resolve().name, json.loads(file.read_text(encoding="utf-8")))


def _row(name: str, score: dict[str, Any]) -> SpeedRow:
    energy = {model: float(score["cot_j_kg_m"][model]) for model in MODELS}
    return SpeedRow(name, score["speed_m_s"], energy, score["stride_length_m"], score["gate"]["passed"])


def people_strides() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the five measured speeds, m/s, and mean and standard deviation of people's stride length, m, (5,) each."""
    speeds = load_gait().figures["speed"][0] * np.sqrt(GRAVITY * LEG_LENGTH)
    # The last one may lie beyond the table by rounding.
    pairs = [match_reference(min(v, speeds[-1] * (1.0 - 1e-12)), LEG_LENGTH).figures["stride_length_m"] for v in speeds]
    mean, sd = np.array(pairs).T
    return speeds, mean, sd


def format_speeds(rows: Sequence[SpeedRow] | None = None) -> str:
    """Return energy and stride length of walks beside people as a Markdown table; None takes the shipped ones."""
    rows = [read_walk(text) for text in shipped_people()] if rows is None else rows
    lines = [
        "| walk | m/s | Umberger 2010, J/kg/m | Bhargava 2004, J/kg/m | people: Ralston, Looney | stride m | "
        "people: mean ± SD |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda item: item.speed):
        people = ", ".join(f"{float(curve(np.array(row.speed))):.2f}" for curve in PEOPLE.values())
        mean, sd = match_reference(row.speed, LEG_LENGTH).figures["stride_length_m"]
        energy = [f"{row.energy[model]:.2f}" for model in MODELS]
        cells = [
            f"`{row.name}`",
            f"{row.speed:.2f}",
            *energy,
            people,
            f"{row.stride_length:.2f}",
            f"{mean:.2f} ± {sd:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def format_csv(rows: Sequence[SpeedRow]) -> str:
    """Return the same as comma-separated values."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    head = ["walk", "speed_m_s", *(f"cot_j_kg_m_{model}" for model in MODELS), "cot_ralston", "cot_looney"]
    writer.writerow([*head, "stride_length_m", "people_stride_length_m", "people_stride_length_sd_m", "within_bounds"])
    for row in sorted(rows, key=lambda item: item.speed):
        people = [round(float(curve(np.array(row.speed))), 4) for curve in PEOPLE.values()]
        mean, sd = match_reference(row.speed, LEG_LENGTH).figures["stride_length_m"]
        energy = [round(row.energy[model], 4) for model in MODELS]
        strides = [round(row.stride_length, 4), round(mean, 4), round(sd, 4)]
        writer.writerow([row.name, round(row.speed, 4), *energy, *people, *strides, int(row.human)])
    return stream.getvalue()


def draw_energy(rows: Sequence[SpeedRow]) -> "Figure":
    """Return the figure of the cost of transport over speed."""
    figure, axes = _axes("Energy over speed", "cost of transport [J/(kg·m)]   gross")
    speeds = np.linspace(0.5, 2.05, 100)
    for (label, curve), style in zip(PEOPLE.items(), ("--", ":"), strict=True):
        axes.plot(speeds, curve(speeds), style, color="0.35", lw=1.4, label=label)
    for number, (model, label) in enumerate(MODELS.items()):
        _draw_walks(axes, rows, [row.energy[model] for row in _sorted(rows)], number, label)
    axes.set_ylim(0.0, None)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    return figure


def draw_strides(rows: Sequence[SpeedRow]) -> "Figure":
    """Return the figure of the stride length over speed."""
    figure, axes = _axes("Stride length over speed", "stride length [m]")
    speeds, mean, sd = people_strides()
    axes.fill_between(speeds, mean - sd, mean + sd, color="0.5", alpha=0.25, lw=0)
    axes.plot(speeds, mean, "--", marker="s", ms=3, color="0.35", lw=1.4, label="people, Schwartz 2008, mean ± SD")
    _draw_walks(axes, rows, [row.stride_length for row in _sorted(rows)], 0, "walks")
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    return figure


def _sorted(rows: Sequence[SpeedRow]) -> list[SpeedRow]:
    return sorted(rows, key=lambda row: row.speed)


def _axes(title: str, label: str) -> tuple["Figure", "Axes"]:
    figure = new_figure(5.6, 3.8)
    axes = figure.subplots()
    style_axes(axes, title, label, "speed [m/s]")
    axes.set_xlim(0.45, 2.1)
    return figure, axes


def _draw_walks(axes: "Axes", rows: Sequence[SpeedRow], values: Sequence[float], number: int, label: str) -> None:
    """Draw walks as a line, filled points where they are within all bounds of human walking.

    Variants of a shipped walk, `human_125_delayed` beside `human_125`, are small points off the line.
    """
    color, ordered = walk_color(number), _sorted(rows)
    pairs = list(zip(ordered, values, strict=True))
    line = [(row.speed, value) for row, value in pairs if not _VARIANT.match(row.name)]
    # Without any walk on the line, too.
    axes.plot([speed for speed, _ in line], [value for _, value in line], "-", color=color, lw=1.2)
    for row, value in pairs:
        size = 3.5 if _VARIANT.match(row.name) else 6
        axes.plot(row.speed, value, "o", color=color, mfc=color if row.human else "white", ms=size)
    axes.plot([], [], "o-", color=color, label=f"{label} (hollow: misses a bound)")


def main() -> int:
    """Write figures and table, and print the latter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="how the names of the files begin")
    parser.add_argument("walks", nargs="*", help="shipped:NAME or folders of evaluated runs")
    arguments = parser.parse_args()
    try:
        rows = [read_walk(text) for text in arguments.walks or shipped_people()]
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    out = arguments.out
    out.parent.mkdir(parents=True, exist_ok=True)
    for name, figure in (("energy", draw_energy(rows)), ("strides", draw_strides(rows))):
        for kind in ("png", "svg"):
            save_figure(figure, out.with_name(f"{out.name}_{name}.{kind}"))
    write_text_atomic(out.with_name(f"{out.name}.csv"), format_csv(rows))
    print(format_speeds(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
