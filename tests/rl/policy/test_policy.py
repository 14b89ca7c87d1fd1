"""The policy: tensor names, constants, probabilities, its start, and the same without PyTorch."""

import math

import numpy as np
import pytest
import torch as th
from gymnasium import spaces
from stable_baselines3.common.utils import ConstantSchedule

from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.policy.policy import HumanActorCriticPolicy, HumanExoActorCriticPolicy

SMALL = {"type": "range", "range": [0, 2]}
PARTIAL_OBS = {
    "net_arch": {"human_actor": [64, 64], "exo_actor": [8, 8], "common_critic": [64, 64]},
    "net_indexing_info": {
        "human_actor": {
            "observation": [{"type": "range", "range": pair} for pair in ([0, 17], [17, 44])],
            "action": [
                {"type": "range_mapping", "range_net": [0, 11], "range_action": [0, 11]},
                {"type": "range_mapping", "range_net": [11, 22], "range_action": [11, 22]},
            ],
        },
        "exo_actor": {
            "observation": [SMALL, {"type": "range", "range": [8, 10]}],
            "action": [{"type": "range_mapping", "range_net": [0, 2], "range_action": [22, 24]}],
        },
        "common_critic": {"observation": [{"type": "range", "range": [0, 44]}]},
    },
    "log_std_init": -1.0,
}
CONSTANT = {"type": "constant", "range_action": [22, 24], "default_value": 1.0}


def make(params=PARTIAL_OBS, cls=HumanExoActorCriticPolicy, seed=0):
    th.manual_seed(seed)
    observations = spaces.Box(-10, 10, (44,), np.float32)
    actions = spaces.Box(-1, 1, (24,), np.float32)
    return cls(observations, actions, ConstantSchedule(1e-4), custom_policy_params=params)


def with_constant():
    info = PARTIAL_OBS["net_indexing_info"]
    exo = info["exo_actor"] | {"action": [*info["exo_actor"]["action"], CONSTANT]}
    return PARTIAL_OBS | {"net_indexing_info": info | {"exo_actor": exo}}


def observations(n=7):
    return th.as_tensor(np.random.default_rng(3).normal(size=(n, 44)), dtype=th.float32)


def test_tensor_names_and_shapes_are_the_published_ones():
    shapes = {name: tuple(tensor.shape) for name, tensor in make().state_dict().items()}
    expected = {"log_std": (24,)}
    for net, widths in {
        "human_policy_net": (44, 64, 64, 22),
        "exo_policy_net": (4, 8, 8, 2),
        "value_net": (44, 64, 64, 1),
    }.items():
        for layer in range(3):
            expected[f"policy_network.{net}.{2 * layer}.weight"] = (widths[layer + 1], widths[layer])
            expected[f"policy_network.{net}.{2 * layer}.bias"] = (widths[layer + 1],)
    assert shapes == expected


def test_the_muscle_only_policy_reads_and_writes_everything():
    policy = make(cls=HumanActorCriticPolicy)
    shapes = {name: tuple(tensor.shape) for name, tensor in policy.state_dict().items()}
    assert shapes["policy_network.policy_net.0.weight"] == (64, 44)
    assert shapes["policy_network.policy_net.4.weight"] == (24, 64)
    assert not any("human" in name or "exo" in name for name in shapes)


def test_published_start_is_orthogonal_without_bias():
    policy = make()
    for module in policy.policy_network.modules():
        if isinstance(module, th.nn.Linear):
            weight = module.weight.detach()
            small = weight @ weight.T if weight.shape[0] <= weight.shape[1] else weight.T @ weight
            assert th.allclose(small, th.eye(len(small)), atol=1e-5)
            assert not module.bias.any()


def test_each_network_sees_its_own_channels_and_writes_its_own_actions():
    policy = make()
    base = observations(1)
    mean = policy.policy_network.mean(base)
    moved = base.clone()
    moved[0, 30] += 1.0
    changed = (policy.policy_network.mean(moved) != mean)[0]
    assert changed[:22].all() and not changed[22:].any()
    moved = base.clone()
    moved[0, 9] += 1.0
    assert (policy.policy_network.mean(moved) != mean)[0].all()


def test_probabilities_are_those_of_the_gaussian():
    policy = make()
    obs = observations()
    actions, values, log_prob = policy(obs)
    again, log_prob_again, entropy = policy.evaluate_actions(obs, actions)
    reference = policy.get_distribution(obs)
    assert th.allclose(log_prob, reference.log_prob(actions), atol=1e-4)
    assert th.allclose(entropy, reference.entropy(), atol=1e-4)
    assert th.equal(values, again) and values.shape == (7, 1)
    assert th.allclose(log_prob, log_prob_again)


def test_constants_are_exact_everywhere_and_left_out_of_probabilities():
    policy = make(with_constant())
    obs = observations()
    for deterministic in (False, True):
        actions, _, log_prob = policy(obs, deterministic)
        assert th.equal(actions[:, 22:], th.ones(7, 2))
        predicted, _ = policy.predict(obs.numpy(), deterministic=deterministic)
        assert np.array_equal(predicted[:, 22:], np.ones((7, 2)))
    mean = policy.policy_network.mean(obs)
    gaussian = th.distributions.Normal(mean[:, :22], policy.log_std[:22].exp())
    actions = policy(obs)[0].detach()
    _, log_prob, entropy = policy.evaluate_actions(obs, actions)
    assert th.allclose(log_prob, gaussian.log_prob(actions[:, :22]).sum(1), atol=1e-4)
    assert th.allclose(entropy, gaussian.entropy().sum(1), atol=1e-4)
    (log_prob.sum() + entropy.sum()).backward()
    assert not policy.log_std.grad[22:].any() and policy.log_std.grad[:22].all()


def test_the_published_way_counts_constants():
    obs = observations()
    counting = make(with_constant() | {"constants_in_log_prob": True})
    actions, _, log_prob = counting(obs)
    assert th.allclose(log_prob, counting.get_distribution(obs).log_prob(actions), atol=1e-4)


def test_it_starts_near_a_given_action():
    start = np.r_[np.full(22, -0.9), 0.9, 0.9]
    policy = make(PARTIAL_OBS | {"start_action": start.tolist()})
    mean = policy.policy_network.mean(observations(200)).detach().numpy()
    assert np.abs(np.median(mean, axis=0) - start).max() < 0.05
    # It still depends on what it sees.
    assert mean.std(axis=0).min() > 1e-3


def test_the_same_means_without_pytorch():
    for params, cls in (
        (PARTIAL_OBS, HumanExoActorCriticPolicy),
        (with_constant(), HumanExoActorCriticPolicy),
        (PARTIAL_OBS, HumanActorCriticPolicy),
    ):
        policy = make(params, cls, seed=5)
        tensors = {name: tensor.numpy() for name, tensor in policy.state_dict().items()}
        plain = NumpyPolicy(tensors, policy.routing, policy.whole)
        obs = observations(50)
        actions = plain.act(obs.numpy())
        assert actions.dtype == np.float32
        assert np.abs(actions - policy.policy_network.mean(obs).detach().numpy()).max() < 1e-6


def test_reset_draws_in_place_and_starts_a_fresh_optimizer():
    policy = make()
    obs = observations()
    policy(obs)[2].sum().backward()
    policy.optimizer.step()
    value_before = policy.policy_network.value_net[0].weight.detach().clone()
    actor = policy.policy_network.human_policy_net[0].weight
    before = actor.detach().clone()
    policy.reset_network(reset_policy_net=True, reset_value_net=False)
    assert policy.policy_network.human_policy_net[0].weight is actor
    assert not th.equal(actor, before)
    assert th.equal(policy.policy_network.value_net[0].weight, value_before)
    assert not policy.optimizer.state
    assert any(actor is item for group in policy.optimizer.param_groups for item in group["params"])


def test_two_sides_share_their_weights():
    def side(reads, writes):
        return {
            "observation": [{"type": "index", "index": reads}],
            "action": [{"type": "index_mapping", "index": writes}],
        }

    info = {name: entry for name, entry in PARTIAL_OBS["net_indexing_info"].items() if name != "exo_actor"}
    info |= {"exo_actor_r": side([1, 0, 9, 8], [22]), "exo_actor_l": side([0, 1, 8, 9], [23])}
    arch = {"human_actor": [64], "exo_actor_r": [8], "exo_actor_l": [8], "common_critic": [64]}
    policy = make({"net_arch": arch, "net_indexing_info": info})
    state = policy.state_dict()
    right, left = (state[f"policy_network.exo_policy_net_{side}.0.weight"] for side in ("right", "left"))
    assert right.data_ptr() == left.data_ptr()
    obs = observations(1)
    swapped = obs.clone()
    swapped[0, [0, 1, 8, 9]] = obs[0, [1, 0, 9, 8]]
    assert policy.policy_network.mean(obs)[0, 22] == policy.policy_network.mean(swapped)[0, 23]


def test_default_noise():
    assert make().log_std.detach().numpy() == pytest.approx(np.full(24, -1.0))
    assert math.isclose(make(PARTIAL_OBS | {"log_std_init": 0.0}).log_std[0].item(), 0.0)
