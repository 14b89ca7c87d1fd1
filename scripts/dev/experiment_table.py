"""The table of docs/experiments.md: what every experiment of the package composes to."""

from markdown_pages import escape_cell

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.groups import list_experiments
from myoassist.config.schema.run import RunConfig

_HEAD = ("`exp=`", "for", "body", "sensing", "controller", "device", "target", "L1", "budget")


def format_experiment_table() -> str:
    """Return a Markdown table with body, sensing, controller, device, target, L1 and budget of every experiment."""
    lines = [f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|"]
    for item in list_experiments():
        config = compose_run([f"exp={item.name}"]).config
        row = [f"`{item.name}`", item.purpose, *_describe_body(config), *_describe_task(config)]
        lines.append(f"| {' | '.join(map(escape_cell, row))} |")
    return "\n".join(lines)


def _describe_body(config: RunConfig) -> list[str]:
    model = config.model
    physics = " fast" if model.physics == "fast" else ""
    return [f"`{model.plant}`, {model.musculature} muscles{physics}", model.sensing]


def _describe_task(config: RunConfig) -> list[str]:
    device = config.model.device or "none"
    if config.task == "rl":
        human = "policy" if config.rl.human == "policy" else f"{config.rl.human}, policy of the device"
        return [human, device, "rewards", "", f"{config.rl.total_timesteps:,} steps".replace(",", " ")]
    optimizer, cost = config.optimizer, config.cost
    target = f"`{cost.target}`" + (f", {cost.draws} walks" if cost.draws > 1 else "")
    target += ", weights of its own" if cost.formula is not None else ""
    controller = f"{config.control.controller}" + (
        "" if config.control.legs == "shared" else f", {config.control.legs}"
    )
    torque = "" if config.exo.controller == "none" else f", {config.exo.controller}"
    return [controller, f"{device}{torque}", target, f"{cost.l1_weight:g}", f"{optimizer.popsize}·{optimizer.maxiter}"]
