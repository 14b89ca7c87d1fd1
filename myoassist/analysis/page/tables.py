"""The tables of the report: key figures, cost, what was run."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from myoassist.analysis.page.csv_tables import representative
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.config.schema.plant import muscles_of
from myoassist.report.parts import Cell, Row, Table, name_columns
from myoassist.rollout.log import SIDES
from myoassist.runs.differences import make_relative
from myoassist.runs.overrides import make_relative_override


class Measure(NamedTuple):
    """A row of the key figures.

    Attributes:
        label: Name for people.
        metric: Name in WALK_METRICS, for a sided one without the side.
        unit: Unit shown.
        digits: Decimals.
        sided: Whether there is one value per leg.
        scale: Factor from the metric's unit.
    """

    label: str
    metric: str
    unit: str
    digits: int
    sided: bool = False
    scale: float = 1.0


_GROUPS: dict[str, tuple[Measure, ...]] = {
    "Walking": (
        Measure("Speed", "speed", "m/s", 2),
        Measure("Cadence", "cadence_steps_per_min", "steps/min", 0),
        Measure("Stride time", "stride_time_mean", "s", 2),
        Measure("Spread of stride times", "stride_time_sd_percent", "%", 1),
        Measure("Stride length", "stride_length", "m", 2),
        Measure("Stance, share of the stride", "stance_fraction", "%", 1, True, 100.0),
        Measure("Difference of left and right step time", "step_time_asymmetry_percent", "%", 1),
        Measure("Difference of left and right stance", "stance_asymmetry_percent", "%", 1),
    ),
    "Motion": (
        Measure("Trunk, mean forward lean", "trunk_pitch_mean_deg", "deg", 1),
        Measure("Trunk, range", "trunk_pitch_rom_deg", "deg", 1),
        Measure("Hip, most flexed", "hip_flexion_max_deg", "deg", 1, True),
        Measure("Hip, most extended (flexion +)", "hip_flexion_min_deg", "deg", 1, True),
        Measure("Knee, most flexed", "knee_flexion_max_deg", "deg", 1, True),
        Measure("Knee, most extended (flexion +)", "knee_flexion_min_deg", "deg", 1, True),
        Measure("Ankle, most dorsiflexed", "ankle_dorsiflexion_max_deg", "deg", 1, True),
        Measure("Ankle, most plantarflexed (dorsiflexion +)", "ankle_dorsiflexion_min_deg", "deg", 1, True),
    ),
    "Loads": (
        Measure("Largest vertical ground reaction", "peak_grf_bw", "body weights", 2, True),
        Measure("Hip, largest extension moment", "hip_extension_moment_max", "N·m/kg", 2, True),
        Measure("Knee, largest extension moment", "knee_extension_moment_max", "N·m/kg", 2, True),
        Measure("Ankle, largest plantarflexion moment", "ankle_plantarflexion_moment_max", "N·m/kg", 2, True),
        Measure("Hip, largest power given out", "hip_power_generated_max", "W/kg", 2, True),
        Measure("Knee, largest power taken up", "knee_power_absorbed_max", "W/kg", 2, True),
        Measure("Ankle, largest power given out", "ankle_power_generated_max", "W/kg", 2, True),
    ),
    "Effort": (
        Measure("Metabolic cost of transport (model, gross)", "metabolic_cost_of_transport", "J/(kg·m)", 2),
        Measure("The same after Umberger 2010, 0.60 MPa", "metabolic_cost_umberger_060", "J/(kg·m)", 2),
        Measure("The same after Bhargava 2004, 0.60 MPa", "metabolic_cost_bhargava_060", "J/(kg·m)", 2),
        Measure("Muscle mass of both legs, implied at 0.60 MPa", "muscle_mass_060", "kg", 1),
        Measure("Positive joint work per mass and way", "joint_work_positive", "J/(kg·m)", 2),
    ),
    "Device": (
        Measure("Largest torque", "exo_peak_torque", "N·m", 2, True),
        Measure("Largest torque per body mass", "exo_peak_torque_per_kg", "N·m/kg", 3, True),
        Measure("Net work of the device on the leg per stride", "exo_work_per_stride", "J", 2, True),
        Measure("Work that the device gives to the leg per stride", "exo_positive_work_per_stride", "J", 2, True),
    ),
}


def key_figures(walks: Sequence[tuple[str, Evaluation]]) -> Table:
    """Return the table of key figures: right and left per walk, for two walks their difference, and the yardstick."""
    several, two = len(walks) > 1, len(walks) == 2
    sided = [*(name for name, _ in walks), *(["difference"] if two else [])] if several else [""]
    sides = [Cell("right", "number"), Cell("left", "number")] * len(sided)
    top = Row([Cell("", span=2), *(Cell(name, "number", span=2) for name in sided), Cell("")])
    yardstick = walks[0][1].yardstick
    compared = "people" if yardstick.people else "reference"
    head = [*name_columns(Cell("measure"), Cell("unit"), *sides, Cell(compared, "number"))]
    body = []
    for group, measures in _GROUPS.items():
        if group == "Device" and not any(item.has_exo or item.has_motors for _, item in walks):
            continue
        body.append(Row([Cell(group, span=3 + len(sides))], group=True))
        for measure in measures:
            cells = [cell for _, item in walks for cell in _cells(measure, item)]
            cells += _difference(measure, walks) if two else []
            known = yardstick.figure(measure.metric)
            text = "" if known is None else f"{measure.scale * known:.{measure.digits}f}"
            body.append(Row([Cell(measure.label), Cell(measure.unit), *cells, Cell(text, "number")]))
    return Table([top, *head] if several else head, body, wide=len(walks) > 2)


def _names(measure: Measure) -> list[str]:
    return [f"{measure.metric}_{side}" for side in SIDES] if measure.sided else [measure.metric]


def _cells(measure: Measure, evaluation: Evaluation) -> list[Cell]:
    known = _is_known(measure, evaluation)
    texts = [_value(measure, evaluation, name) if known else "–" for name in _names(measure)]
    return _spread_over_sides(texts)


def _is_known(measure: Measure, evaluation: Evaluation) -> bool:
    # Without an exo its torque is no measurement of zero; the motors of a prosthesis do work too.
    driven = evaluation.has_exo or (evaluation.has_motors and "work" in measure.metric)
    return driven or not measure.metric.startswith("exo_")


def _value(measure: Measure, evaluation: Evaluation, name: str) -> str:
    summary = evaluation.repeats.summarize(name) if evaluation.repeats is not None else None
    if summary is not None:
        mean, sd, _ = summary
        spread = "" if sd is None else f" ± {measure.scale * sd:.{measure.digits}f}"
        return f"{measure.scale * mean:.{measure.digits}f}{spread}"
    value = evaluation.metrics[name]
    return "–" if value is None else f"{measure.scale * value:.{measure.digits}f}"


def _difference(measure: Measure, walks: Sequence[tuple[str, Evaluation]]) -> list[Cell]:
    texts = []
    for name in _names(measure):
        first, second = (representative(item, name) for _, item in walks)
        if first is None or second is None or not all(_is_known(measure, item) for _, item in walks):
            texts.append("–")
        else:
            texts.append(f"{measure.scale * (second - first):+.{measure.digits}f}")
    return _spread_over_sides(texts)


def _spread_over_sides(texts: list[str]) -> list[Cell]:
    if len(texts) == 1:
        return [Cell(texts[0], "sides", span=2)]
    return [Cell(text, "number") for text in texts]


def cost_table(walks: Sequence[tuple[str, Evaluation]]) -> Table:
    """Return the table of the total cost, the parts that sum to it, and the reported terms."""
    columns = [Cell(name if len(walks) > 1 else "value", "number") for name, _ in walks]
    results = [item.result for _, item in walks]
    rows = [_row("Total", [_plain(result.total) for result in results], group=True)]
    for name in dict.fromkeys(name for result in results for name in result.parts):
        label = f"part of the total: {name}"
        rows.append(_row(label, [_plain(result.parts.get(name)) for result in results]))
    skipped = ("Stage", "Total_Cost")
    learned = all(item.learned for _, item in walks)
    for name in dict.fromkeys(name for result in results for name in result.terms if name not in skipped):
        values = [_plain(result.terms.get(name)) for result in results]
        if any(values):
            rows.append(_row(f"term: {name}", values))
    if not learned:
        rows.append(_row("Stage reached (3: every requirement met)", [result.stage for result in results]))
    return Table(name_columns(Cell("quantity"), *columns), rows)


def _plain(value: object) -> str:
    if isinstance(value, np.ndarray | list | tuple):
        return ", ".join(_plain(float(item)) for item in np.ravel(value))
    if isinstance(value, float | int):
        return f"{float(value):.5g}"
    return ""


def _row(label: str, values: list[str], *, group: bool = False) -> Row:
    return Row([Cell(label), *(Cell(value, "number") for value in values)], group)


def run_table(walks: Sequence[tuple[str, Evaluation]], sources: Sequence[str], changes: Sequence[list[str]]) -> Table:
    """Return the table of what was simulated.

    Args:
        walks: Walks by name.
        sources: Where the parameters of each come from.
        changes: What was changed against the configuration of each run.
    """
    columns = [
        _describe(item, source, change) for (_, item), source, change in zip(walks, sources, changes, strict=True)
    ]
    names = [Cell(name if len(walks) > 1 else "setting") for name, _ in walks]
    rows = [Row([Cell(name), *(Cell(column[name]) for column in columns)]) for name in columns[0]]
    return Table(name_columns(Cell("what"), *names), rows)


def _describe(evaluation: Evaluation, source: str, changes: list[str]) -> dict[str, str]:
    config, log = evaluation.config, evaluation.log
    model, env, exo, cost = config.model, config.env, config.exo, config.cost
    body = (
        f"own model {make_relative(model.path)}"
        if model.path
        else f"{model.musculature} muscles, device {model.device or 'none'}"
    )
    body += f", body {model.plant} with muscles {muscles_of(model)}"
    if evaluation.learned:
        return _describe_learned(evaluation, source, changes, body)
    shape = {"none": "no torque", "four_param": "four-parameter curve", "npoint": f"{exo.n_points}-point curve"}
    torque = "" if exo.controller == "none" else f", parameter 1 is {exo.max_torque:g} N·m"
    control = "1 kHz with neural delays" if config.control.delayed else "100 Hz without delays"
    return {
        "Parameters": source,
        "Changed against the run": ", ".join(map(make_relative_override, changes)) or "nothing",
        "Model": f"{body}; {model.physics} physics; mass {log.mass:.1f} kg with device",
        "Controller of the muscles": make_relative(config.control.controller),
        "Walk": f"{env.sim_time:g} s from pose {env.init_pose}, slope {env.slope_deg:g} deg, {control}",
        "Exoskeleton": f"{shape.get(exo.controller) or make_relative(exo.controller)}{torque}",
        "Cost": f"target {cost.target} ({cost.mode}), {cost.tgt_vel:g} m/s, last {cost.num_strides} strides judged",
        "Seed": str(config.seed),
    }


def _describe_learned(evaluation: Evaluation, source: str, changes: list[str], body: str) -> dict[str, str]:
    """Return the same rows for the walk of a policy."""
    config, log = evaluation.config, evaluation.log
    env = config.env
    ground = env.terrain if env.terrain == "flat" else f"{env.terrain} {env.terrain_params}"
    human = "the policy" if config.rl.human == "policy" else "spinal reflexes"
    return {
        "Parameters": source,
        "Changed against the run": ", ".join(map(make_relative_override, changes)) or "nothing",
        "Model": f"{body}; {config.model.physics} physics; mass {log.mass:.1f} kg with device",
        "Walk": f"at most {log.step_limit * log.dt:.4g} s, ground: {ground}, muscles driven by {human}, actions at "
        f"{env.control_framerate:g} Hz, physics at {1.0 / env.timestep:.0f} Hz",
        "Exoskeleton": "torque by the policy" if evaluation.has_exo else "no torque",
        "Cost": f"reward ({env.reward_version}); last {config.cost.num_strides} strides judged",
        "Seed": str(config.seed),
    }
