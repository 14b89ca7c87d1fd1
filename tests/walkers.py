"""Walkers shared by tests: building one takes a second, so each kind is built once per session."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import Walker, build_walker
from myoassist.rollout.simulator import Simulator

# A published vector (22 muscles, Tutorial device, four-parameter exo of 100 N·m) that walks 20 s in this model too.
RECORDED = json.loads((Path(__file__).parent / "data" / "closedloop_2d_vectors.json").read_text())
WALKING_VECTOR = np.array(RECORDED["params"])


@cache
def make_walker(device: str | None = "tutorial", slope_deg: float = 0.0, visual: bool = False) -> Walker:
    return build_walker(ModelConfig(device=device), EnvConfig(slope_deg=slope_deg), visual)


def make_simulator(
    device="tutorial", controller="four_param", workers=1, slope_deg=0.0, n_points=4, delayed=False, **env
) -> Simulator:
    control = ControlConfig(delayed=delayed)
    config = EnvConfig(slope_deg=slope_deg, **env)
    exo = ExoConfig(controller=controller, max_torque=100.0, n_points=n_points)
    return Simulator(make_walker(device, slope_deg), config, exo, workers, control)
