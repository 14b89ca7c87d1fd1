"""Coupled coordinates of the human body: firm from its second version on, soft before, linkages left alone."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.plant.couplings import find_couplings, firm_couplings
from myoassist.rollout.simulator import Simulator
from tests.model.test_build import write_own_file
from tests.walkers import WALKING_VECTOR

LINKAGE = """
<mujoco>
  <worldbody>
    <body name="thigh">
      <joint name="knee" type="hinge"/>
      <geom size="0.1"/>
      <body name="point">
        <joint name="slides" type="slide" range="0 0.1" limited="true" armature="0.00001"/>
        <geom size="0.01"/>
      </body>
      <body name="patella">
        <joint name="turns" type="hinge" armature="0.00001"/>
        <geom size="0.01"/>
      </body>
      <body name="heavy"><joint name="carries" type="slide" armature="3"/><geom size="0.01"/></body>
      <body name="exo_link"><joint name="links" type="slide" range="0 0.1" limited="true"/><geom size="0.01"/></body>
      <body name="alone"><joint name="held" type="slide"/><geom size="0.01"/></body>
    </body>
  </worldbody>
  <equality>
    <joint joint1="slides" joint2="knee" polycoef="0 0.1 0 0 0"/>
    <joint joint1="turns" joint2="knee" polycoef="0 0.1 0 0 0"/>
    <joint joint1="carries" joint2="knee" polycoef="0 0.1 0 0 0"/>
    <joint joint1="links" joint2="knee" polycoef="0 0.1 0 0 0"/>
    <joint joint1="held" polycoef="0 0 0 0 0"/>
  </equality>
</mujoco>
"""


def make(plant, physics="full", timestep=0.001, musculature=22):
    model = ModelConfig(plant=plant, physics=physics, musculature=musculature)
    return build_walker(model, EnvConfig(timestep=timestep, sim_time=0.4))


def walk(walker, timestep=0.001):
    env = EnvConfig(timestep=timestep, sim_time=0.4)
    simulator = Simulator(walker, env, ExoConfig())
    poses = np.zeros((simulator.step_limit, walker.model.nq))
    log = simulator.simulate(WALKING_VECTOR[: len(simulator.table)], poses=poses)
    assert log.n_steps == simulator.step_limit
    return log, poses


def farthest_off(model, poses):
    """Return how far coupled coordinates were from their polynomials, m."""
    off = [
        poses[:, dependent] - model.qpos0[dependent] - np.polyval(p, poses[:, independent] - model.qpos0[independent])
        for dependent, independent, p in find_couplings(model)
    ]
    return float(np.abs(off).max())


def test_what_is_firmed_and_what_is_not():
    before = mujoco.MjSpec.from_string(LINKAGE).compile()
    spec = mujoco.MjSpec.from_string(LINKAGE)
    firm_couplings(spec, "exo")
    after = spec.compile()
    joints = {after.joint(j).name: j for j in range(after.njnt)}
    rows = {after.joint(j).name: i for i, j in enumerate(after.eq_obj1id)}
    changed = {name for name, i in rows.items() if after.eq_solref[i, 0] != before.eq_solref[i, 0]}
    assert changed == {"slides", "turns", "carries"}
    assert np.array_equal(after.eq_data, before.eq_data)
    lifted = {name for name, j in joints.items() if before.jnt_limited[j] and not after.jnt_limited[j]}
    assert lifted == {"slides"}
    armature = {name: after.dof_armature[j] for name, j in joints.items()}
    assert armature == {"knee": 0.0, "slides": 0.1, "turns": 1e-5, "carries": 3.0, "links": 0.0, "held": 0.0}


@pytest.mark.parametrize("timestep", [0.001, 0.002])
def test_muscles_do_not_pull_path_points_off_their_curves(timestep):
    firm, soft = make("human_2", timestep=timestep), make("human_1", timestep=timestep)
    assert firm.model.neq == soft.model.neq > 0
    assert farthest_off(firm.model, walk(firm, timestep)[1]) < 0.001
    assert farthest_off(soft.model, walk(soft, timestep)[1]) > 0.01


def test_full_and_fast_walk_the_same_first_steps():
    fast = walk(make("human_2", "fast"))[0].joint_angle
    firm, soft = (walk(make(plant))[0].joint_angle for plant in ("human_2", "human_1"))
    apart, before = (np.rad2deg(np.sqrt(np.mean((angles - fast) ** 2))) for angles in (firm, soft))
    assert apart < 0.5
    assert before > 5.0 * apart


@pytest.mark.parametrize("plant", ["published", "human_1"])
def test_earlier_bodies_keep_their_couplings(plant):
    model = make(plant).model
    assert set(model.eq_solref[:, 0]) == {0.02}
    coupled = model.jnt_dofadr[model.eq_obj1id]
    assert set(model.dof_armature[coupled]) == {1e-5}
    assert model.jnt_limited[model.eq_obj1id].all()


@pytest.mark.parametrize("musculature", [22, 26, 80])
def test_firm_couplings_add_no_inertia_to_speak_of(musculature):
    """By virtual work, a coordinate that follows a joint adds its armature times its squared slope."""
    model = make("human_2", musculature=musculature).model
    data = mujoco.MjData(model)
    added, whole = np.zeros(model.nv), np.zeros((model.nv, model.nv))
    mujoco.mj_resetDataKeyframe(model, data, model.key("walk_left").id)
    mujoco.mj_forward(model, data)
    mujoco.mj_fullM(model, data, whole)
    for (_, independent, polynomial), first, second in zip(
        find_couplings(model), model.eq_obj1id, model.eq_obj2id, strict=True
    ):
        if model.jnt_type[first] == mujoco.mjtJoint.mjJNT_SLIDE:
            slope = np.polyval(np.polyder(polynomial), data.qpos[independent] - model.qpos0[independent])
            added[model.jnt_dofadr[second]] += model.dof_armature[model.jnt_dofadr[first]] * slope**2
    assert 0.0 < (added / np.diag(whole)).max() < 0.002


def test_an_own_file_with_the_human_body_is_firmed_too(tmp_path):
    path, made = write_own_file(tmp_path), {}
    for plant in ("human_1", "human_2"):
        config = ModelConfig(path=str(path), plant=plant)
        made[plant] = build_walker(config, EnvConfig()).model
    assert made["human_2"].neq > 0
    assert set(made["human_2"].eq_solref[:, 0]) == {0.004} and 0.004 not in made["human_1"].eq_solref[:, 0]
