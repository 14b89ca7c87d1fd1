"""The report of an evaluation: one HTML file with everything in it, for a screen and for paper."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import mujoco

import myoassist
from myoassist.analysis import evaluation_files as names
from myoassist.analysis.evaluation import Evaluation
from myoassist.analysis.evaluation_tables import representative
from myoassist.analysis.figures import render_svg
from myoassist.analysis.plot_gait_cycle import plot_gait_cycle, plot_joint_loads, plot_muscles
from myoassist.analysis.plot_time_series import plot_time_series
from myoassist.analysis.report_style import STYLE
from myoassist.analysis.report_tables import cost_table, key_figures, run_table
from myoassist.analysis.report_words import describe_walk, find_shortcomings
from myoassist.config.atomic import write_text_atomic
from myoassist.config.run_diff import make_relative

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOTION = (
    "Lines: mean of the strides; bands: one standard deviation. Each leg is cut at its own heel strikes. Dotted "
    "vertical lines: toe-off. Ground reaction: sum of the heel and toe sensors of a foot, in body weights."
)
_LOADS = (
    "Net moment of muscles, exoskeleton and passive tissue on the coordinate of the joint, per kg of the model with "
    "its device; power is that moment times the joint's speed. Joint limits are not in it. "
    "The reference gait holds no moments."
)
_MUSCLES = (
    "Activation of the model's muscles beside the reference EMG, both on a scale from 0 to 1. EMG is not activation: "
    "compare when a muscle works rather than how much."
)
_SIMULATION = "This is a computer simulation of one model of an adult, not a measurement of a patient. "
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
_LIMITS = ("The limits behind “What falls short” are conventions of this report, not clinical ones.",)


_REFERENCE = (
    "The reference is the table of normative adult level walking that MyoAssist distributes; the measurement behind it "
    "is not documented. Its standard deviation is known for the ground reaction only."
)
_OWN_REFERENCE = "The reference is {file}; what that file lacks is the built-in gait of normative adult level walking."


_COST = (
    "<h2>Cost</h2>",
    '<p class="note">What the search minimized. The parts sum to the total; terms are not weighted.</p>',
)
_REWARD = (
    "<h2>Reward</h2>",
    '<p class="note">What the training maximized, summed over this walk. The parts sum to the total.</p>',
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


@dataclass(frozen=True)
class ReportSection:
    """What a report shows beside the walk.

    Attributes:
        heading: Heading.
        html: Words and tables below it, as HTML.
        figures: Figures below these, with their captions.
    """

    heading: str
    html: str = ""
    figures: Sequence[tuple["Figure", str]] = ()


def write_report(
    path: Path,
    walks: Sequence[ReportedWalk],
    notices: Sequence[str] = (),
    sections: Sequence[ReportSection] = (),
    video: str = names.VIDEO,
) -> None:
    """Write the report.

    Args:
        path: File to replace.
        walks: The walk, or two to compare.
        notices: Sentences about what could not be done.
        sections: What else to show.
        video: Name of the video.
    """
    heading = " and ".join(walk.name for walk in walks)
    kind = "Walking report" if len(walks) == 1 else "Two walks compared"
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{kind}: {escape(heading)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{STYLE}</style></head><body>",
        f'<h1>{kind}</h1><p class="sub">{escape(heading)}</p>',
        *_summary(walks),
        *_pictures(walks),
        "<h2>Key figures</h2>",
        key_figures([(walk.name, walk.evaluation) for walk in walks]),
        f'<p class="note">{_explain_figures(walks)}</p>',
        *_plots(walks),
        *(part for section in sections for part in _section(section)),
        *_settings(walks),
        "<h2>How far this can be trusted</h2><ul>",
        *(f"<li>{text}</li>" for text in (*_limits(walks), _describe_reference(walks[0]), *map(escape, notices))),
        "</ul>",
        f"<footer>myoassist {escape(myoassist.__version__)}, MuJoCo {escape(mujoco.__version__)}. Beside this file: "
        f"{names.METRICS_TABLE} (all metrics), {names.CURVES_TABLE} (all curves), {names.TERMS} (cost), "
        f"{video} (video).</footer>",
        "</body></html>",
    ]
    write_text_atomic(path, "\n".join(parts) + "\n")


def _describe_reference(walk: ReportedWalk) -> str:
    own = walk.evaluation.config.cost.reference
    return _REFERENCE if own is None else _OWN_REFERENCE.format(file=escape(make_relative(own)))


def _limits(walks: Sequence[ReportedWalk]) -> list[str]:
    driven = dict.fromkeys(_driver(walk.evaluation) for walk in walks)
    return [_SIMULATION + " ".join(driven), *_LIMITS]


def _section(section: ReportSection) -> list[str]:
    figures = [_figure(render_svg(item).encode("utf-8"), "image/svg+xml", text) for item, text in section.figures]
    return [f"<h2>{escape(section.heading)}</h2>", section.html, *figures]


def _summary(walks: Sequence[ReportedWalk]) -> list[str]:
    if len(walks) == 1:
        walk = walks[0]
        return [
            "<h2>In short</h2>",
            format_list(describe_walk(walk.evaluation)),
            _tiles(walk.evaluation),
            *_shortcomings(walk),
        ]
    columns = []
    for walk in walks:
        words = [
            f"<h3>{escape(walk.name)}</h3>",
            format_list(describe_walk(walk.evaluation)),
            *_shortcomings(walk, "h3"),
        ]
        columns.append(f"<div>{''.join(words)}</div>")
    return ["<h2>In short</h2>", f'<div class="columns">{"".join(columns)}</div>']


def _shortcomings(walk: ReportedWalk, level: str = "h2") -> list[str]:
    found = find_shortcomings(walk.evaluation)
    box = (
        f'<div class="short">{format_list(found)}</div>'
        if found
        else '<p class="fine">Nothing that this report looks for.</p>'
    )
    return [f"<{level}>What falls short</{level}>", box]


def _tiles(evaluation: Evaluation) -> str:
    shown = [
        ("speed", 1.0, 2, "m/s", "speed"),
        ("cadence_steps_per_min", 1.0, 0, "/min", "steps"),
        ("stride_length", 1.0, 2, "m", "stride length"),
        ("step_time_asymmetry_percent", 1.0, 0, "%", "left–right difference of step times"),
        ("metabolic_cost_of_transport", 1.0, 1, "J/(kg·m)", "metabolic cost (model)"),
    ]
    if evaluation.has_exo:
        shown.append(("exo_peak_torque_r", 1.0, 1, "N·m", "exo torque, right"))
    tiles = []
    for name, scale, digits, unit, label in shown:
        value = representative(evaluation, name)
        if value is not None:
            tiles.append(f'<div class="tile"><b>{scale * value:.{digits}f} {unit}</b><span>{label}</span></div>')
    return f'<div class="tiles">{"".join(tiles)}</div>' if tiles else ""


def _pictures(walks: Sequence[ReportedWalk]) -> list[str]:
    parts = []
    for walk in walks:
        name = f"{escape(walk.name)}. " if len(walks) > 1 else ""
        if walk.strip is not None:
            caption = f"{name}One stride of the right leg (lighter bones), from heel strike to heel strike."
            parts.append(_figure(walk.strip, "image/jpeg", f"{caption} Muscles: blue relaxed, red active.", "strip"))
        if walk.still is not None and len(walks) == 1:
            parts.append(
                _figure(walk.still, "image/jpeg", "Just after a right heel strike, where there is one.", "still")
            )
    return ["<h2>The walk</h2>", *parts] if parts else []


def _explain_figures(walks: Sequence[ReportedWalk]) -> str:
    text = "Over the judged strides at the end of the walk. "
    if any(walk.evaluation.repeats is not None and walk.evaluation.repeats.survived for walk in walks):
        text += "Where ± stands: mean and standard deviation over the walks from perturbed starts that lasted. "
    return (
        text
        + "Reference: the same figure of the reference gait, where it has one. –: not applicable or no whole stride."
    )


def _plots(walks: Sequence[ReportedWalk]) -> list[str]:
    first = walks[0]
    others = [(walk.evaluation, walk.name) for walk in walks[1:]]
    parts = []
    for heading, plot, caption in (
        ("Motion and ground reaction over the gait cycle", plot_gait_cycle, _MOTION),
        ("Joint moments and powers", plot_joint_loads, _LOADS),
        ("Muscle activation", plot_muscles, _MUSCLES),
    ):
        figure = plot(first.evaluation, first.name if others else "", others)
        if figure is not None:
            svg = render_svg(figure).encode("utf-8")
            parts += [f"<h2>{heading}</h2>", _figure(svg, "image/svg+xml", caption)]
    if not parts:
        parts = ["<h2>Gait cycle</h2><p>No leg made a whole stride, so there is no gait cycle to show.</p>"]
    for walk in walks:
        figure = plot_time_series(walk.evaluation, walk.name if others else "")
        if figure is not None:
            svg = render_svg(figure).encode("utf-8")
            parts += ["<h2>The whole walk over time</h2>", _figure(svg, "image/svg+xml", "")]
    return parts


def _settings(walks: Sequence[ReportedWalk]) -> list[str]:
    pairs = [(walk.name, walk.evaluation) for walk in walks]
    return [
        "<h2>What was run</h2>",
        run_table(pairs, [walk.source for walk in walks], [walk.overrides for walk in walks]),
        *(_REWARD if walks[0].evaluation.learned else _COST),
        cost_table(pairs),
    ]


def format_list(sentences: Sequence[str]) -> str:
    """Return sentences as an HTML list."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in sentences) + "</ul>"


def _figure(data: bytes, kind: str, caption: str, style: str = "") -> str:
    text = base64.b64encode(data).decode("ascii")
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="{style}"><img alt="" src="data:{kind};base64,{text}">{below}</figure>'


def _driver(evaluation: Evaluation) -> str:
    """Return what drives the muscles, in a sentence."""
    if evaluation.learned:
        return _LEARNED
    name = evaluation.config.control.controller
    return _DRIVERS.get(name) or _OWN_DRIVER.format(name=make_relative(name))
