"""Turn the best of a run into a shipped controller or policy: files below models/controllers and models/policies."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from myoassist.analysis.picture.figures import save_figure
from myoassist.analysis.picture.gait_cycle import plot_gait_cycle
from myoassist.analysis.picture.video import WalkPicture, save_png
from myoassist.analysis.walk.evaluation import Evaluation, evaluate_parameters
from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.shipped import DESCRIPTION, PARAMETERS, SHIPPED_GROUPS, models_folder
from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.errors import ConfigError
from myoassist.files.json_values import to_json
from myoassist.rl.policy.file import read_policy
from myoassist.runs.catalogue import read_status
from myoassist.runs.policy_files import DESCRIPTION_NAME, POLICY_NAME, newest_policy
from myoassist.runs.record import build_config, read_run_config


def describe(evaluation: Evaluation) -> dict[str, object]:
    """Return total, parts and terms of a walk as JSON values."""
    result = evaluation.result
    return {
        "total": result.total,
        "stage": result.stage,
        "parts": result.parts,
        "terms": to_json(result.terms),
        "walked_time": result.walked_time,
        "distance": result.distance,
    }


def ship(run: Path, name: str, purpose: str, commands: list[str]) -> Path:
    """Write a controller folder: named parameters, both costs, gait metrics, a plot and a frame.

    Args:
        run: Run folder with a best.
        name: Name of the controller.
        purpose: What it is, in a few words.
        commands: Commands that made it, in order.

    Returns:
        The folder.
    """
    folder = models_folder() / "controllers" / name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run / PARAMETERS, folder / PARAMETERS)
    _show(folder, read_run_config(run), {"purpose": purpose, "commands": commands})
    return folder


def refresh(name: str) -> Path:
    """Walk a shipped controller again after a change of the physics or the costs, and say anew what it does.

    Args:
        name: Name of the controller.

    Returns:
        Its folder.
    """
    folder = models_folder() / "controllers" / name
    stored = json.loads((folder / DESCRIPTION).read_text())
    config = build_config({group: stored[group] for group in SHIPPED_GROUPS if group in stored})
    _show(folder, config, {key: stored[key] for key in ("purpose", "commands")})
    return folder


def ship_policy(run: Path, name: str, purpose: str, commands: list[str]) -> Path:
    """Write a policy folder from the best policy of a run.

    Args:
        run: Run folder.
        name: Name of the policy.
        purpose: What it is, in a few words.
        commands: Commands that made it, in order.

    Returns:
        The folder.

    Raises:
        ConfigError: if the run has no policy.
    """
    source = newest_policy(run)
    if source is None:
        raise ConfigError(f"{run} holds no trained policy", "a run folder of task=rl with best_model.zip")
    policy, config, status = read_policy(source), read_run_config(run), read_status(run)
    folder = models_folder() / "policies" / name
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(folder / POLICY_NAME, source.read_bytes())
    env = asdict(config.env)
    if not str(env["prev_trained_policy_path"]).startswith("shipped:"):
        # A folder of this machine; the commands tell where it came from.
        env["prev_trained_policy_path"] = None
    content = {
        "purpose": purpose,
        "commands": commands,
        "exp": status.get("exp"),
        "steps": policy.num_timesteps,
        "evaluation": (policy.note or {}).get("evaluation"),
        "model": asdict(config.model),
        "env": env,
        "control": asdict(config.control),
        "exo": asdict(config.exo),
        "rl": asdict(config.rl),
        "seed": config.seed,
    }
    write_text_atomic(folder / DESCRIPTION_NAME, json.dumps(content, indent=1) + "\n")
    return folder


def _show(folder: Path, config: RunConfig, origin: dict[str, object]) -> None:
    """Write description and pictures of the parameters in a folder."""
    walks = {}
    for mode in ("clean", "compat"):
        judged = replace(config, cost=replace(config.cost, mode=mode))
        walks[mode] = evaluate_parameters(judged, folder / PARAMETERS)
    clean = walks["clean"]
    content = {
        **origin,
        "model": asdict(config.model),
        "env": asdict(config.env),
        "control": asdict(config.control),
        "exo": asdict(config.exo),
        "cost": {key: value for key, value in asdict(config.cost).items() if key != "mode"},
        "clean": describe(clean),
        "compat": describe(walks["compat"]),
        "metrics": clean.metrics,
    }
    write_text_atomic(folder / DESCRIPTION, json.dumps(to_json(content), indent=1) + "\n")
    figure = plot_gait_cycle(clean, f"shipped:{folder.name}")
    if figure is not None:
        save_figure(figure, folder / "gait_cycle.png")
    save_png(WalkPicture(clean, f"shipped:{folder.name}").draw_still(), folder / "frame.png")
