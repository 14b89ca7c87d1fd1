"""Segments of their own length, and masses of a person."""

import mujoco
import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.files.errors import ConfigError, ModelError
from myoassist.model.build import build_walker, compose_spec
from myoassist.model.fast.geometry import load_fit, simplify_geometry
from myoassist.model.plant.fast_fit import check_fit, match_lengths
from myoassist.model.plant.segments import leg_lengths, path_lengths, scale_segments

ALL = ("pelvis", "thigh", "shank", "foot", "trunk")
PERSON = {"pelvis": 1.02, "thigh": 1.05, "shank": 0.99, "foot": 1.03, "trunk": 1.01}


@pytest.mark.parametrize("physics", ["full", "fast"])
def test_one_factor_for_all_is_another_height(physics):
    same = {"physics": physics, "plant": "human"}
    parts = build_walker(ModelConfig(**same, segment_scale=dict.fromkeys(ALL, 1.1)), EnvConfig())
    whole = build_walker(ModelConfig(**same, height_scale=1.1), EnvConfig())
    for field in ("body_pos", "body_mass", "body_inertia", "jnt_pos", "geom_size", "geom_pos", "key_qpos"):
        np.testing.assert_allclose(getattr(parts.model, field), getattr(whole.model, field), atol=1e-12)
    for field in ("optimal", "slack", "offset"):
        np.testing.assert_allclose(getattr(parts.fibres, field), getattr(whole.fibres, field), atol=1e-12)
    # Areas follow the height, but not the segments, whose strength is told.
    np.testing.assert_allclose(parts.fibres.f_max * 1.1**2, whole.fibres.f_max)


def test_every_segment_has_its_length_and_muscles_keep_their_ratio():
    plain, spec = compose_spec(ModelConfig()), compose_spec(ModelConfig())
    before = plain.compile()
    muscles = scale_segments(spec, PERSON)
    after = spec.compile()
    old, new = leg_lengths(before), leg_lengths(after)
    for name in ("thigh", "shank", "foot"):
        assert new[name] == pytest.approx(PERSON[name] * old[name], rel=1e-9)
    lengths, longer = path_lengths(before), path_lengths(after)
    for name, factor in muscles.items():
        assert longer[name] == pytest.approx(factor * lengths[name])
        np.testing.assert_allclose(
            after.actuator(name).lengthrange, factor * before.actuator(name).lengthrange, rtol=1e-9
        )
    # The soleus runs from shank to foot, the gluteus maximus from pelvis to thigh.
    assert 0.98 < muscles["soleus_r"] < 1.04
    assert 1.0 < muscles["glutmax_l"] < 1.06
    walker = build_walker(ModelConfig(plant="human", segment_scale=PERSON), EnvConfig())
    unscaled = build_walker(ModelConfig(plant="human"), EnvConfig())
    ratio = walker.fibres.optimal / unscaled.fibres.optimal
    np.testing.assert_allclose(ratio, [muscles[name] for name in walker.layout.muscle_names], rtol=1e-9)
    np.testing.assert_allclose(walker.fibres.slack / unscaled.fibres.slack, ratio, rtol=1e-9)


def test_fast_physics_follows():
    full, fast = compose_spec(ModelConfig()), compose_spec(ModelConfig())
    scale_segments(full, PERSON)
    simplify_geometry(fast, load_fit())
    scale_segments(fast, PERSON)
    errors = match_lengths(fast, full)
    for muscle, values in errors.items():
        assert values["length"] < 2.0, muscle
        assert all(value < 5.0 for key, value in values.items() if key != "length"), (muscle, values)
    check_fit(errors)
    # Lengths of muscle and tendon are those of the full model on average: same marks on the path.
    for name in ("vasti_r", "hamstrings_l"):
        moved = fast.actuator(name).lengthrange - full.actuator(name).lengthrange
        assert moved[0] == pytest.approx(moved[1])


def test_fast_physics_of_other_proportions_is_refused():
    with pytest.raises(ModelError, match=r"model\.physics=full"):
        build_walker(ModelConfig(physics="fast", segment_scale={"thigh": 1.3, "shank": 0.8}), EnvConfig())


@pytest.mark.parametrize(("sex", "thigh"), [("male", 0.1416), ("female", 0.1478), (None, 0.1447)])
def test_mass_is_divided_after_de_leva(sex, thigh):
    model = build_walker(ModelConfig(body_mass=60.0, sex=sex), EnvConfig(), visual=True).model
    assert model.body("femur_r").mass[0] == pytest.approx(60.0 * thigh)
    moving = model.body_mass.sum()
    assert moving == pytest.approx(60.0, abs=0.06)
    length = 0.395
    # Radius of gyration about the sideways axis, of the length of the thigh.
    radius = {"male": 0.329, "female": 0.364, None: 0.3465}[sex]
    inertia = np.sort(model.body("femur_r").inertia)
    assert inertia[-1] == pytest.approx(60.0 * thigh * (radius * length) ** 2, rel=0.03)


@pytest.mark.long
def test_a_device_keeps_its_mass():
    bare, worn = (
        build_walker(ModelConfig(plant="human", device=device, segment_scale=PERSON, body_mass=60.0), EnvConfig())
        for device in (None, "tutorial")
    )
    plain = [build_walker(ModelConfig(plant="human", device=device), EnvConfig()) for device in (None, "tutorial")]
    assert worn.mass - bare.mass == pytest.approx(plain[1].mass - plain[0].mass, abs=1e-6)
    data = mujoco.MjData(worn.model)
    mujoco.mj_resetDataKeyframe(worn.model, data, worn.layout.keyframe)
    mujoco.mj_forward(worn.model, data)
    assert np.isfinite(data.qacc).all()


def test_segments_are_checked_before_a_model_is_loaded():
    from myoassist.check.run import check

    for changes, words in (
        (["model.segment_scale.tigh=1.1"], "model.segment_scale.thigh=1.1"),
        (["model.sex=male"], "without model.body_mass"),
        (["model.segment_scale.thigh=2"], "1.4"),
    ):
        with pytest.raises(ConfigError) as refusal:
            check(compose_run(["exp=human_level", *changes]).config)
        assert words in str(refusal.value)
