"""Every reward term against its formula in NumPy, over real walks."""

import mujoco
import numpy as np
import pytest

from myoassist.rl.kernels.layout import RUNNING
from tests.rl.walking_batches import draw_actions, level_walker, make_batch

ALL_WEIGHTS = {
    "forward_reward": 1.0,
    "muscle_activation_penalty": 0.3,
    "muscle_activation_diff_penalty": 0.2,
    "foot_force_penalty": 0.5,
    "joint_constraint_force_penalty": 0.7,
    "exo_activation_penalty": 0.4,
    "footstep_delta_time": 0.6,
    "average_velocity_per_step": 0.8,
    "muscle_activation_penalty_per_step": 0.9,
    "end_effector_imitation_reward": 0.25,
}
LIMITS = [f"{side}_{joint}_sensor" for side in "rl" for joint in ("knee", "hip", "ankle", "mtp")]
DT = 1.0 / 30.0


class Footsteps:
    """The per-footstep terms of one environment."""

    def __init__(self):
        self.time = self.deviation = self.effort = self.last_strike = 0.0
        self.held = np.zeros(3)
        self.loads = [[0.0] * 3, [0.0] * 3]
        self.last_side = None
        self.strikes = 0

    def add(self, time, error, activation, forces):
        self.time += DT
        self.deviation += DT * error
        self.effort += DT * (activation**2).sum()
        for side in (0, 1):
            self.loads[side] = [*self.loads[side][1:], forces[side]]
        for side in (0, 1):
            if min(self.loads[side]) > 0.1 and side != self.last_side:
                self.last_side = side
                if time - self.last_strike > 0.0:
                    self.held = np.array([DT * self.time, -DT * abs(self.deviation), -DT * self.effort])
                    self.time = self.deviation = self.effort = 0.0
                    self.last_strike = time
                    self.strikes += 1
                break


def seen_from_pelvis(walker, data):
    """Places of both tali from the pelvis, forward and up, shape (2, 2)."""
    layout = walker.layout
    points = [
        data.xpos[layout.frame_body[k]] + data.xmat[layout.frame_body[k]].reshape(3, 3) @ layout.frame_pos_b[k]
        for k in (0, 2, 3)
    ]
    return np.array([(point - points[0])[[0, 2]] for point in points[1:]])


def expected_terms(batch, i, frame, previous, footsteps, steps, version, squared):
    model, data, reference = batch.walker.model, batch.datas[i], batch.reference
    weights = batch.config.env.reward_keys_and_weights
    weight = float(model.body_mass.sum()) * 9.81
    v, target = data.joint("pelvis_tx").qvel[0], batch.obs[i, -1].astype(float)
    target = batch.state.schedule[i, 5]
    muscles = [k for k in range(model.nu) if model.actuator_actadr[k] >= 0]
    a = data.act[model.actuator_actadr[muscles]]
    forces = [data.sensor(f"{s}_foot").data[0] + data.sensor(f"{s}_toes").data[0] for s in "rl"]
    load = (abs(forces[0]) + abs(forces[1])) / weight
    footsteps.add(steps * DT, v - target, a, forces)
    command = data.ctrl[[model.actuator(n).id for n in ("Exo_R", "Exo_L")]]
    ratio = target / (reference.mean_speed if version == "clean" else reference.dq["pelvis_tx"][frame])
    sums = []
    for kind, group, factor in (("q", "qpos", 1.0), ("dq", "qvel", ratio)):
        total = 0.0
        for name, w in getattr(weights, f"{group}_imitation_rewards").items():
            value = getattr(data.joint(name), group)[0]
            total += w * np.exp(-8.0 * (value - factor * getattr(reference, kind)[name][frame]) ** 2)
        sums.append(DT * total)
    if version == "clean":
        at_reference = mujoco.MjData(model)
        at_reference.qpos[:] = batch.task.start_qpos[frame]
        mujoco.mj_kinematics(model, at_reference)
        error = seen_from_pelvis(batch.walker, data) - seen_from_pelvis(batch.walker, at_reference)
        feet = DT * np.exp(-40.0 * (error**2).sum())
        factors = [1.0, 1.0]
    else:
        feet = DT
        factors = [sum(getattr(weights, f"{group}_imitation_rewards").values()) for group in ("qpos", "qvel")]
    plain = {
        "forward_reward": DT * np.exp(-5.0 * (v - target) ** 2),
        "muscle_activation_penalty": -DT * ((a**2).mean() if squared else a.mean()),
        "muscle_activation_diff_penalty": 0.0 if previous is None else DT * np.exp(-4.0 * (a - previous) ** 2).mean(),
        "foot_force_penalty": DT * np.exp(-max(0.0, load - 1.0))
        if version == "compat_a"
        else -DT * max(0.0, load - 1.2),
        "joint_constraint_force_penalty": -DT * max(abs(data.sensor(n).data[0]) for n in LIMITS) / weight,
        "exo_activation_penalty": -DT * (command**2).mean(),
        "footstep_delta_time": footsteps.held[0],
        "average_velocity_per_step": footsteps.held[1],
        "muscle_activation_penalty_per_step": footsteps.held[2],
        "end_effector_imitation_reward": feet,
    }
    terms = {name: ALL_WEIGHTS[name] * value for name, value in plain.items()}
    terms["qpos_imitation_rewards"] = factors[0] * sums[0]
    terms["qvel_imitation_rewards"] = factors[1] * sums[1]
    return terms, a


@pytest.mark.parametrize(
    "version, squared", [("clean", False), ("clean", True), ("compat_a", False), ("compat_b", False)]
)
def test_terms_equal_their_formulas(version, squared):
    weights = [f"env.reward_keys_and_weights.{name}={value}" for name, value in ALL_WEIGHTS.items()]
    changing = ("env.min_target_velocity=0.9", "env.max_target_velocity=1.5")
    batch = make_batch(
        4,
        *weights,
        *changing,
        f"env.reward_version={version}",
        f"env.squared_activation_penalty={str(squared).lower()}",
        "env.out_of_trajectory_threshold=100",
    )
    rng = np.random.default_rng(4)
    batch.reset()
    frames = batch.state.frame.astype(int)
    previous, footsteps, steps = [None] * 4, [Footsteps() for _ in range(4)], [0] * 4
    compared = strikes = 0
    seen = {name: set() for name in batch.reward_names}
    for _ in range(50):
        batch.step(draw_actions(rng, batch))
        np.testing.assert_allclose(batch.reward_terms.sum(axis=1), batch.rewards, rtol=1e-12, atol=1e-15)
        for i in range(4):
            steps[i] += 1
            frames[i] = (frames[i] + 1) % batch.reference.length
            if batch.ended[i] != RUNNING:
                strikes += footsteps[i].strikes
                previous[i], footsteps[i], steps[i] = None, Footsteps(), 0
                frames[i] = int(batch.state.frame[i])
                continue
            expected, previous[i] = expected_terms(
                batch, i, frames[i], previous[i], footsteps[i], steps[i], version, squared
            )
            for name, value in zip(batch.reward_names, batch.reward_terms[i], strict=True):
                assert value == pytest.approx(expected[name], rel=1e-9, abs=1e-13), name
                seen[name].add(round(float(value), 9))
            compared += 1
    assert compared > 100 and strikes + sum(f.strikes for f in footsteps) > 2
    constant = {name for name, values in seen.items() if len(values) < 3}
    # The stub of the published reward is worth the same in every step; few of these steps load the feet heavily.
    assert constant <= ({"end_effector_imitation_reward"} if version != "clean" else set()), constant


def test_episode_sums_are_those_of_its_steps():
    batch = make_batch(2, "env.custom_max_episode_steps=5", "env.out_of_trajectory_threshold=100")
    rng = np.random.default_rng(0)
    batch.reset()
    terms, total = np.zeros((2, len(batch.reward_names))), np.zeros(2)
    for _ in range(5):
        batch.step(draw_actions(rng, batch))
        terms += batch.reward_terms
        total += batch.rewards
    assert (batch.ended != RUNNING).all()
    np.testing.assert_allclose(batch.state.last_terms, terms, rtol=1e-12)
    np.testing.assert_allclose(batch.state.last_return, total, rtol=1e-12)
    np.testing.assert_array_equal(batch.state.last_length, 5)


def test_walking_in_the_reference_is_worth_most():
    feet = "env.reward_keys_and_weights.end_effector_imitation_reward=1"
    batch = make_batch(1, feet, "env.safe_height=0", "env.out_of_trajectory_threshold=100")
    batch.reset(np.array([7]))
    names = list(batch.reward_names)
    batch.step(np.full((1, 24), -0.9))
    near = batch.reward_terms[0].copy()
    for _ in range(11):
        batch.step(np.full((1, 24), -1.0))
        assert batch.ended[0] == RUNNING
        far = batch.reward_terms[0].copy()
    best = DT * sum(batch.config.env.reward_keys_and_weights.qpos_imitation_rewards.values())
    assert 0.9 * best < near[names.index("qpos_imitation_rewards")] <= best
    assert near[names.index("end_effector_imitation_reward")] > 0.8 * DT
    assert far[names.index("end_effector_imitation_reward")] < near[names.index("end_effector_imitation_reward")]
    assert far[names.index("qpos_imitation_rewards")] < near[names.index("qpos_imitation_rewards")]


def test_all_joint_limit_sensors_are_there():
    sensors = {level_walker().model.sensor(i).name for i in range(level_walker().model.nsensor)}
    assert set(LIMITS) <= sensors
    assert len(make_batch(1).task.limit) == 8
