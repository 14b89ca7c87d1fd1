"""A pelvis that is held: which joints bear what, who may hold it, and what a search finds with it."""

import csv

import mujoco
import numpy as np
import pytest

from myoassist import train
from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.search_stages import plan_stages, stage_config
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from myoassist.model.support import SPEED_DAMPING, TILT_STIFFNESS, pull_forward
from myoassist.optimize.walk.problem import WalkProblem


def config_of(*overrides, support=0.0):
    config = compose_run(["exp=human_level", *overrides]).config
    config.env.support = support
    return config


@pytest.mark.parametrize("musculature", [22, 26])
def test_springs_and_dampers_are_at_the_pelvis_alone(musculature):
    models = []
    for support in (0.0, 0.5):
        config = config_of(f"model.musculature={musculature}", support=support)
        walker = build_walker(config.model, config.env, exo=config.exo)
        models.append(walker.model)
    free, held = models
    changed = {
        name
        for name in (held.joint(i).name for i in range(held.njnt))
        if held.joint(name).stiffness != free.joint(name).stiffness
        or held.dof_damping[held.joint(name).dofadr[0]] != free.dof_damping[free.joint(name).dofadr[0]]
    }
    spatial = {"pelvis_tz", "pelvis_list", "pelvis_rotation"} if musculature == 26 else set()
    assert changed == {"pelvis_tx", "pelvis_tilt"} | spatial
    assert held.joint("pelvis_tilt").stiffness[0] == free.joint("pelvis_tilt").stiffness[0] + 0.5 * TILT_STIFFNESS


def test_the_pelvis_is_pulled_to_the_speed_wherever_it_is():
    config = config_of(support=0.5)
    walker = build_walker(config.model, config.env, exo=config.exo)
    forward = walker.layout.qvel_tx
    for speed in (0.8, 1.25):
        pull_forward(walker.model, walker.layout, 0.5, speed)
        data = mujoco.MjData(walker.model)
        for way in (0.0, 60.0):
            data.qpos[walker.layout.qpos_root[0]] = way
            for velocity in (0.0, speed):
                data.qvel[forward] = velocity
                mujoco.mj_forward(walker.model, data)
                pull = 0.5 * SPEED_DAMPING * (speed - velocity)
                np.testing.assert_allclose(data.qfrc_passive[forward], pull, atol=0.01)


@pytest.mark.long
def test_a_search_that_is_held_finds_a_walk_with_a_device_that_it_had_fallen_with(tmp_path):
    start = ["exp=prosthesis", "optimizer.param_path=shipped:human_125", "cost.draws=1"]
    config = compose_run(start).config
    problem = WalkProblem(config, 1)
    assert problem.evaluate(problem.load_start(config), 0, 0).walked_time < 1.5
    stages = "optimizer.stages=[{evaluations: 640, enough: 1000, set: {env.support: 1, env.sim_time: 12}}, {}]"
    words = ["optimizer=held", stages, "optimizer.maxiter=41", "seed=1", f"logdir={(tmp_path / 'run').as_posix()}"]
    assert train.main([*start, *words]) == 0
    with (tmp_path / "run/history_generations.csv").open(newline="", encoding="utf-8") as stream:
        best = [float(row["best"]) for row in csv.DictReader(stream) if float(row["search_stage"]) == 1]
    # It ended before its length, since a third of a generation walked the whole time.
    assert len(best) < 40 and best[0] > 1000.0 > best[-1]


def test_only_a_stage_may_hold():
    with pytest.raises(ConfigError, match="held by springs"):
        check(config_of(support=0.1))
    config = config_of("optimizer=held")
    check(config)
    supports = [stage_config(config, stage).env.support for stage in plan_stages(config.optimizer)]
    assert supports[0] == 1.0 and supports == sorted(supports, reverse=True)
    assert supports[-1] == config.env.support == 0.0
