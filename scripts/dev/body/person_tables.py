"""Tables and picture of `person_cost.py`."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from emg_driven import JUDGED, judge
from person_leg import JOINTS, Leg

if TYPE_CHECKING:
    from person_cost import Solution, Trial


def ralston(speed: float) -> float:
    """Return the gross cost of transport of adults at a speed in m/s, J/kg/m.

    Source: Ralston, Int Z Angew Physiol 17:277 (1958): 29 + 0.0053 v^2 cal/kg/min, v in m/min.
    """
    per_minute = 60.0 * speed
    return 4.184 * (29.0 + 0.0053 * per_minute**2) / per_minute


def write_tables(
    musculature: int, leg: Leg, solutions: "dict[str, Solution]", trials: "list[Trial]", page: Path | None
) -> None:
    """Print the tables, and put them in their place in a page."""
    parts = [_effort(leg, solutions), _agreement(leg, solutions), _largest(leg, solutions)]
    for name, lines in zip(("effort", "emg", "largest"), parts, strict=True):
        _put(f"person {name} {musculature}", lines, page)
    if trials:
        _put(f"person driven {musculature}", _driven(trials), page)


def _put(mark: str, lines: list[str], page: Path | None) -> None:
    print(f"\n{mark}\n" + "\n".join(lines))
    if page is None:
        return
    text, first, last = page.read_text(encoding="utf-8"), f"<!-- {mark} -->\n", f"<!-- end {mark} -->"
    if first not in text or last not in text:
        print(f"{page} has no place for it: {first.strip()} and {last}")
        return
    before, rest = text.split(first, 1)
    page.write_text(before + first + "\n".join(lines) + "\n" + last + rest.split(last, 1)[1], encoding="utf-8")


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _effort(leg: Leg, solutions: "dict[str, Solution]") -> list[str]:
    rows = []
    for name, found in solutions.items():
        top = found.activation.max(axis=0)
        order = np.argsort(-top)[:3]
        late = judge(found.way, found.followed)["ankle"]
        rows.append(
            [
                f"{name}, {found.way.speed:.2f} m/s",
                ", ".join(f"{100.0 * share:.1f}" for share in found.reserve_share),
                ", ".join(f"{leg.names[i]} {top[i]:.2f}" for i in order),
                f"{found.cost('umberger_060'):.2f}, {found.cost('bhargava_060'):.2f}",
                f"{ralston(found.way.speed):.2f}",
                f"{100.0 * late.rms:.0f}",
            ]
        )
    head = ["speed", "reserve of hip, knee, ankle, % of peak", "most active"]
    head += ["J/kg/m: Umberger, Bhargava", "people (Ralston 1958)", "ankle missed with activation dynamics, % of peak"]
    return _table(head, rows)


def _agreement(leg: Leg, solutions: "dict[str, Solution]") -> list[str]:
    from person_cost import emg_agreement

    found = {name: emg_agreement(leg, one) for name, one in solutions.items()}
    electrodes = list(next(iter(found.values())))
    rows = [[e.replace("_", " "), *(f"{values[e]:.2f}" for values in found.values())] for e in electrodes]
    rows.append(["mean", *(f"{np.mean(list(values.values())):.2f}" for values in found.values())])
    return _table(["electrode", *solutions], rows)


def _largest(leg: Leg, solutions: "dict[str, Solution]") -> list[str]:
    top = {name: one.activation.max(axis=0) for name, one in solutions.items()}
    rows = [[muscle, *(f"{values[i]:.2f}" for values in top.values())] for i, muscle in enumerate(leg.names)]
    return _table(["muscle", *solutions], rows)


def _driven(trials: "list[Trial]") -> list[str]:
    rows = []
    for trial in trials:
        time = "body's" if trial.deactivation is None else f"{1000.0 * trial.deactivation:.0f} ms"
        cells = [f"{trial.others}, {time}, {1000.0 * trial.delay:.0f} ms"]
        for agreement in trial.agreement.values():
            for a in (agreement[joint] for joint in reversed(JUDGED)):
                peaks = [f"{peak:.2f} at {time:.0f}" for peak, time in zip(a.peak, a.time, strict=True)]
                cells.append(f"{a.r:.2f}, {100.0 * a.rms:.0f} %, {peaks[0]} ({peaks[1]})")
        rows.append(cells)
    head = ["other muscles, deactivation, delay"]
    head += [f"{joint}, {name}" for name in trials[0].agreement for joint in reversed(JUDGED)]
    lines = _table(head, rows)
    for trial in trials:
        if trial.deactivation is None and trial.delay == 0.0:
            scales = ", ".join(f"{name.replace('_', ' ')} {scale:.2f}" for name, scale in trial.scales.items())
            peak, people = trial.at_one["ankle"].peak
            lines += ["", f"Scales, {trial.others}: {scales}. With all scales 1 the ankle gives {peak:.2f} N·m/kg"]
            lines[-1] += f" at free speed, people {people:.2f}."
    return lines


def draw(picture: Path, leg: Leg, solutions: "dict[str, Solution]", trials: "list[Trial]") -> None:
    """Draw moments of ankle and knee, and activations beside EMG, a column per speed."""
    import matplotlib.pyplot as plt
    from person_cost import behind_electrode

    electrodes = ("gastrocnemius", "tibialis_anterior", "rectus_femoris", "medial_hamstrings")
    rows = len(JUDGED) + len(electrodes)
    size = {"figsize": (11, 1.9 * rows), "constrained_layout": True}
    figure, axes = plt.subplots(rows, len(solutions), sharex=True, sharey="row", squeeze=False, **size)
    percent = np.linspace(0.0, 100.0, 51)
    shown = [t for t in trials if t.others != "none" and t.deactivation is None and t.delay == 0.0]
    shown += [t for t in trials if t.others == "synergists" and t.delay > 0.0][-1:]
    for column, (name, found) in zip(axes.T, solutions.items(), strict=True):
        way = found.way
        column[0].set_title(f"{name}, {way.speed:.2f} m/s", fontsize=10)
        for axis, joint in zip(column, reversed(JUDGED), strict=False):
            j = JOINTS.index(joint)
            mean, sd = -way.moment[:, j] / way.mass, way.spread[:, j] / way.mass
            axis.fill_between(percent, mean - sd, mean + sd, color="0.85")
            axis.plot(percent, mean, "k", label="people")
            axis.plot(percent, -found.moment[:, j] / way.mass, "tab:blue", lw=1, label="static optimization")
            for trial, colour in zip(shown, ("tab:red", "tab:orange", "tab:purple"), strict=False):
                label = f"EMG, others: {trial.others}" + (f", {1000 * trial.delay:.0f} ms later" if trial.delay else "")
                axis.plot(percent, -trial.moments[name][:, j] / way.mass, color=colour, lw=1, label=label)
            axis.axhline(0.0, color="0.6", lw=0.5)
        for axis, electrode in zip(column[len(JUDGED) :], electrodes, strict=True):
            axis.fill_between(percent, way.emg[electrode], color="0.85", label="EMG of people, share of its maximum")
            active = behind_electrode(leg, found.activation, electrode)
            axis.plot(percent, active, "tab:blue", lw=1, label="static optimization")
            axis.set_ylim(0.0, 1.0)
        column[-1].set_xlabel("stride, %")
    labels = [f"{joint}, N·m/kg" for joint in reversed(JUDGED)] + [e.replace("_", " ") for e in electrodes]
    for axis, label in zip(axes[:, 0], labels, strict=True):
        axis.set_ylabel(label, fontsize=8)
    handles, names = axes[0, 0].get_legend_handles_labels()
    shade, title = axes[-1, 0].get_legend_handles_labels()
    figure.legend([*handles, shade[0]], [*names, title[0]], fontsize=8, loc="outside upper center", ncols=3)
    figure.savefig(picture, dpi=90)
