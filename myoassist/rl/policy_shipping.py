"""Turn the best policy of a run into a shipped one: `models/policies/<name>`."""

import json
from dataclasses import asdict
from pathlib import Path

from myoassist.config.shipped import models_folder
from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.errors import ConfigError
from myoassist.runs.catalogue import read_status
from myoassist.runs.policy_files import newest_policy
from myoassist.runs.record import read_run_config

POLICY_NAME = "policy.zip"
DESCRIPTION_NAME = "policy.json"


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
    # Late: it imports torch, and every evaluation imports this module for its names.
    from myoassist.rl.policy_file import read_policy

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
