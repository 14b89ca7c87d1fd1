"""What the page says in words and tables, as HTML."""

import html
import math
from collections.abc import Sequence

from myoassist.analysis.page.card_table import bounds_table, parts_table
from myoassist.report.builder import render_table
from myoassist.report.parts import Cell, Row, Table, name_columns
from myoassist.watch.run_files import Best, Member, RunState
from myoassist.watch.walk import Walked

_STYLE = """<style>
.ma table { border-collapse: collapse; width: 100%; font-size: 12px; margin: 4px 0; }
.ma th, .ma td { text-align: left; padding: 2px 4px; border-bottom: 1px solid rgba(128,128,128,0.3); }
.ma th.n, .ma td.n { text-align: right; font-variant-numeric: tabular-nums; }
.ma td.near { background: #b9e4c6; color: #111; }
.ma td.enough { background: #f8e2a0; color: #111; }
.ma td.far { background: #f4b7a6; color: #111; }
.ma tr.group td { font-weight: 600; }
.ma p { margin: 4px 0; font-size: 12.5px; }
</style>"""


def wrap(content: str) -> str:
    """Return HTML with the style of the page around it."""
    return f'{_STYLE}<div class="ma" style="padding: 4px 10px">{content}</div>'


def say(*sentences: str) -> str:
    """Return sentences, a paragraph each."""
    return "".join(f"<p>{html.escape(text)}</p>" for text in sentences if text)


def run_card(state: RunState) -> str:
    """Return how a run stands."""
    status = state.status
    words = [f"Run: {status['status']}"]
    if status.get("generation") is not None:
        words.append(f"generation {status['generation']} of {status.get('maxiter', '?')}")
    if status.get("evaluations") is not None:
        words.append(f"{status['evaluations']} evaluations")
    if status.get("rung"):
        words.append(f"rung {status['rung']}")
    best = state.best
    if best is None:
        return say(", ".join(words) + ".", "There is no best yet: no generation is complete. The page waits for it.")
    found = f", found in generation {best.generation}" if best.generation is not None else ""
    member = f" of {best.folder.name}" if state.members else ""
    return say(", ".join(words) + ".", f"Best{member}: {number(best.total)}, stage {best.stage}{found}.")


def walk_card(walked: Walked, best: Best | None, speed: float, slope_deg: float, name: str = "") -> str:
    """Return how the walk that is shown ended, what it costs, and what of it is not as in its run.

    Args:
        walked: The walk.
        best: What the run says about it.
        speed: Target speed of the run, m/s.
        slope_deg: Slope of the run, deg.
        name: Put before it.
    """
    result, log = walked.result, walked.log
    ended = log.reason or f"walks to the end, {log.n_steps * log.dt:g} s"
    words = f"{name}{ended}; {result.distance:.2f} m; {walked.config.cost.target} {number(result.total)}"
    as_in_run = (walked.wish.speed, walked.wish.slope_deg) == (speed, slope_deg) and not walked.wish.pushes
    if as_in_run and best is not None and best.digest == walked.wish.digest and best.total is not None:
        same = best.total == float(result.total)
        words += ", as stored" if same else f" (stored: {number(best.total)})"
    wish = walked.wish
    tried = [] if wish.speed == speed else [f"target speed {wish.speed:g} m/s"]
    tried += [] if wish.slope_deg == slope_deg else [f"slope {wish.slope_deg:+g} deg"]
    pushed = [f"{push.impulse:+g} N·s at {push.time:.2f} s" for push in wish.pushes]
    told = ((label, ", ".join(items)) for label, items in (("Tried", tried), ("Pushed", pushed)) if items)
    return say(f"{words}.", *(f"{label}: {items}." for label, items in told))


def score_card(walked: Walked) -> str:
    """Return the bounds of a walk with their lights, and those of its joints and muscles."""
    scored = walked.scored
    if scored is None:
        return say("The walk has not begun, so nothing is scored.")
    missing = "" if scored.score.channels else f"{next(iter(scored.score.missing.values()), '')}."
    tables = render_table(bounds_table(scored.gates))
    if scored.score.channels:
        tables += render_table(parts_table(scored))
    speed = f"People at {walked.config.cost.tgt_vel:g} m/s. Green reaches the goal, yellow the bound, red misses it."
    return say(speed, missing) + tables


def terms_card(walked: Walked) -> str:
    """Return the parts of the total of a walk, the largest first, and its terms."""
    result = walked.result
    parts = sorted(result.parts.items(), key=lambda item: -abs(float(item[1])))
    rows = [Row([Cell(name), Cell(number(float(value)), "number")]) for name, value in parts]
    total = Row([Cell("total"), Cell(number(float(result.total)), "number")], group=True)
    table = Table(name_columns(Cell("part of the total"), Cell("value", "number")), [total, *rows])
    shown = [(name, value) for name, value in result.terms.items() if isinstance(value, float | int)]
    terms = [Row([Cell(name), Cell(number(float(value)), "number")]) for name, value in shown]
    return render_table(table) + render_table(Table(name_columns(Cell("term"), Cell("value", "number")), terms))


def members_card(members: Sequence[Member]) -> str:
    """Return the members of a pool, the best first."""
    ranked = sorted(members, key=lambda item: (math.inf if item.best is None else item.best, item.name))
    rows = []
    for item in ranked:
        fate = {True: "goes on", False: "ended", None: ""}[item.kept]
        generation = "–" if item.generation is None else str(item.generation)
        cells = [Cell(item.name), Cell(number(item.best), "number"), Cell(generation, "number")]
        rows.append(Row([*cells, Cell(item.stage), Cell(item.status), Cell(fate)]))
    head = (Cell("member"), Cell("best", "number"), Cell("generation", "number"), Cell("stage"), Cell("is"), Cell(""))
    return render_table(Table(name_columns(*head), rows))


def number(value: float | None) -> str:
    """Return a number with five digits; a dash for none."""
    return "–" if value is None else f"{value:.5g}"
