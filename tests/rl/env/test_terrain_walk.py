"""Episodes on uneven ground: where they start, what counts as height, seeds."""

import mujoco
import numpy as np
import pytest

from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.terrain import foot_points
from myoassist.rl.kernels.layout import END_REASONS, RUNNING
from tests.rl.walking_batches import make_config


def rough_batch(kind, numbers, *overrides, n_envs=2, seed=1234):
    config = make_config(f"env.terrain={kind}", f'env.terrain_params="{numbers}"', f"seed={seed}", *overrides)
    return WalkBatch(config, n_envs, 0)


def clearance(batch, i=0):
    """Return the height of the lowest foot point above the simulated ground, m."""
    points = foot_points(batch.walker, batch.datas[i].qpos[None])[0]
    return float((points[:, 2] - batch._ground.factor * batch.walker.ground.at(points[:, 0], points[:, 1])).min())


@pytest.fixture(scope="module")
def rough():
    return rough_batch("random", "0.15", "env.out_of_trajectory_threshold=100")


def test_feet_start_as_far_above_the_ground_as_in_the_reference(rough):
    frames = np.array([0, 13])
    rough.reset(frames)
    level = foot_points(rough.walker, rough.task.start_qpos[frames])[..., 2].min(axis=1)
    assert rough.task.start_lift.max() > 0.002
    for i in range(2):
        assert clearance(rough, i) == pytest.approx(level[i], abs=1e-9)


def test_the_ground_is_one_height_field_that_carries(rough):
    model = rough.walker.model
    ground = [g for g in range(model.ngeom) if model.geom_bodyid[g] == 0]
    assert len(ground) == 1 and model.geom_type[ground[0]] == mujoco.mjtGeom.mjGEOM_HFIELD
    rough.reset()
    for _ in range(6):
        rough.step(np.full((2, 24), -0.8))
    loads = [sum(data.sensor(f"{s}_{p}").data[0] for s in "rl" for p in ("foot", "toes")) for data in rough.datas]
    assert max(loads) > 50.0


def test_the_seed_of_the_run_draws_the_ground(rough):
    other = rough_batch("random", "0.15", seed=7)
    assert (other.walker.ground.heights != rough.walker.ground.heights).any()
    expected = np.random.default_rng(7).uniform(0.0, 0.15, (100, 500))
    assert other.walker.ground.heights[90, 300] == expected[90, 300]


@pytest.mark.parametrize("version", ["clean", "compat_b"])
def test_height_counts_from_the_ground_but_for_published_rewards(version):
    batch = rough_batch(
        "slope", "0.3", "env.out_of_trajectory_threshold=100", f"env.reward_version={version}", n_envs=1
    )
    batch.reset(np.array([0]))
    data, names = batch.datas[0], list(batch.observation_names)
    height = names.index("qpos/pelvis_ty")
    assert batch.obs[0, height] == pytest.approx(data.joint("pelvis_ty").qpos[0])
    # Uphill by hand: 20 m on, the ground is 5.6 m higher, under a walker who stands as before.
    rise = float(batch.walker.ground.smoothed(0.5).at(20.0, 0.0))
    assert rise > 5.0
    lift = float(batch.walker.ground.at(20.3, 0.0))
    data.joint("pelvis_tx").qpos[0] += 20.0
    data.joint("pelvis_ty").qpos[0] += lift
    mujoco.mj_forward(batch.walker.model, data)
    batch.step(np.full((1, 24), -0.8))
    assert batch.ended[0] == RUNNING
    own = data.joint("pelvis_ty").qpos[0]
    ground = float(batch.walker.ground.smoothed(0.5).at(data.joint("pelvis_tx").qpos[0], 0.0))
    assert batch.obs[0, height] == pytest.approx(own - ground if version == "clean" else own, abs=1e-5)
    # And a fall is one above the published threshold too.
    data.joint("pelvis_ty").qpos[0] -= 0.5
    mujoco.mj_forward(batch.walker.model, data)
    batch.step(np.full((1, 24), -0.8))
    assert (END_REASONS[batch.ended[0]] == "fell") is (version == "clean")


def test_sideways_places_have_their_own_ground():
    from myoassist.rl.kernels.observe import ground_under_pelvis

    config = make_config("env.terrain=harmonic_sinusoidal", 'env.terrain_params="0.2 100 0 1"', "model.musculature=26")
    batch = WalkBatch(config, 1, 0)
    batch.reset(np.array([0]))
    data = batch.datas[0]
    field = batch.walker.ground.smoothed(0.5)
    for side in (-5.0, 5.0):
        data.joint("pelvis_tz").qpos[0] = side
        mujoco.mj_forward(batch.walker.model, data)
        seen = ground_under_pelvis(batch.task, batch._addresses[0])
        y = data.xpos[batch.walker.layout.frame_body[0], 1]
        assert abs(y) > 4.9 and seen == pytest.approx(float(field.at(0.0, y)), abs=0.01)
    assert abs(float(field.at(0.0, 5.0)) - float(field.at(0.0, -5.0))) > 0.1


def test_tiles_are_walked_on():
    batch = rough_batch("tile", "stairs", "env.out_of_trajectory_threshold=100")
    batch.reset(np.array([0, 5]))
    level = foot_points(batch.walker, batch.task.start_qpos[[0, 5]])[..., 2].min(axis=1)
    assert clearance(batch, 0) == pytest.approx(level[0], abs=1e-6)
    for _ in range(4):
        batch.step(np.full((2, 24), -0.8))
    assert (batch.ended == RUNNING).all()
