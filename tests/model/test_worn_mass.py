"""What a worn device weighs, and that energy is told per kg of the person who wears it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from myoassist.analysis.walk.metrics import measure_walk
from myoassist.analysis.walk.score import score_evaluation
from myoassist.config.compose.run import compose_run
from myoassist.model.build import build_walker
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.walk.problem import WalkProblem

BARE = ["exp=human_level"]
SHIPPED = Path(__file__).resolve().parents[2] / "models" / "controllers"


def _walker(*overrides, visual=False):
    config = compose_run([*overrides]).config
    return build_walker(config.model, config.env, visual, config.exo)


@pytest.mark.parametrize(("name", "visual"), [("tutorial", False), ("hippo", False), ("dephy", True)])
def test_without_its_device_a_walker_weighs_what_a_bare_one_does(name, visual):
    bare, worn = _walker(*BARE, visual=visual), _walker(*BARE, f"model.device={name}", visual=visual)
    assert bare.device_mass == 0.0
    assert worn.device_mass > 0.5
    assert worn.mass - worn.device_mass == pytest.approx(bare.mass, rel=1e-9)


def test_a_device_of_another_mass_changes_only_itself():
    usual, light = _walker("exp=human_exo"), _walker("exp=human_exo", "exo.mass=0.8")
    assert light.device_mass == pytest.approx(0.8, rel=1e-9)
    assert light.mass - light.device_mass == pytest.approx(usual.mass - usual.device_mass, rel=1e-9)


def test_a_heavier_person_does_not_make_the_device_heavier():
    usual, heavy = _walker("exp=human_exo"), _walker("exp=human_exo", "model.mass_scale=1.1")
    assert heavy.device_mass == pytest.approx(usual.device_mass, rel=1e-9)
    assert heavy.mass - heavy.device_mass == pytest.approx(1.1 * (usual.mass - usual.device_mass), rel=1e-9)


def test_a_prosthesis_is_a_part_of_the_person():
    assert _walker("exp=prosthesis").device_mass == 0.0


def test_energy_is_told_per_kg_of_the_person():
    # The body and clocks that the walk was found with.
    older = ["model.plant=human_4", "control.cadence=target", "control.late_foot=alone"]
    config = compose_run(["exp=human_exo", *older, "cost.draws=1", "env.sim_time=12"]).config
    problem = WalkProblem(config, 1)
    log = problem.simulator.simulate(read_vector(SHIPPED / "human_exo" / "best_parameters.json").vector)
    told, whole = (
        measure_walk(walk, config.cost)["metabolic_cost_umberger_060"] for walk in (log, replace(log, device_mass=0.0))
    )
    score = score_evaluation(config, problem.simulator.walker, log).content["cot_j_kg_m"]["umberger2010_0.60MPa"]
    # J per metre: muscles spend the same, and only the person rests.
    speed = float(np.diff(log.pelvis_pos_w[[log.n_steps // 2, -1], 0])[0]) / (log.n_steps // 2 * log.dt)
    rest_of_device = 1.2 * log.device_mass / speed
    assert log.device_mass > 2.0
    assert told * log.person_mass == pytest.approx(whole * log.mass - rest_of_device, rel=1e-3)
    assert told > 1.01 * whole
    assert score == pytest.approx(told, rel=0.03)
