"""Published RL sessions become experiments: values, names, rewards, and what is refused."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from published_rl import PARAMS, SESSION, make_content, write_checkpoint, write_session

from myoassist import cli
from myoassist.compat.draft import Draft
from myoassist.compat.session.exp_file import compose_session, draft_session
from myoassist.compat.session.model import map_model
from myoassist.compat.session_file import find_session_file, read_session
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import ConfigError, UserError
from myoassist.rl.policy.routing import resolve_routing
from myoassist.rl.policy.routing_default import plain_indexing, route_config
from myoassist.rl.train.session import write_session as write_own_session

OBSERVATION = ("qpos/ankle_angle_l", "qvel/pelvis_tx", "act/hamstrings_r", "act/hamstrings_l", "sensor/r_foot")
PLACES = (0, 15, 17, 28, 39)


def draft_of(folder, content=None, reward=None, foot_force=None):
    session = read_session(find_session_file(write_session(folder / "session", content, foot_force)))
    return session, draft_session(session, reward)


def channels_of(content, folder):
    return map_model(read_session(find_session_file(write_session(folder / "channels", content))), Draft())


def test_every_value_arrives_and_the_whole_is_valid(tmp_path):
    session, draft = draft_of(tmp_path)
    config = compose_session(session, draft)
    assert config.task == "rl" and config.seed == 1234 and config.rl.total_timesteps == 30_000_000
    assert config.env.timestep == pytest.approx(1 / 1200) and config.env.physics_sim_framerate is None
    assert (config.model.device, config.model.path, config.exo.controller) == ("tutorial", None, "none")
    assert config.env.lumbar_joint_fixed_angle == -0.13 and config.env.reward_version == "compat_b"
    assert config.env.reward_keys_and_weights.qpos_imitation_rewards["pelvis_tilt"] == 1.0
    assert config.rl.ppo_params.batch_size == 8192
    # Published defaults, where ours differ, of what the file leaves out.
    assert config.rl.ppo_params.n_epochs == 10 and config.rl.ppo_params.clip_range_vf == 0.2
    assert config.env.custom_max_episode_steps == 500 and config.env.max_target_velocity_period == 5.0
    assert config.rl.policy_params.custom_policy_params.initial_excitation is None
    assert not config.env.reference_activations and config.env.reference_data_path == "shipped:tutorial_fast"


def test_everything_that_changed_is_said(tmp_path):
    _, draft = draft_of(tmp_path)
    said = "\n".join(draft.unmapped)
    for word in ("auto_reward_adjust_params", "exo_action_size", "short_reference_gait.npz", "new_key", "plot_colour"):
        assert word in said
    noted = "\n".join(draft.remarks)
    for word in ("rl.ppo_params.n_epochs", "TUTORIAL.xml", "reward compat_b", "by their sum", "target speeds"):
        assert word in noted
    assert "model_path: models/22muscle_2D/myoLeg22_2D_TUTORIAL.xml" in draft.comments


def test_places_become_names_that_mean_the_same(tmp_path):
    session, draft = draft_of(tmp_path)
    channels = channels_of(SESSION, tmp_path)
    assert len(channels.observations) == 44 and len(channels.actions) == 24
    assert [channels.observations[place] for place in PLACES] == list(OBSERVATION)
    assert channels.actions[22:] == ("Exo_R", "Exo_L")
    config = compose_session(session, draft)
    named = route_config(config, channels.observations, channels.actions)
    by_place = resolve_routing(PARAMS["net_indexing_info"], PARAMS["net_arch"], channels.observations, channels.actions)
    for ours, theirs in zip((*named.actors, named.critic), (*by_place.actors, by_place.critic), strict=True):
        assert ours.name == theirs.name and np.array_equal(ours.inputs, theirs.inputs)
    assert np.array_equal(named.mapped, by_place.mapped)
    shown = config.rl.policy_params.custom_policy_params.net_indexing_info["exo_actor"]["observation"]
    assert shown[0]["names"][0] == "qpos/ankle_angle_l"


def test_constants_and_scattered_outputs_keep_their_places(tmp_path):
    content = make_content()
    info = content["policy_params"]["custom_policy_params"]["net_indexing_info"]
    info["exo_actor"]["action"] = [
        {"type": "range_mapping", "range_net": [1, 2], "range_action": [22, 23]},
        {"type": "range_mapping", "range_net": [0, 1], "range_action": [23, 24]},
        {"type": "constant", "range_action": [22, 24], "default_value": 1.0},
    ]
    session, draft = draft_of(tmp_path, content)
    channels = channels_of(content, tmp_path)
    routing = route_config(compose_session(session, draft), channels.observations, channels.actions)
    assert list(routing.mapped[22:]) == [23, 22] and list(routing.constants[22:]) == [1.0, 1.0]


def test_places_count_without_a_fixed_lumbar_joint(tmp_path):
    keys = ["lumbar_extension", *SESSION["env_params"]["observation_joint_pos_keys"]]
    session, draft = draft_of(tmp_path, make_content(observation_joint_pos_keys=keys))
    assert "lumbar_extension" not in compose_session(session, draft).env.observation_joint_pos_keys
    assert any("without lumbar_extension" in note for note in draft.remarks)


@pytest.mark.parametrize(
    ("foot_force", "asked", "version"),
    [
        ([0.0, 0.4], None, "compat_a"),
        ([-0.2], None, "compat_b"),
        ([-0.2, 0.1], None, "compat_b"),
        (None, "compat_a", "compat_a"),
    ],
)
def test_the_log_tells_the_version_of_the_reward(tmp_path, foot_force, asked, version):
    session, draft = draft_of(tmp_path, reward=asked, foot_force=foot_force)
    assert compose_session(session, draft).env.reward_version == version


def test_clean_rewards_have_the_weights_that_counted(tmp_path):
    session, draft = draft_of(tmp_path, reward="clean")
    env = compose_session(session, draft).env
    weights = env.reward_keys_and_weights
    assert weights.qpos_imitation_rewards == {
        "pelvis_tilt": 2.0,
        "knee_angle_l": 1.0,
        "knee_angle_r": 1.0,
        "pelvis_ty": 0.0,
    }
    assert weights.qvel_imitation_rewards == {"pelvis_tilt": 0.5, "knee_angle_l": 0.5}
    # Joints of weight 0 ended episodes too.
    assert env.out_of_trajectory_joint_keys == ["pelvis_tilt", "knee_angle_l", "knee_angle_r", "pelvis_ty"]


def test_one_environment_and_odd_rates_are_read_as_published(tmp_path):
    content = make_content(num_envs=1, control_framerate=70)
    content["ppo_params"] |= {"n_steps": 512, "batch_size": 256}
    session, draft = draft_of(tmp_path, content)
    config = compose_session(session, draft)
    assert config.rl.ppo_params.n_steps == 256
    assert config.env.control_framerate == pytest.approx(1200 / 17)


def test_muscle_only_sessions_have_one_actor(tmp_path):
    session, draft = draft_of(tmp_path, make_content(env_id="myoAssistLegImitation-v0"))
    params = compose_session(session, draft).rl.policy_params.custom_policy_params
    assert params.net_indexing_info is None and set(params.net_arch) == {"human_actor", "common_critic"}
    assert any("one actor" in note for note in draft.unmapped)


def test_stale_sessions_are_refused_with_all_reasons(tmp_path):
    content = make_content(terrain_type="sinusoidal", model_path="session_name_models/legs.xml", env_id="old-v0")
    with pytest.raises(UserError) as error:
        draft_of(tmp_path, content)
    for word in ("terrain_type sinusoidal", "session_name_models/legs.xml", "env_id old-v0"):
        assert word in error.value.found


def test_places_of_another_model_are_refused(tmp_path):
    content = make_content()
    content["policy_params"]["custom_policy_params"]["net_indexing_info"]["human_actor"]["observation"] = [
        {"type": "range", "range": [17, 48]}
    ]
    with pytest.raises(UserError, match=r"\[17, 48\].*44 observations"):
        draft_of(tmp_path, content)


def test_what_stays_refused_keeps_its_values(tmp_path):
    _, draft = draft_of(tmp_path, make_content(min_target_velocity=2.0))
    assert any("will be refused" in note and "min_target_velocity" in note for note in draft.unmapped)


def test_sessions_of_this_project_come_back(tmp_path):
    config = compose_run(["exp=rl_imitation_partial_obs", "env.seed=7", "env.squared_activation_penalty=true"]).config
    channels = channels_of(SESSION, tmp_path)
    routing = route_config(config, channels.observations, channels.actions)
    folder = tmp_path / "ours"
    folder.mkdir()
    write_own_session(config, folder, {"net_arch": routing.net_arch(), "net_indexing_info": plain_indexing(routing)})
    session = read_session(folder / "session_config.json")
    back = compose_session(session, draft_session(session))
    assert back.seed == config.seed and back.model == config.model and back.rl.ppo_params == config.rl.ppo_params
    assert back.env.reward_keys_and_weights == config.env.reward_keys_and_weights
    assert back.env.reward_version == "clean" and back.env.squared_activation_penalty
    again = route_config(back, channels.observations, channels.actions)
    assert all(np.array_equal(a.inputs, b.inputs) for a, b in zip(again.actors, routing.actors, strict=True))


def test_the_command_takes_folders_and_files(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_session(tmp_path / "train_session_1")
    write_checkpoint(tmp_path / "train_session_1", tmp_path / "bomb")
    assert cli.main(["import", "train_session_1", "--out", "exp", "--reward=clean"]) == 0
    shown = capsys.readouterr().out
    assert "exp=train_session_1 --config-dir ." in shown and re.search(r"eval(\.sh)? run=train_session_1", shown)
    text = Path("exp/train_session_1.yaml").read_text()
    assert "Imported from the MyoAssist session train_session_1" in text and "reward_version: clean" in text
    Path("imitation.json").write_text(json.dumps(SESSION))
    assert cli.main(["import", "imitation.json"]) == 0
    assert "task: rl" in capsys.readouterr().out
    assert not (tmp_path / "bomb").exists()


def test_the_command_refuses_what_is_no_session(tmp_path, capsys):
    (tmp_path / "session_config.json").write_text('{"env_params": 3}')
    (tmp_path / "old.sh").write_text("python -m train --model tutorial")
    for arguments, expected in (
        ([str(tmp_path)], "has no env_params"),
        ([str(tmp_path), "--reward", "old"], "compat_b"),
        ([str(tmp_path / "old.sh"), "--reward", "clean"], "is no RL session"),
    ):
        with pytest.raises((UserError, ConfigError)) as error:
            cli._dispatch(["import", *arguments])
        assert expected in str(error.value)
