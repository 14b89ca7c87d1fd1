"""session_config.json: the configuration of a training under the published names."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from myoassist import __version__
from myoassist.config.schema.run import RunConfig, WalkEnvConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.runs.differences import make_relative

SESSION_NAME = "session_config.json"


def write_session(config: RunConfig, folder: Path, params: dict[str, Any]) -> None:
    """Write session_config.json as published sessions have it.

    Args:
        config: Run configuration.
        folder: Run folder.
        params: The policy's resolved parameters, by place instead of by name.
    """
    env = {key: value for key, value in asdict(config.env).items() if key in WalkEnvConfig.__dataclass_fields__}
    env |= {
        "seed": config.seed,
        "model_path": config.model.path,
        "physics_sim_framerate": 1.0 / config.env.timestep,
        "terrain_type": config.env.terrain,
    }
    rl = config.rl
    session = {
        "total_timesteps": rl.total_timesteps,
        "evaluate_param_list": rl.evaluate_param_list or [],
        "logger_params": asdict(rl.logger_params),
        "env_params": env,
        "policy_params": {
            "custom_policy_params": asdict(rl.policy_params.custom_policy_params)
            | {key: params[key] for key in ("net_arch", "net_indexing_info")}
        },
        "ppo_params": asdict(rl.ppo_params) | {"device": rl.device},
        **({"sac_params": asdict(rl.sac_params)} if rl.algorithm == "sac" else {}),
        "model": asdict(config.model),
        "code_version": {"version": __version__},
    }
    write_text_atomic(folder / SESSION_NAME, json.dumps(make_relative(session), indent=4, ensure_ascii=False) + "\n")
