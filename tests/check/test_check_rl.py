"""Runs of the RL trainer that cannot work are refused before a model is loaded."""

import subprocess
import sys

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.evaluation import read_evaluation_entries
from myoassist.files.errors import ConfigError
from myoassist.runs.named_files import resolve_policy_path

ARCH = "rl.policy_params.custom_policy_params.net_arch"
LIST = "rl.evaluate_param_list"


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["env.control_framerate=35"],
            ["17.14 physics steps", "env.physics_sim_framerate=595", "24, 25, 30, 40 Hz work"],
        ),
        (["env.timestep=0.001"], ["33.33 physics steps", "env.physics_sim_framerate=990"]),
        (["env.min_target_velocity=2"], ["env.min_target_velocity=2 is above env.max_target_velocity=1.25"]),
        (["env.max_target_velocity_period=1"], ["env.min_target_velocity_period=2", "period=1 "]),
        (["env.velocity_modes=[FAST]"], ["env.velocity_modes=[FAST]", "UNIFORM, SINUSOIDAL, STEP"]),
        (["env.velocity_modes=[]"], ["env.velocity_modes=[]"]),
        (["rl.ppo_params.batch_size=512"], ["rollout of 256", "n_steps=512"]),
        (["rl.algorithm=a2c"], ["rl.ppo_params.batch_size=256", "rl.ppo_params.n_epochs=10", "n_epochs=30"]),
        (["rl.algorithm=null"], ["rl.algorithm=null", "rl=ppo"]),
        (["env.reference_data_path=null"], ["env.reference_data_path", "myoAssistLeg-v0"]),
        (["env.reference_data_path=none.npz"], ["none.npz does not exist", "shipped:<name>"]),
        (["env.reference_data_path=shipped:none"], ["shipped:none", "tutorial_fast"]),
        (["env.prev_trained_policy_path=none"], ["none does not exist", ".zip"]),
        (["env.prev_trained_policy_path=shipped:none"], ["no such policy is shipped"]),
        (["env.prev_trained_policy_path=newest:none"], ["there is no experiment none"]),
        (["env.terrain=random"], ["env.terrain=random", "largest height"]),
        (["env.terrain=random", "env.terrain_params='-1'"], ["largest height"]),
        (["env.terrain=slope", "env.terrain_params='0.1 0.2'"], ["rise over run"]),
        (["env.terrain=slope", "env.terrain_params=steep"], ["env.terrain_params='steep'"]),
        (["env.terrain=harmonic_sinusoidal", "env.terrain_params='1 2 3'"], ["groups of four"]),
        (["env.terrain=harmonic_sinusoidal", "env.terrain_params='1 0 1 2'"], ["groups of four"]),
        (["env.terrain=tile"], ["JSON file of a tile"]),
        (["rl.human=reflex", "model=baseline"], ["model.device=null", "model=tutorial"]),
        (["rl.human=reflex"], ["rl.human_param_path", "shipped:tutorial_4param_fast"]),
        (["rl.human=reflex", "rl.human_param_path=shipped:walk"], ["rl.human_param_path=shipped:walk", "walk_22"]),
        (
            ["rl.human=reflex", "rl.human_param_path=shipped:tutorial_4param_fast"],
            ["env.control_framerate=30", "100 Hz", "env.control_framerate=25"],
        ),
        (["rl.human_param_path=shipped:walk_22"], ["rl.human=reflex"]),
        ([f"{ARCH}.exo=[8]"], ["exo", "exo_actor", "common_critic"]),
        ([f"{ARCH}.exo_actor=[8,0]"], ["exo_actor=[8,0]", "above 0"]),
        ([f"{ARCH}.exo_actor=wide"], ["exo_actor=wide", "list of whole numbers"]),
        (["rl.policy_params.custom_policy_params.net_indexing_info=all"], ["net_indexing_info=all", "a mapping"]),
        (["rl.policy_params.custom_policy_params.reset_policy_net_after_load=true"], ["prev_trained_policy_path"]),
        (["env.reward_keys_and_weights.qpos_imitation_rewards.pelvis_ty=-1"], ["pelvis_ty=-1", "at least 0"]),
        ([f"{LIST}=[{{num_timestep: 5}}]"], [f"{LIST}[0].num_timestep", "num_timesteps"]),
        ([f"{LIST}=[{{num_timesteps: 0}}]"], ["num_timesteps=0", "an integer, at least 1, at most 1000000"]),
        ([f"{LIST}=[{{velocity_mode: FAST}}]"], ["velocity_mode=FAST", "STEP"]),
        ([f"{LIST}=[{{}},{{cam_type: front}}]"], [f"{LIST}[1].cam_type=front", "average_speed"]),
        ([f"{LIST}=[{{min_target_velocity: 2}}]"], ["min_target_velocity=2", "the lower end first"]),
        ([f"{LIST}=[{{visualize_activation: 1}}]"], ["visualize_activation=1", "true or false"]),
        ([f"{LIST}=[{{realtime_plotting_info: 0}}]"], ["realtime_plotting_info=0", "a list of plots"]),
        ([f"{LIST}=[{{realtime_plotting_info: null}}]"], ["realtime_plotting_info=null", "a list of plots"]),
        ([f"{LIST}=5"], [f"{LIST}=5", "a list of mappings"]),
        (["exo=four_param"], ["exo.controller=four_param", "exo=none"]),
        (["optimizer.maxiter=5", "cost.tgt_vel=1"], ["optimizer.maxiter=5", "cost.tgt_vel=1", "task=search"]),
        (["env.sim_time=5"], ["env.sim_time=5", "env.sim_time=20"]),
        (["env.slope_deg=2"], ["env.slope_deg=2"]),
        (["env.perturbation.push_force=20"], ["env.perturbation.push_force=20"]),
    ],
)
def test_refused(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        check(compose_run(["exp=rl_test", *arguments]).config)
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert "expected:" in message
    assert "to fix:" in message


def test_remedies_of_rates_work():
    check(compose_run(["exp=rl_test", "env.control_framerate=35", "env.physics_sim_framerate=595"]).config)
    for rate in (24, 25, 30, 40):
        check(compose_run(["exp=rl_test", f"env.control_framerate={rate}"]).config)


@pytest.mark.parametrize(
    "arguments",
    [
        ["env.env_id=myoAssistLeg-v0", "env.reference_data_path=null"],
        ["rl.human=reflex", "rl.human_param_path=shipped:tutorial_4param_fast", "env.control_framerate=25"],
        ["env.terrain=harmonic_sinusoidal", "env.terrain_params='0 1 0.05 20'"],
        ["env.terrain=slope", "env.terrain_params=0.05"],
        [f"{LIST}=null"],
        ["rl.algorithm=a2c", "rl.ppo_params.batch_size=8192", "rl.ppo_params.n_epochs=30"],
        ["rl.policy_params.custom_policy_params.net_indexing_info=null"],
    ],
)
def test_accepted(arguments):
    check(compose_run(["exp=rl_test", *arguments]).config)


@pytest.mark.parametrize("arguments", [["env.num_envs=4"], ["env.terrain_type=slope"], ["exp=tutorial", "rl=ppo"]])
def test_keys_of_rl_are_refused_in_a_reflex_run(arguments):
    with pytest.raises(ConfigError, match="task=rl, which alone reads"):
        check(compose_run(arguments).config)


@pytest.mark.parametrize("exp", ["tutorial", "rl_test"])
def test_the_synthetic_trainer_takes_keys_of_both(exp):
    arguments = [f"exp={exp}", "task=fake", "optimizer.popsize=5", "rl.ppo_params.gamma=0.9", "env.timestep=0.001"]
    check(compose_run(arguments).config)


def test_a_rollout_that_is_no_multiple_of_the_batch_is_told():
    config = compose_run(["exp=rl_test", "rl.ppo_params.batch_size=100"]).config
    with pytest.warns(UserWarning, match="ends with a batch of 56"):
        check(config)


def test_cuda_is_refused_where_there_is_none(monkeypatch):
    import torch

    config = compose_run(["exp=rl_test", "rl.device=cuda"]).config
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="finds no CUDA"):
        check(config)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    check(config)


@pytest.mark.long
@pytest.mark.parametrize("exp", ["rl_test", "rl_imitation_partial_obs", "tutorial", "exo_npoint", "prosthesis"])
def test_checking_loads_nothing_heavy(exp):
    heavy = ("mujoco", "numba", "torch", "gymnasium", "stable_baselines3", "cma", "nevergrad", "matplotlib", "pandas")
    code = (
        "import sys; from myoassist.config.compose.run import compose_run; from myoassist.check.run import check; "
        f"check(compose_run(['exp={exp}']).config); print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_evaluation_entries_are_completed():
    config = compose_run(["exp=rl_test", f"{LIST}=[{{num_timesteps: 50, comment: short}}]"]).config
    config.env.min_target_velocity, config.env.max_target_velocity = 0.8, 1.6
    (entry,) = read_evaluation_entries(config)
    assert (entry.num_timesteps, entry.min_target_velocity, entry.max_target_velocity) == (50, 0.8, 1.6)
    assert (entry.velocity_mode, entry.cam_type) == ("UNIFORM", "follow")


def test_policies_are_found_with_and_without_the_ending(tmp_path):
    (tmp_path / "model_5.zip").write_bytes(b"")
    for name in ("model_5", "model_5.zip"):
        assert resolve_policy_path(str(tmp_path / name)) == tmp_path / "model_5.zip"
    assert resolve_policy_path(str(tmp_path)) == tmp_path
    assert resolve_policy_path(None) is None
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(ConfigError, match=r"is no \.zip"):
        resolve_policy_path(str(tmp_path / "a.txt"))
