"""A published model file: its ground, in a turned body that does not move, is no foot, and goes where it is told."""

import mujoco
import numpy as np
import pytest
from published_model import write_ground, write_model
from published_rl import SESSION, write_session

from myoassist.analysis.export.contact import BODY, GROUND, _leg_of_geom, sum_contacts
from myoassist.compat.session.checkpoint_run import open_session
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.files.errors import UnsafeFileError
from myoassist.model.build import build_walker
from myoassist.model.ground.ground import scale_ground
from myoassist.rl.env.batch import WalkBatch
from myoassist.rollout.simulator import Simulator
from myoassist.rollout.start_pose import surface_points

# A kerb beside the path, of 24 kg and lower than the soles: it does not move either.
KERB = '<body name="kerb" pos="3 4 -0.3"><geom name="kerb" type="box" size="0.2 0.2 0.15"/></body>'
PLACES = ("world", "body")


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("checkout"))


def build(path, **env):
    env = {"reward_version": "compat_b", "timestep": 1.0 / 1200.0} | env
    return build_walker(ModelConfig(path=str(path), trust_path=True), EnvConfig(**env))


def place(walker, x, y):
    """Put the standing walker onto the ground at a place, its feet 3 mm deep in it; return the state."""
    model, data = walker.model, mujoco.MjData(walker.model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
    root = walker.layout.qpos_root
    data.qpos[root[0]] = x
    mujoco.mj_kinematics(model, data)
    gap = np.inf
    for geom in walker.layout.feet:
        points = surface_points(model, int(geom))
        points_w = points.points @ data.geom_xmat[geom].reshape(3, 3).T + data.geom_xpos[geom]
        heights = walker.ground.at(points_w[:, 0], points_w[:, 1]) if walker.ground is not None else 0.0
        gap = min(gap, float((points_w[:, 2] - heights).min() - points.radius))
    data.qpos[root[1]] -= gap + 0.003
    mujoco.mj_forward(model, data)
    return data


def contact_names(walker, data):
    names = {
        frozenset(walker.model.geom(int(geom)).name for geom in contact.geom) for contact in data.contact[: data.ncon]
    }
    return {name for pair in names for name in pair if name in ("terrain", "ground-plane")}


@pytest.mark.parametrize("field", PLACES)
def test_feet_move_and_start_on_the_ground(model_file, field, tmp_path):
    write_ground(model_file, field=field)
    walker = build(model_file)
    model, names = walker.model, {walker.model.geom(int(geom)).name for geom in walker.layout.feet}
    assert {"calcn_r_geom_1", "toes_l_geom_1", "pelvis_geom_1"} <= names
    assert not {"ground-plane", "terrain"} & names
    assert model.geom_bodyid[model.geom("ground-plane").id] > 0
    assert walker.mass == pytest.approx(80.42, abs=0.01)
    session = write_session(tmp_path / "session", SESSION)
    (session / "trained_models").mkdir()
    (session / "trained_models" / "model_1.zip").touch()
    overrides = ["model=custom", f"model.path={model_file.as_posix()}", "model.trust_path=true"]
    starts = WalkBatch(open_session(str(session), None, overrides).config, 1, 0, evaluation=True).task.start_qpos
    assert np.isfinite(starts).all()
    height = starts[:, walker.layout.qpos_root[1]]
    assert height.min() > 0.7 and height.max() < 2.0


def test_other_things_that_do_not_move_are_no_part_of_the_walker(model_file):
    write_ground(model_file, extra=KERB)
    walker = build(model_file, init_pose="stand")
    model = walker.model
    assert model.body_mass[model.body("kerb").id] > 20.0 and walker.mass == pytest.approx(80.42, abs=0.01)
    assert model.geom("kerb").id not in walker.layout.feet
    simulator = Simulator(walker, EnvConfig(sim_time=0.1, init_pose="stand"), ExoConfig(controller="none"))
    # The origin of the kerb lies below the ground, those of the feet above.
    assert simulator.simulate(simulator.table.initial).reason == ""


def test_without_trust_the_files_beside_the_folder_are_refused(model_file):
    with pytest.raises(UnsafeFileError, match=r"terrain_config\.xml.*outside"):
        build_walker(ModelConfig(path=str(model_file)), EnvConfig())


@pytest.mark.parametrize("base", ["30", "0.001"])
@pytest.mark.parametrize("field", PLACES)
@pytest.mark.parametrize(("kind", "numbers"), [("random", "0.15"), ("slope", "0.3"), ("slope", "-0.3")])
def test_feet_stand_on_the_uneven_ground_and_on_nothing_else(model_file, field, kind, numbers, base):
    write_ground(model_file, field=field, base=base)
    walker = build(model_file, terrain=kind, terrain_params=numbers)
    model = walker.model
    for x in (0.0, 20.0):
        data = place(walker, x, 0.0)
        plane = model.geom("ground-plane").id
        # Out of the way everywhere: level, and 100 m down.
        np.testing.assert_allclose(data.geom_xpos[plane, 2], -100.0, atol=1e-6)
        assert data.geom_xmat[plane].reshape(3, 3)[2, 2] == pytest.approx(1.0, abs=1e-6)
        assert contact_names(walker, data) == {"terrain"}
        touching = [contact.pos for contact in data.contact[: data.ncon]]
        heights = [float(walker.ground.at(pos[0], pos[1])) for pos in touching]
        np.testing.assert_allclose([pos[2] for pos in touching], heights, atol=0.02)
    scale_ground(model, walker.ground, 0.5)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    geom = model.geom("terrain").id
    np.testing.assert_allclose(data.geom_xpos[geom], [40.0, 0.0, 0.5 * walker.ground.lowest], atol=1e-9)


@pytest.mark.parametrize("field", PLACES)
def test_level_ground_is_both_for_published_policies_and_one_for_others(model_file, field):
    write_ground(model_file, field=field)
    walker = build(model_file)
    assert contact_names(walker, place(walker, 1.0, 0.0)) == {"terrain", "ground-plane"}
    walker = build(model_file, reward_version="clean")
    assert contact_names(walker, place(walker, 1.0, 0.0)) == {"ground-plane"}


def test_without_a_plane_the_field_stays_the_ground(tmp_path):
    path = write_model(tmp_path)
    write_ground(path, plane=False)
    for version in ("clean", "compat_b"):
        walker = build(path, reward_version=version)
        assert contact_names(walker, place(walker, 1.0, 0.0)) == {"terrain"}


def test_only_the_ground_gives_a_ground_reaction(model_file):
    write_ground(model_file)
    walker = build(model_file)
    legs = _leg_of_geom(walker)
    named = {name: int(legs[walker.model.geom(name).id]) for name in ("ground-plane", "terrain", "calcn_r_geom_1")}
    assert named == {"ground-plane": GROUND, "terrain": GROUND, "calcn_r_geom_1": 0}
    assert legs[walker.model.geom("toes_l_geom_1").id] == 1 and legs[walker.model.geom("femur_l_geom_1").id] == BODY
    data = place(walker, 1.0, 0.0)
    before = sum_contacts(walker.model, data, legs)
    assert before[:, 2].sum() > 0.0
    # The left thigh in the place of the ground: a foot that touches it stands on nothing.
    model = mujoco.MjModel.from_xml_string(
        """<mujoco><worldbody><body><freejoint/><geom name="foot" size="0.1"/></body>
        <body pos="0.15 0 0"><freejoint/><geom name="thigh" size="0.1"/></body></worldbody></mujoco>"""
    )
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    assert data.ncon == 1
    assert not sum_contacts(model, data, np.array([0, BODY])).any()
    assert sum_contacts(model, data, np.array([0, GROUND])).any()
