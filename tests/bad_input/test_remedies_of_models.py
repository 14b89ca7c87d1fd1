"""Names of a model that a refusal offers are names that the model has, and mean what was typed."""

from collections import Counter

import mujoco
import nevergrad as ng
import pytest

from myoassist.analysis.picture.video_plots import find_column
from myoassist.check.cost import check_terms
from myoassist.compat.preset.arguments import ALIASES, ARGUMENTS, find_argument
from myoassist.config.entries.video_plots import VideoPlot
from myoassist.config.schema.groups import group_options
from myoassist.config.schema.run import CostConfig, EnvConfig
from myoassist.cost.registry import built_in_terms
from myoassist.files.errors import UserError
from myoassist.model.devices.table import DEVICES, find_device
from myoassist.model.finder import Finder
from myoassist.model.ground.tiles import list_tiles, read_tiles
from myoassist.model.plant.scaling import muscle_factors
from myoassist.rl.env.observation import resolve_observation
from myoassist.rl.policy.routing import resolve_routing
from myoassist.runs.choice import choose_run
from myoassist.runs.named_files import resolve_newest
from myoassist.sweep.evolution.algorithms import build_optimizer
from myoassist.sweep.evolution.space import SearchSpace
from tests.bad_input.remedies import offered_override, refused
from tests.walkers import make_walker


@pytest.fixture(scope="module")
def walker():
    return make_walker("tutorial")


@pytest.fixture(scope="module")
def model(walker):
    return walker.model


def test_muscles_are_found_in_other_case(model):
    names = [model.actuator(i).name for i in range(model.nu)]
    muscles = [name for name in names if not name.startswith("Exo")]
    for name in [*muscles, *{name.rpartition("_")[0] for name in muscles}, "all", "r"]:
        error = refused(muscle_factors, model, {name.swapcase(): 0.5})
        offered = offered_override(error)
        assert offered == f"model.muscle_strength.{name}=0.5", error
        muscle_factors(model, {offered.partition("=")[0].rpartition(".")[2]: 0.5})
    # Which side was meant nobody knows.
    for unclear in ("soleus_x", "zzzz", "muscle_r"):
        assert refused(muscle_factors, model, {unclear: 0.5}).remedy == f"leave model.muscle_strength.{unclear} out"


def test_devices_are_found_with_a_slip():
    for device in DEVICES:
        if len(device.short) > 5:
            error = refused(find_device, device.short[:2] + device.short[3:])
            assert offered_override(error) == f"model.device={device.short}", error
            assert find_device(device.short) is device
    assert "myoassist list devices" in refused(find_device, "zzzz").remedy


@pytest.mark.parametrize("key", ["observation_joint_pos_keys", "observation_joint_vel_keys"])
def test_observed_joints_and_sensors_are_found_in_other_case(walker, model, key):
    joints = [model.joint(i).name for i in range(model.njnt)]
    for name in joints:
        error = refused(resolve_observation, EnvConfig(**{key: [name.upper()]}), walker)
        assert error.remedy == f"write {name} for {name.upper()}"
    error = refused(resolve_observation, EnvConfig(**{key: ["zzzz"]}), walker)
    assert error.remedy == f"leave zzzz out of env.{key}"
    sensors = [model.sensor(i).name for i in range(model.nsensor) if model.sensor_dim[i] == 1]
    error = refused(resolve_observation, EnvConfig(observation_joint_sensor_keys=[sensors[0].upper()]), walker)
    assert error.remedy == f"write {sensors[0]} for {sensors[0].upper()}"


def test_channels_and_networks_of_a_policy_are_found_in_other_case():
    names, actions = ("qpos/knee_angle_r", "act/soleus_r", "target_velocity"), ("soleus_r",)
    everything = {"observation": [{"type": "names", "names": ["*"]}]}
    info = {
        "human_actor": everything | {"action": [{"type": "names", "names": ["Soleus_R"]}]},
        "common_critic": everything,
    }
    assert refused(resolve_routing, info, None, names, actions).remedy == "write soleus_r for Soleus_R"
    info["human_actor"]["action"][0]["names"] = ["soleus_r"]
    widths = {"Human_Actor": [4], "common_critic": [4]}
    assert refused(resolve_routing, info, widths, names, actions).remedy == "write human_actor for Human_Actor"


def test_what_a_plot_shows_is_found_in_other_case(model):
    plot = VideoPlot("joint_data", "Knee_angle_R", "qpos", (0.0, 1.0))
    assert refused(find_column, plot, model).remedy == "name: knee_angle_r"
    for short, joint in (("knee_r", "knee_angle_r"), ("Ankle-L", "ankle_angle_l")):
        plot = VideoPlot("joint_data", short, "qpos", (0.0, 1.0))
        assert refused(find_column, plot, model).remedy == f"name: {joint}"
    plot = VideoPlot("joint_data", "zzzz", "qpos", (0.0, 1.0))
    assert refused(find_column, plot, model).remedy == "leave the plot out"


def test_a_name_in_other_case_in_a_model_file_is_pointed_at():
    model = mujoco.MjModel.from_xml_string(
        '<mujoco><worldbody><body><joint name="Knee_Angle_R"/><geom size="1"/></body></worldbody></mujoco>'
    )
    error = refused(Finder(model, "own.xml").joint, "knee_angle_r")
    assert error.remedy.startswith("rename Knee_Angle_R to knee_angle_r in the MJCF file")


def test_cost_terms_are_found_in_other_case():
    for term in built_in_terms():
        for config in (CostConfig(weights={term.upper(): 1.0}), CostConfig(extra_terms=[term.upper()])):
            assert refused(check_terms, config).remedy == f"write {term} for {term.upper()}"
    assert refused(check_terms, CostConfig(target="Kinematics")).remedy == "cost.target=kinematics"
    assert "plugins" in refused(check_terms, CostConfig(weights={"zzzz": 1.0})).remedy


def test_grounds_are_found_in_other_case():
    for name in list_tiles():
        assert offered_override(refused(read_tiles, name.upper())) == f"env.terrain_params={name}"


def test_experiments_are_found_in_other_case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in group_options("exp"):
        error = refused(resolve_newest, f"newest:{name.upper()}", "optimizer.param_path", "others")
        assert offered_override(error) == f"optimizer.param_path=newest:{name}"
        error = refused(choose_run, name.upper(), None)
        assert error.remedy == f"bash scripts/local.sh scripts/eval.sh exp={name}"


def search(name):
    parameters = {key: {"lower": 0.0, "upper": 1.0, "init": 0.5} for key in ("a", "b")}
    space = SearchSpace(
        parameters, [], [], lambda: {key: ng.p.Scalar(init=0.5, lower=0.0, upper=1.0) for key in parameters}
    )
    return build_optimizer(name, space, [], budget=8, num_workers=1, seed=0, noisy=False)


def test_search_algorithms_are_found_in_other_case():
    search("OnePlusOne")
    folded = Counter(name.casefold() for name in ng.optimizers.registry)
    names = [name for name in sorted(ng.optimizers.registry) if folded[name.casefold()] == 1]
    for name in [*names[::40], "NGOpt", "OnePlusOne", "PSO", "NelderMead"]:
        for typed in {name.lower(), name.upper()} - set(names):
            error = refused(search, typed)
            assert error.remedy == f"hydra.sweeper.optim.optimizer={name}", error
    search("NGOpt")
    assert "<one of these>" in refused(search, "zzzz").remedy


def test_arguments_of_published_presets_are_found_in_other_case():
    for name in ARGUMENTS:
        typed = name.swapcase()
        if typed not in (*ARGUMENTS, *ALIASES):
            try:
                find_argument(f"-{typed}", "a.sh")
            except UserError as error:
                assert error.remedy == f"perhaps {name} was meant", error
