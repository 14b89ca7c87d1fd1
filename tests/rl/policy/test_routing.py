"""Which observation goes to which network, and which output to which actuator."""

import numpy as np
import pytest

from myoassist.files.errors import ConfigError
from myoassist.rl.policy.routing import resolve_routing, whole_routing
from myoassist.rl.policy.routing_default import derive_indexing, plain_indexing

MUSCLES = ("soleus_r", "tibant_r", "soleus_l", "tibant_l")
OBSERVATIONS = (
    "qpos/ankle_angle_l",
    "qpos/ankle_angle_r",
    "qvel/ankle_angle_l",
    "qvel/ankle_angle_r",
    *(f"act/{name}" for name in MUSCLES),
    "target_velocity",
)
ACTIONS = (*MUSCLES, "Exo_R", "Exo_L")
CRITIC = {"observation": [{"type": "names", "names": ["*"]}]}
ARCH = {"human_actor": [4, 4], "exo_actor": [3], "common_critic": [5]}


def published():
    return {
        "human_actor": {
            "observation": [{"type": "range", "range": [0, 4]}, {"type": "range", "range": [4, 9], "comment": "rest"}],
            "action": [
                {"type": "range_mapping", "range_net": [0, 2], "range_action": [0, 2]},
                {"type": "range_mapping", "range_net": [2, 4], "range_action": [2, 4]},
            ],
        },
        "exo_actor": {
            "observation": [{"type": "range", "range": [0, 2]}, {"type": "index", "index": [3, 2]}],
            "action": [{"type": "range_mapping", "range_net": [0, 2], "range_action": [4, 6]}],
        },
        "common_critic": {"observation": [{"type": "range", "range": [0, 9]}]},
    }


def resolve(info, arch=ARCH):
    return resolve_routing(info, arch, OBSERVATIONS, ACTIONS)


def test_published_ranges_and_indices():
    routing = resolve(published())
    human, exo = routing.actors
    assert list(human.inputs) == list(range(9)) and human.n_outputs == 4 and human.hidden == (4, 4)
    assert list(exo.inputs) == [0, 1, 3, 2] and exo.n_outputs == 2
    assert list(routing.sources) == [0, 1, 2, 3, 4, 5]
    assert routing.free.all()
    assert routing.readers(0) == ["human_actor", "exo_actor", "common_critic"]
    assert routing.writer(5) == "exo_actor"


def test_index_mapping_scatters_outputs():
    info = published()
    info["exo_actor"]["action"] = [{"type": "index_mapping", "index": [5, 4]}]
    assert list(resolve(info).sources) == [0, 1, 2, 3, 5, 4]


def test_names_keep_the_order_listed_and_within_a_glob_that_of_the_model():
    info = {
        "human_actor": {
            "observation": [{"type": "names", "names": ["target_velocity", "act/*_l", "act/*"]}],
            "action": [{"type": "names", "names": ["*_l", "*_r"]}],
        },
        "exo_actor": {
            "observation": [{"type": "names", "names": ["qvel/*", "qpos/ankle_angle_r"]}],
            "action": [{"type": "names", "names": ["Exo_*"]}],
        },
        "common_critic": CRITIC,
    }
    routing = resolve(info)
    assert list(routing.actors[0].inputs) == [8, 6, 7, 4, 5]
    assert list(routing.actors[1].inputs) == [2, 3, 1]
    # The first two outputs of the human drive the left muscles, which are actions 2 and 3.
    assert list(routing.sources) == [2, 3, 0, 1, 4, 5]


def test_a_constant_over_a_mapping_wins():
    info = published()
    info["exo_actor"]["action"].append({"type": "constant", "range_action": [4, 6], "default_value": 1.0})
    routing = resolve(info)
    assert list(routing.free) == [True] * 4 + [False] * 2
    assert list(routing.constants[4:]) == [1.0, 1.0]
    assert routing.writer(4) == "constant 1"
    # The network keeps its outputs, so that its tensors keep their sizes.
    assert routing.actors[1].n_outputs == 2


def test_a_resolved_routing_by_place_is_the_same_routing():
    info = published()
    info["exo_actor"]["action"].append({"type": "constant_names", "names": ["Exo_R"], "default_value": 0.5})
    first = resolve(info)
    second = resolve(plain_indexing(first), first.net_arch())
    assert np.array_equal(first.mapped, second.mapped)
    assert np.array_equal(first.constants, second.constants, equal_nan=True)
    for one, other in zip((*first.actors, first.critic), (*second.actors, second.critic), strict=True):
        assert one.name == other.name and list(one.inputs) == list(other.inputs) and one.hidden == other.hidden


def test_names_suggest_a_routing():
    info = derive_indexing(OBSERVATIONS, ACTIONS, {"Exo_R": "ankle_angle_r", "Exo_L": "ankle_angle_l"})
    routing = resolve(info, None)
    human, exo = routing.actors
    assert list(human.inputs) == list(range(9)) and human.n_outputs == 4
    assert list(exo.inputs) == [0, 1, 2, 3] and exo.n_outputs == 2
    without = derive_indexing(OBSERVATIONS, ("Exo_R",), {})
    assert set(without) == {"exo_actor", "common_critic"}
    muscles = derive_indexing(OBSERVATIONS, MUSCLES, {})
    assert set(muscles) == {"human_actor", "common_critic"}


def test_one_actor_for_everything():
    routing = whole_routing(None, OBSERVATIONS, ACTIONS)
    assert routing.actors[0].n_outputs == 6 and routing.critic.hidden == (64, 64)


def test_networks_of_two_sides_have_to_match():
    def side(reads, writes):
        return {
            "observation": [{"type": "index", "index": reads}],
            "action": [{"type": "index_mapping", "index": writes}],
        }

    info = published()
    del info["exo_actor"]
    arch = {"human_actor": [4], "exo_actor_r": [3], "exo_actor_l": [3], "common_critic": [5]}
    info |= {"exo_actor_r": side([1, 0], [4]), "exo_actor_l": side([0, 1], [5])}
    assert [net.name for net in resolve(info, arch).actors] == ["human_actor", "exo_actor_r", "exo_actor_l"]
    with pytest.raises(ConfigError, match="share their weights"):
        resolve(info | {"exo_actor_l": side([0], [5])}, arch)
    del info["exo_actor_l"]
    with pytest.raises(ConfigError, match="both of exo_actor_r and exo_actor_l"):
        resolve(info, arch)


def _human_range(info):
    info["human_actor"]["observation"][1]["range"] = [4, 10]


def _no_writer(info):
    info["exo_actor"]["action"][0] |= {"range_net": [0, 1], "range_action": [4, 5]}


def _twice(info):
    info["exo_actor"]["action"][0]["range_action"] = [3, 5]


def _mapping_over_constant(info):
    info["exo_actor"]["action"].insert(0, {"type": "constant", "range_action": [4, 6], "default_value": 1.0})


def _unused_output(info):
    info["exo_actor"]["action"][0]["range_net"] = [1, 3]


def _kind(info):
    info["exo_actor"]["action"][0]["type"] = "rnage_mapping"


def _name(info):
    info["exo_actor"]["observation"] = [{"type": "names", "names": ["qpos/ankle_r"]}]


def _net(info):
    info["exo_actr"] = info.pop("exo_actor")


def _constant_too_large(info):
    info["exo_actor"]["action"].append({"type": "constant", "range_action": [4, 6], "default_value": 2})


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (_human_range, r"human_actor\.observation\[1\]\.range=\[4, 10\](.|\n)*end at most 9"),
        (_no_writer, r"no network writes action 5 \(Exo_L\)"),
        (_twice, r"action 3 \(tibant_l\) is written by human_actor\.action and again by exo_actor\.action"),
        (_mapping_over_constant, "after a constant"),
        (_unused_output, r"outputs \[1, 2\]"),
        (_kind, "rnage_mapping"),
        (_name, "qpos/ankle_r is no observation"),
        (_net, "exo_actr: there is no such network"),
        (_constant_too_large, "from -1 to 1"),
    ],
)
def test_mistakes_are_named(break_it, words):
    info = published()
    break_it(info)
    with pytest.raises(ConfigError, match=words):
        resolve(info)


@pytest.mark.parametrize(
    ("arch", "words"),
    [
        ({"human_actor": [4], "common_critic": [4]}, "net_arch lacks exo_actor"),
        (ARCH | {"exo_actor_r": [4]}, "exo_actor_r: this policy has no such network"),
        (ARCH | {"exo_actor": [0]}, "whole numbers above 0"),
        (ARCH | {"exo_actor": 8}, "a list of whole numbers"),
    ],
)
def test_widths_have_to_fit_the_networks(arch, words):
    with pytest.raises(ConfigError, match=words):
        resolve(published(), arch)
