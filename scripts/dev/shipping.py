"""Turn the best of a run into a shipped controller or policy: files below models/controllers and models/policies."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gallery import FRAME

from myoassist.analysis.picture.figures import save_figure
from myoassist.analysis.picture.gait_cycle import plot_gait_cycle
from myoassist.analysis.picture.video import WalkPicture, save_png
from myoassist.analysis.proof.record import dump_proof, prove_walk
from myoassist.analysis.proof.walked import find_shipped, walk_result
from myoassist.analysis.walk.evaluation import Evaluation, evaluate_parameters
from myoassist.analysis.walk.trials import try_walk
from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.shipped import DESCRIPTION, PARAMETERS, SHIPPED_GROUPS, models_folder
from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.errors import ConfigError
from myoassist.files.json_values import to_json
from myoassist.rl.policy.file import read_policy
from myoassist.runs.catalogue import read_status
from myoassist.runs.pack import PROOF_NAME
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
    folder, stored, config = _read_shipped(name)
    _show(folder, config, {key: stored[key] for key in ("purpose", "commands")})
    return folder


def _read_shipped(name: str) -> tuple[Path, dict[str, Any], RunConfig]:
    """Return the folder of a shipped controller, its description and the configuration in it."""
    folder = models_folder() / "controllers" / name
    stored = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    return folder, stored, build_config({group: stored[group] for group in SHIPPED_GROUPS if group in stored})


def prove(name: str) -> Path:
    """Walk a shipped controller or policy and keep the record of its walk, which `myoassist verify` compares with.

    Args:
        name: Name of the controller or policy.

    Returns:
        The file.
    """
    proof, walk = _walk_shipped(name)
    write_bytes_atomic(proof, dump_proof(prove_walk(walk.log)))
    return proof


def _walk_shipped(name: str) -> tuple[Path, Evaluation]:
    """Return the file of the record of a shipped result's walk, and that walk as it is now."""
    result = find_shipped(name)
    assert result.proof is not None
    return result.proof, walk_result(result)


def rescore(name: str) -> Path:
    """Hold a shipped controller against people again, and measure it where the cost does; nothing else changes.

    Args:
        name: Name of the controller.

    Returns:
        Its folder.
    """
    folder, stored, config = _read_shipped(name)
    walk = evaluate_parameters(replace(config, cost=replace(config.cost, mode="clean")), folder / PARAMETERS)
    assert walk.score is not None
    stored["score"] = walk.score.content
    if find_target(config.cost).graded:
        stored["metrics"] = walk.metrics
    write_text_atomic(folder / DESCRIPTION, json.dumps(to_json(stored), indent=1) + "\n")
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
    prove(name)
    draw_frame(name)
    return folder


def _show(folder: Path, config: RunConfig, origin: dict[str, object]) -> None:
    """Write description and pictures of the parameters in a folder."""
    walks = {}
    graded = find_target(config.cost).graded
    # What is graded has no published counterpart.
    for mode in ("clean",) if graded else ("clean", "compat"):
        judged = replace(config, cost=replace(config.cost, mode=mode))
        walks[mode] = evaluate_parameters(judged, folder / PARAMETERS)
    clean = walks["clean"]
    content: dict[str, object] = {
        **origin,
        "model": asdict(config.model),
        "env": asdict(config.env),
        "control": asdict(config.control),
        "exo": asdict(config.exo),
        "cost": {key: value for key, value in asdict(config.cost).items() if key != "mode"},
        **{mode: describe(walk) for mode, walk in walks.items()},
        "metrics": clean.metrics,
    }
    if clean.score is not None:
        content["score"] = clean.score.content
    if graded:
        content["robustness"] = try_walk(clean.config, clean.walker, clean.vector).summary
    write_text_atomic(folder / DESCRIPTION, json.dumps(to_json(content), indent=1) + "\n")
    write_bytes_atomic(folder / PROOF_NAME, dump_proof(prove_walk(clean.log)))
    figure = plot_gait_cycle(clean, f"shipped:{folder.name}")
    if figure is not None:
        save_figure(figure, folder / "gait_cycle.png")
    _draw_frame(folder, clean)


def draw_frame(name: str) -> Path:
    """Walk a shipped controller or policy and draw its picture anew.

    Args:
        name: Name of the controller or policy.

    Returns:
        The file.
    """
    proof, walk = _walk_shipped(name)
    return _draw_frame(proof.parent, walk)


def _draw_frame(folder: Path, walk: Evaluation) -> Path:
    save_png(WalkPicture(walk, f"shipped:{folder.name}").draw_still(), folder / FRAME)
    return folder / FRAME
