"""The stored fit against the full model, and the walker that uses it."""

import mujoco
import numpy as np
import pytest
from fit_fast_geometry import fit_hinge, fit_muscle

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker, compose_spec
from myoassist.model.fast.geometry import PATHS, is_coupled, load_fit, simplify_geometry
from myoassist.model.plant.fast_fit import LengthSampler, measure_errors
from myoassist.rollout.simulator import Simulator
from tests.walkers import WALKING_VECTOR


@pytest.fixture(scope="module")
def samplers():
    spec = compose_spec(ModelConfig())
    simplify_geometry(spec, load_fit())
    return LengthSampler(spec.compile()), LengthSampler(compose_spec(ModelConfig()).compile())


@pytest.mark.parametrize("side", ["r", "l"])
@pytest.mark.parametrize("muscle", PATHS)
def test_length_and_moment_arms_are_within_tolerance(samplers, muscle, side):
    errors = measure_errors(muscle, *samplers, side)
    errors.pop("slack")
    length = errors.pop("length")
    assert length < 1.0
    assert errors and max(errors.values()) < 3.0
    for key, value in errors.items():
        assert value <= load_fit().errors[muscle][key] + 0.01


def test_measured_errors_notice_a_wrong_fit(samplers):
    _, full = samplers
    spec = compose_spec(ModelConfig())
    fit = load_fit()
    guide = fit.paths["vasti"]
    radius = guide.radius
    try:
        guide.radius = radius + 0.005
        simplify_geometry(spec, fit)
    finally:
        guide.radius = radius
    assert measure_errors("vasti", LengthSampler(spec.compile()), full)["arm_knee_angle"] > 3.0


def test_the_fit_can_be_repeated(samplers):
    _, full = samplers
    fit = load_fit()
    hinge_femur, hinge_tibia = fit_hinge(full)
    np.testing.assert_allclose(hinge_femur, fit.hinge_femur, atol=1e-6)
    np.testing.assert_allclose(hinge_tibia, fit.hinge_tibia, atol=1e-6)
    spec = compose_spec(ModelConfig())
    simplify_geometry(spec, fit)
    again = fit_muscle("bifemsh", spec.compile(), full)
    np.testing.assert_allclose(again.points, fit.paths["bifemsh"].points, atol=2e-4)


@pytest.mark.parametrize("device", [None, "tutorial", "humotech", "dephy"])
def test_fast_walker_keeps_names_masses_and_torques(device):
    env = EnvConfig()
    full = build_walker(ModelConfig(device=device), env)
    fast = build_walker(ModelConfig(device=device, physics="fast"), env)
    assert fast.mass == pytest.approx(full.mass, rel=1e-12)
    assert fast.layout.muscle_names == full.layout.muscle_names
    names = [full.model.joint(i).name for i in range(full.model.njnt)]
    kept = [fast.model.joint(i).name for i in range(fast.model.njnt)]
    assert kept == [name for name in names if not is_coupled(name)]
    assert fast.model.neq == 0 and fast.model.nv == 11
    torques = []
    for walker in (full, fast):
        model, data = walker.model, mujoco.MjData(walker.model)
        mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
        data.qpos[model.joint("hip_flexion_r").qposadr[0]] = 0.3
        data.qpos[model.joint("ankle_angle_r").qposadr[0]] = 0.1
        data.act[:] = 0.3
        mujoco.mj_forward(model, data)
        torques.append(
            [data.qfrc_actuator[model.joint(f"{joint}_r").dofadr[0]] for joint in ("hip_flexion", "ankle_angle")]
        )
    np.testing.assert_allclose(torques[0], torques[1], rtol=0.03, atol=1.0)


@pytest.mark.parametrize("foot_contact", ["mesh", "primitive"])
@pytest.mark.parametrize("timestep", [0.001, 0.002])
def test_fast_walker_walks_compiled_as_in_python(foot_contact, timestep):
    env = EnvConfig(sim_time=1.0, timestep=timestep)
    model = ModelConfig(device="tutorial", physics="fast", foot_contact=foot_contact)
    simulator = Simulator(build_walker(model, env), env, ExoConfig(controller="four_param", max_torque=100.0))
    fast = simulator.simulate(WALKING_VECTOR).flat.copy()
    slow = simulator.simulate_slowly(WALKING_VECTOR).flat
    assert len(fast) > 50
    np.testing.assert_array_equal(fast, slow)
