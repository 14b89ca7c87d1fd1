"""One compiled loop per combination of controllers and muscle model."""

import os
import subprocess
import sys

import numpy as np
import pytest

from myoassist.config.cache import kernel_folder
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.own_code import loop_name
from myoassist.config.schema.resolved import control_of
from myoassist.control.device.torque_curve import TorqueCurveController
from myoassist.control.human.reflex.part import ReflexController
from myoassist.model.build import build_walker
from myoassist.rollout import loop as templates
from myoassist.rollout.assemble import assemble
from myoassist.rollout.muscle.model import MujocoMuscleModel
from myoassist.rollout.simulator import Simulator
from tests.walkers import WALKING_VECTOR, make_simulator

COMMANDS = (["exp=debug", "overlays=published"], ["exp=prosthesis"], ["exp=baseline"])


@pytest.mark.parametrize("command", COMMANDS)
def test_the_name_of_a_loop_is_known_before_anything_is_loaded(command):
    config = compose_run([*command, "env.sim_time=0.1"]).config
    walker = build_walker(config.model, config.env, exo=config.exo)
    simulator = Simulator(walker, config.env, config.exo, control=control_of(config))
    assert simulator.loop.name == loop_name(config)


def test_templates_are_not_called():
    with pytest.raises(TypeError, match=r"rollout\.assemble"):
        templates.update_human()


def test_the_same_hooks_are_the_same_loop():
    exo = make_simulator().exo_config
    first, second = (
        assemble(ReflexController(dimensions), TorqueCurveController(exo, False), MujocoMuscleModel())
        for dimensions in (2, 3)
    )
    assert first is second


@pytest.mark.long
def test_a_second_process_takes_the_loop_from_the_cache():
    simulator = make_simulator(sim_time=0.2)
    simulator.simulate(WALKING_VECTOR)
    (index,) = kernel_folder("rollout").glob(f"loop.walk_{simulator.loop.name}-*.nbi")
    before = index.stat().st_mtime_ns
    code = (
        "from tests.walkers import WALKING_VECTOR, make_simulator;"
        "s = make_simulator(sim_time=0.2); s.simulate(WALKING_VECTOR);"
        "print(dict(s.loop.walk.stats.cache_hits), dict(s.loop.walk.stats.cache_misses))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True)
    hits, misses = done.stdout.split("} {")
    assert ": 1" in hits and misses.strip(" }\n") == ""
    assert index.stat().st_mtime_ns == before


@pytest.mark.long
def test_the_device_hook_between_steps_is_what_moves_a_prosthesis():
    config = compose_run(["exp=prosthesis", "env.sim_time=0.2"]).config
    simulator = Simulator(build_walker(config.model, config.env, exo=config.exo), config.env, config.exo)
    assert not simulator.loop.holds
    whole = simulator.simulate(simulator.table.initial).flat.copy()
    np.testing.assert_array_equal(whole, simulator.simulate_slowly(simulator.table.initial).flat)
