"""The presets of MyoAssist as arguments, and their three forms as files."""

import json

COMMON = {
    "musc_model": "22",
    "sim_time": 20,
    "pose_key": "walk_left",
    "num_strides": 5,
    "delayed": 0,
    "optim_mode": "single",
    "reflex_mode": "uni",
    "tgt_vel": 1.25,
    "tgt_slope": 0,
    "trunk_err_type": "ref_diff",
    "tgt_sym_th": 0.1,
    "tgt_grf_th": 1.5,
    "sigma_gain": 10,
}
FOUR_PARAM = {"ExoOn": 1, "use_4param_spline": True}
LARGE = {"popsize": 32, "maxiter": 1000, "threads": 32}
SMALL = {"popsize": 8, "maxiter": 50, "threads": 8}


def preset(model, target, save, **rest):
    return {**COMMON, "model": model, target: True, **rest, "save_path": save}


PRESETS = {
    "baseline": preset("baseline", "kinematics", "results/baseline", **LARGE),
    "debug": preset("humotech", "kinematics", "results/debug", **FOUR_PARAM, max_torque=100.0, **SMALL),
    "tutorial": preset(
        "tutorial",
        "effort",
        "tutorial",
        **FOUR_PARAM,
        max_torque=100.0,
        **SMALL,
        param_path="../results/optim_results/tutorial_prep",
    ),
    "exo_4param": preset("humotech", "kinematics", "results/exo_4param", **FOUR_PARAM, max_torque=10.0, **LARGE),
    "exo_4param_kine": preset(
        "humotech", "kinematics", "results/exo_4param_kine", **FOUR_PARAM, max_torque=10.0, **LARGE
    ),
    "exo_npoint": preset("humotech", "kinematics", "results/exo_npoint", ExoOn=1, n_points=6, max_torque=10.0, **LARGE),
    "exo_npoint_cont": preset(
        "dephy",
        "kinematics",
        "results/exo_npoint_cont",
        ExoOn=1,
        n_points=6,
        max_torque=10.0,
        **LARGE,
        param_path="results/exo_npoint_0630_1557",
    ),
    "tutorial_prep": preset(
        "tutorial", "kinematics", "results/exo_4param_tutorial", ExoOn=1, n_points=3, max_torque=100.0, **LARGE
    ),
}
# Presets are written with the short flags.
SHORT = {"kinematics": "-kine", "effort": "-eff"}


def words(arguments):
    """Return the words of a command line, one argument per item."""
    lines = []
    for name, value in arguments.items():
        if name in SHORT:
            lines.append(SHORT[name])
        elif value is True:
            lines.append(f"--{name}")
        elif isinstance(value, list):
            lines.append(f"--{name} {' '.join(map(str, value))}")
        else:
            lines.append(f"--{name} {value}")
    return lines


def write_bat(folder, name, arguments):
    path = folder / f"{name}.bat"
    lines = ["@echo off", "python train.py ^", *(f"    {line} ^" for line in words(arguments))]
    path.write_bytes(("\r\n".join(lines).removesuffix(" ^") + "\r\n").encode())
    return path


def write_sh(folder, name, arguments):
    path = folder / f"{name}.sh"
    lines = [
        "#!/bin/bash",
        'exec "$PYTHON_CMD" -m ctrl_optim.optim.train \\',
        *(f"    {w} \\" for w in words(arguments)),
    ]
    path.write_text("\n".join(lines).removesuffix(" \\"))
    return path


def write_json(folder, name, arguments):
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**arguments, "musc_model": 22} if "musc_model" in arguments else arguments, indent=2))
    return path


FORMS = {"bat": write_bat, "sh": write_sh, "json": write_json}
