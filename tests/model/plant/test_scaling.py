"""Masses, muscle strength and foot capsules."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from tests.walkers import make_walker


def build(exo=None, **model):
    return build_walker(ModelConfig(device="tutorial", **model), EnvConfig(), exo=exo)


def test_mass_scale_leaves_the_device_alone():
    device = 2.33
    plain, heavy = make_walker(), build(mass_scale=1.2)
    assert heavy.mass - device == pytest.approx(1.2 * (plain.mass - device), abs=0.01)
    tibia = plain.model.body("tibia_r").id
    assert heavy.model.body_inertia[tibia][0] > 1.1 * plain.model.body_inertia[tibia][0]


def test_exo_mass_sets_the_device():
    assert build(exo=ExoConfig(mass=5.0)).mass == pytest.approx(make_walker(None).mass + 5.0, abs=1e-6)
    with pytest.raises(ConfigError, match=r"exo\.mass"):
        build_walker(ModelConfig(), EnvConfig(), exo=ExoConfig(mass=5.0))


def test_strength_factors_multiply():
    model = build(muscle_strength={"all": 0.9, "l": 0.5, "soleus": 0.8, "soleus_r": 0.5}).model
    nominal = make_walker().model

    def ratio(name):
        return model.actuator(name).gainprm[2] / nominal.actuator(name).gainprm[2]

    assert ratio("soleus_r") == pytest.approx(0.9 * 0.8 * 0.5)
    assert ratio("soleus_l") == pytest.approx(0.9 * 0.5 * 0.8)
    assert ratio("vasti_r") == pytest.approx(0.9)
    assert model.actuator("Exo_R").gainprm[0] == nominal.actuator("Exo_R").gainprm[0]


def test_unknown_muscle_is_refused():
    with pytest.raises(ConfigError, match="solus"):
        build(muscle_strength={"solus": 0.5})


@pytest.mark.parametrize("device", ["tutorial", "humotech", "dephy"])
def test_capsules_touch_where_the_mesh_does(device):
    lowest = []
    for contact in ("mesh", "primitive"):
        walker = build_walker(ModelConfig(device=device, foot_contact=contact), EnvConfig())
        model, data = walker.model, mujoco.MjData(walker.model)
        mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
        for _ in range(300):
            mujoco.mj_step(model, data)
        # The joints give way within 0.3 s by a few millimetres, in both alike.
        lowest.append(data.qpos[model.joint("pelvis_ty").qposadr[0]])
        load = data.sensordata[walker.layout.touch].sum()
        assert load > 0.5 * walker.body_weight
    assert abs(lowest[0] - lowest[1]) < 0.02
    assert np.isfinite(lowest).all()
