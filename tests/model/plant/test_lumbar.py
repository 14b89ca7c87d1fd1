"""The lean of the torso and a lumbar joint of an own file."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.files.errors import ModelError
from myoassist.model.build import build_walker
from myoassist.model.layout import PELVIS, TORSO
from myoassist.model.plant.lumbar import hold_lumbar

WITH_JOINT = """
<mujoco>
  <worldbody><body name="torso"><joint name="lumbar_extension" axis="0 0 1"/><geom size="0.1"/></body></worldbody>
  <keyframe><key name="stand" qpos="0.3"/></keyframe>
</mujoco>
"""
WITHOUT_JOINT = '<mujoco><worldbody><body name="torso" euler="0 0 20"><geom size="0.1"/></body></worldbody></mujoco>'


def torso_pitch(env):
    """Return how far the torso leans backwards from the pelvis, rad, and the place of the centre of mass along x, m."""
    walker = build_walker(ModelConfig(device="tutorial", physics="fast"), env)
    data = mujoco.MjData(walker.model)
    data.qpos[:] = walker.model.key("stand").qpos
    mujoco.mj_forward(walker.model, data)
    axes = []
    for frame in (PELVIS, TORSO):
        carrier, turn = np.zeros(9), np.zeros(4)
        mujoco.mju_mulQuat(turn, data.xquat[walker.layout.frame_body[frame]], walker.layout.frame_quat_b[frame])
        mujoco.mju_quat2Mat(carrier, turn)
        axes.append(carrier.reshape(3, 3)[:, 1])
    leans = [np.arctan2(-up[0], up[2]) for up in axes]
    return leans[1] - leans[0], data.subtree_com[0, 0]


def test_the_torso_leans_by_the_angle():
    upright, com = torso_pitch(EnvConfig())
    for version, lean in (("clean", -0.13), ("compat_a", 2.0 * np.arctan(-0.13))):
        pitch, moved = torso_pitch(EnvConfig(lumbar_joint_fixed_angle=-0.13, reward_version=version))
        assert pitch - upright == pytest.approx(lean, abs=1e-6)
        assert moved > com + 0.005


def test_a_lumbar_joint_is_held_or_free():
    held = mujoco.MjModel.from_xml_string(WITH_JOINT)
    hold_lumbar(held, EnvConfig(lumbar_joint_fixed_angle=-0.13, lumbar_joint_damping_value=0.2))
    np.testing.assert_allclose(held.jnt_range[0], [-0.13, -0.129999])
    assert held.jnt_limited[0] and held.dof_damping[0] == 0.2 and held.key_qpos[0, 0] == -0.13
    free = mujoco.MjModel.from_xml_string(WITH_JOINT)
    hold_lumbar(free, EnvConfig(enable_lumbar_joint=True, lumbar_joint_fixed_angle=-0.13))
    assert not free.jnt_limited[0] and free.key_qpos[0, 0] == 0.3


def test_published_files_lean_at_the_torso():
    model = mujoco.MjModel.from_xml_string(WITHOUT_JOINT)
    hold_lumbar(model, EnvConfig(lumbar_joint_fixed_angle=-0.13, reward_version="compat_a"))
    np.testing.assert_allclose(model.body_quat[1], np.array([1.0, 0.0, 0.0, -0.13]) / np.hypot(1.0, 0.13))


def test_a_missing_lumbar_joint_is_refused():
    with pytest.raises(ModelError, match="enable_lumbar_joint"):
        build_walker(ModelConfig(device="tutorial", physics="fast"), EnvConfig(enable_lumbar_joint=True))
    with pytest.raises(ModelError, match="enable_lumbar_joint"):
        hold_lumbar(mujoco.MjModel.from_xml_string(WITHOUT_JOINT), EnvConfig(enable_lumbar_joint=True))
