"""The mirror-symmetry loss."""

import numpy as np
import pytest
import torch as th
from gymnasium import spaces
from stable_baselines3.common.utils import ConstantSchedule

from myoassist.files.errors import ConfigError
from myoassist.rl.policy.mirror import MirrorLoss, mirror_order, mirrored_name
from myoassist.rl.policy.policy import HumanActorCriticPolicy
from myoassist.rl.policy.routing import whole_routing

OBSERVATIONS = ("qpos/hip_flexion_l", "qpos/hip_flexion_r", "qpos/pelvis_tilt", "sensor/r_foot", "sensor/l_foot")
ACTIONS = ("soleus_r", "soleus_l", "Exo_R", "Exo_L")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("qpos/hip_flexion_r", "qpos/hip_flexion_l"),
        ("sensor/l_toes", "sensor/r_toes"),
        ("Exo_R", "Exo_L"),
        ("motor_dx", "motor_sx"),
        ("qvel/pelvis_tx", "qvel/pelvis_tx"),
        ("target_velocity", "target_velocity"),
    ],
)
def test_names_of_the_other_side(name, other):
    assert mirrored_name(name) == other and mirrored_name(other) == name


def test_orders_swap_sides():
    assert list(mirror_order(OBSERVATIONS, "observations")) == [1, 0, 2, 4, 3]
    assert list(mirror_order(ACTIONS, "actions")) == [1, 0, 3, 2]


@pytest.mark.parametrize("names", [("qpos/hip_r",), ("qpos/pelvis_list",)])
def test_what_has_no_mirror_image_is_refused(names):
    with pytest.raises(ConfigError, match="mirror_coef"):
        mirror_order(names, "observations")


def test_devices_need_sides():
    with pytest.raises(ConfigError, match="have no sides"):
        MirrorLoss(whole_routing(None, OBSERVATIONS, ("motor_a", "motor_b")), 0.1, 0.5)


def test_steps_make_a_policy_symmetric():
    th.manual_seed(0)
    policy = HumanActorCriticPolicy(
        spaces.Box(-10, 10, (5,), np.float32),
        spaces.Box(-1, 1, (4,), np.float32),
        ConstantSchedule(3e-3),
        custom_policy_params={"net_arch": {"human_actor": [32], "common_critic": [4]}},
    )
    loss = MirrorLoss(whole_routing(None, OBSERVATIONS, ACTIONS), 1.0, 0.5)
    observations = th.randn(256, 5)
    first = loss.loss(policy, observations).item()
    mean = policy.policy_network.mean(observations)
    other = policy.policy_network.mean(observations[:, [1, 0, 2, 4, 3]])[:, [1, 0, 3, 2]]
    assert first == pytest.approx(((mean - other) ** 2).mean().item())
    for _ in range(100):
        policy.optimizer.zero_grad()
        loss.loss(policy, observations).backward()
        policy.optimizer.step()
    assert loss.loss(policy, observations).item() < 0.05 * first
