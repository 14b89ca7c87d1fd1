"""What the page of an evaluation says and shows of a walk, or of two that are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import mujoco

from myoassist.analysis.page.card_table import comparison_table
from myoassist.analysis.page.csv_tables import representative
from myoassist.analysis.page.score_table import score_summaries
from myoassist.analysis.page.stats_table import stats_table
from myoassist.analysis.page.tables import cost_table, key_figures, run_table
from myoassist.analysis.page.words import describe_walk, find_shortcomings
from myoassist.analysis.picture.comparison import plot_comparison
from myoassist.analysis.picture.figures import render_svg
from myoassist.analysis.picture.gait_cycle import plot_gait_cycle, plot_joint_loads, plot_muscles
from myoassist.analysis.picture.modules import plot_modules
from myoassist.analysis.picture.time_series import plot_time_series
from myoassist.analysis.walk import files as names
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.report.builder import write_page
from myoassist.report.pages import ComparisonPage, WalkPage, WalkSummary
from myoassist.report.parts import Picture, Section, Tile
from myoassist.runs.differences import make_relative

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DRIVERS = {
    "reflex": "A controller of spinal reflexes drives the muscles; vision, the inner ear and the brain are not "
    "modelled.",
    "cpg": "A pattern generator drives the muscles: a clock that heel strike sets back, and no other feedback.",
    "network": "A small neural network drives the muscles; what it does with the senses has no counterpart in a nerve.",
}
_OWN_DRIVER = "A controller of the user drives the muscles: {name}."
_LEARNED = (
    "What drives it was learned by trial and error for a reward; it may use the body in ways that no person would, and "
    "what was not rewarded was not learned."
)


@dataclass(frozen=True)
class ReportedWalk:
    """A walk in the report.

    Attributes:
        name: Name of its run.
        evaluation: The walk.
        source: Where its parameters come from.
        overrides: What was changed against the configuration of its run.
        still: JPEG of one instant, or None.
        strip: JPEG of one stride, or None.
    """

    name: str
    evaluation: Evaluation
    source: str
    overrides: list[str] = field(default_factory=list)
    still: bytes | None = None
    strip: bytes | None = None


def write_report(
    path: Path,
    walks: Sequence[ReportedWalk],
    notices: Sequence[str] = (),
    sections: Sequence[Section] = (),
    video: str = names.VIDEO,
    drawn: Mapping[str, Picture] | None = None,
) -> None:
    """Write the report.

    Args:
        path: File to replace.
        walks: The walk, or several to compare.
        notices: Sentences about what could not be done.
        sections: What else to show.
        video: Name of the video.
        drawn: Figures of the only walk that need not be drawn again, by the names of their files.
    """
    first = walks[0].evaluation
    pairs = [(walk.name, walk.evaluation) for walk in walks]
    others = [(walk.evaluation, walk.name) for walk in walks[1:]]
    # The name of the run is the title of the page; in figures it tells two walks apart.
    title = walks[0].name if others else ""
    cost, what = cost_table(pairs), run_table(pairs, [w.source for w in walks], [w.overrides for w in walks])
    repeats = [walk.evaluation.repeats for walk in walks]
    known = drawn or {}
    courses = [
        known.get(names.TIME_SERIES) or _draw(plot_time_series(walk.evaluation, walk.name if others else ""))
        for walk in walks
    ]
    own_reference = first.config.cost.reference
    make_page = ComparisonPage if others else WalkPage
    page = make_page(
        walks=[_summarize(walk, alone=not others) for walk in walks],
        key_figures=key_figures(pairs),
        stats=stats_table(first.stride_stats) if not others else None,
        repeated=any(item is not None and item.survived for item in repeats),
        scores=score_summaries(pairs),
        compared=comparison_table(pairs),
        comparison=_draw(plot_comparison(pairs)) if others else None,
        motion=known.get(names.GAIT_CYCLE) or _draw(plot_gait_cycle(first, title, others)),
        loads=known.get(names.JOINT_LOADS) or _draw(plot_joint_loads(first, title, others)),
        muscles=known.get(names.MUSCLES) or _draw(plot_muscles(first, title, others)),
        modules=known.get(names.MODULES) or _draw(plot_modules(first, title)),
        courses=[picture for picture in courses if picture is not None],
        sections=sections,
        run=replace(what, wide=len(walks) > 2),
        cost=replace(cost, wide=len(walks) > 2),
        learned=first.learned,
        drivers=list(dict.fromkeys(_driver(walk.evaluation) for walk in walks)),
        reference=None if own_reference is None else make_relative(own_reference),
        people=first.yardstick.name if first.yardstick.people else None,
        notices=notices,
        mujoco=mujoco.__version__,
        files={
            names.METRICS_TABLE: "all metrics",
            names.STATS_TABLE: "figures of the strides",
            names.CURVES_TABLE: "all curves",
            names.TERMS: "cost",
            video: "video",
        },
    )
    write_page(path, page)


def draw_picture(figure: "Figure", caption: str = "", *, titled: bool = True) -> Picture:
    """Return a figure as a picture of a page, with its title or without."""
    return Picture(render_svg(figure, titled=titled).encode("utf-8"), "image/svg+xml", caption)


def _draw(figure: "Figure | None") -> Picture | None:
    return None if figure is None else draw_picture(figure)


def _summarize(walk: ReportedWalk, *, alone: bool) -> WalkSummary:
    return WalkSummary(
        name=walk.name,
        sentences=describe_walk(walk.evaluation),
        shortcomings=find_shortcomings(walk.evaluation),
        tiles=_tiles(walk.evaluation),
        strip=None if walk.strip is None else Picture(walk.strip, "image/jpeg"),
        still=Picture(walk.still, "image/jpeg") if walk.still is not None and alone else None,
    )


def _tiles(evaluation: Evaluation) -> list[Tile]:
    shown = [
        ("speed", 1.0, 2, "m/s", "speed"),
        ("cadence_steps_per_min", 1.0, 0, "/min", "steps"),
        ("stride_length", 1.0, 2, "m", "stride length"),
        ("step_time_asymmetry_percent", 1.0, 0, "%", "left–right difference of step times"),
        ("metabolic_cost_umberger_060", 1.0, 1, "J/(kg·m)", "metabolic cost (Umberger 2010)"),
    ]
    if evaluation.has_exo:
        shown.append(("exo_peak_torque_r", 1.0, 1, "N·m", "exo torque, right"))
    tiles = []
    for name, scale, digits, unit, label in shown:
        value = representative(evaluation, name)
        if value is not None:
            tiles.append(Tile(f"{scale * value:.{digits}f} {unit}", label))
    return tiles


def _driver(evaluation: Evaluation) -> str:
    """Return what drives the muscles, in a sentence."""
    if evaluation.learned:
        return _LEARNED
    name = evaluation.config.control.controller
    return _DRIVERS.get(name) or _OWN_DRIVER.format(name=make_relative(name))
