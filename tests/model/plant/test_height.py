"""A walker of another height is geometrically similar."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import build_walker

FACTOR = 0.9


@pytest.mark.parametrize(("device", "physics"), [(None, "full"), ("osl_ka", "fast"), ("hipexample", "full")])
def test_lengths_forces_masses_and_inertias_scale_together(device, physics):
    walkers = [
        build_walker(ModelConfig(device=device, physics=physics, height_scale=scale), EnvConfig())
        for scale in (1.0, FACTOR)
    ]
    states = []
    for walker in walkers:
        data = mujoco.MjData(walker.model)
        mujoco.mj_resetDataKeyframe(walker.model, data, walker.model.key("walk_left").id)
        data.qvel[:] = 0.0
        data.act[:] = 0.3
        mujoco.mj_forward(walker.model, data)
        states.append(data)
    old, new = states
    np.testing.assert_allclose(new.xpos, FACTOR * old.xpos, atol=1e-12)
    np.testing.assert_allclose(new.ten_length, FACTOR * old.ten_length, rtol=1e-9)
    muscles = walkers[0].layout.all_muscles
    np.testing.assert_allclose(new.actuator_force[muscles], FACTOR**2 * old.actuator_force[muscles], rtol=1e-9)
    # Couplings hold as well as before.
    if new.ne:
        assert np.abs(new.efc_pos[: new.ne]).max() <= np.abs(old.efc_pos[: old.ne]).max() + 1e-12
    masses = [walker.model.body_mass.sum() for walker in walkers]
    if device is None:
        assert masses[1] == pytest.approx(FACTOR**3 * masses[0], rel=1e-9)
        large = walkers[0].model.body_mass > 0.5
        inertia = [walker.model.body_inertia[large] for walker in walkers]
        np.testing.assert_allclose(inertia[1], FACTOR**5 * inertia[0], rtol=0.01)
    else:
        assert FACTOR**3 * masses[0] < masses[1] < masses[0]
