"""Uneven ground: published numbers, heights as they are simulated, scaling, tiles."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig
from myoassist.files.errors import ModelError
from myoassist.model.ground.ground import add_ground, fit_own_ground, make_ground, scale_ground
from myoassist.model.ground.height_field import make_height_field, published_grid
from myoassist.model.ground.tiles import list_tiles

OWN_FILE = """
<mujoco>
  <asset><hfield name="terrain" nrow="100" ncol="500" size="50 10 1 30"/></asset>
  <worldbody>
    <geom name="ground-plane" type="plane" size="50 5 1"/>
    <geom name="terrain" type="hfield" hfield="terrain" pos="40 0 -0.005"/>
    <body pos="0 0 5"><freejoint/><geom name="ball" size="0.1"/></body>
  </worldbody>
</mujoco>
"""


def compile_ground(kind, numbers, seed=0):
    spec = mujoco.MjSpec()
    env = EnvConfig(terrain=kind, terrain_params=numbers)
    add_ground(spec, env, seed)
    body = spec.worldbody.add_body(name="ball", pos=[0, 0, 3])
    body.add_freejoint()
    body.add_geom(name="ball", size=[0.1, 0, 0], contype=0, conaffinity=1)
    return spec.compile(), make_ground(env, seed)


def ray_heights(model, x, y):
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    geom, ball = np.zeros(1, dtype=np.int32), model.body("ball").id
    down = [0.0, 0.0, -1.0]
    return np.array(
        [50.0 - mujoco.mj_ray(model, data, [a, b, 50.0], down, None, 1, ball, geom) for a, b in zip(x, y, strict=True)]
    )


def drop_ball(model, x, y, height):
    """Return the height of the underside of a ball that came to rest."""
    data = mujoco.MjData(model)
    data.qpos[:3] = x, y, height + 0.15
    for _ in range(1500):
        data.qvel[:2] = data.qvel[3:] = 0.0
        mujoco.mj_step(model, data)
    return data.qpos[2] - 0.1


def test_random_ground_has_the_published_numbers():
    field = make_height_field(EnvConfig(terrain="random", terrain_params="0.15"), 1234)
    draws = np.random.Generator(np.random.PCG64(np.random.SeedSequence(1234))).uniform(0, 0.15, (100, 500))
    assert field.heights[10, 400] == draws[10, 400] and field.heights[34, 50] == draws[34, 50]
    # Rows and columns 35 to 64 are flattened by distance squared over 3 m.
    for r, c in ((50, 50), (50, 55), (47, 53), (36, 64), (64, 35)):
        dy, dx = (r - 50) * 0.2, (c - 50) * 0.2
        assert field.heights[r, c] == pytest.approx(draws[r, c] * min(np.hypot(dy**2, dx**2) / 3.0, 1.0))
    assert field.heights[50, 50] == 0.0
    other = make_height_field(EnvConfig(terrain="random", terrain_params="0.15"), 1235)
    assert (field.heights != other.heights).any()


def test_slopes_begin_after_a_metre_and_go_down_too():
    for slope in (0.3, -0.3):
        heights = make_height_field(EnvConfig(terrain="slope", terrain_params=str(slope)), 0).heights
        assert (heights == heights[0]).all()
        assert (heights[0, :56] == 0.0).all()
        np.testing.assert_allclose(np.diff(heights[0, 55:]), slope * 0.2, rtol=1e-9)


def test_waves_count_their_periods_in_cells():
    heights = make_height_field(EnvConfig(terrain="harmonic_sinusoidal", terrain_params="0.03 12 0.05 20"), 0).heights
    r, c = np.meshgrid(np.arange(100), np.arange(500), indexing="ij")
    waves = 0.03 * np.sin(2 * np.pi * r / 12) - 0.05 * np.cos(2 * np.pi * c / 20)
    waves -= waves.min()
    outside = (r < 35) | (r > 64) | (c < 35) | (c > 64)
    np.testing.assert_allclose(heights[outside], waves[outside], atol=1e-12)
    assert heights.min() == 0.0 and heights[50, 50] == 0.0


@pytest.mark.parametrize(
    "kind, numbers", [("random", "0.15"), ("slope", "-0.3"), ("slope", "0.3"), ("harmonic_sinusoidal", "0 1 0.05 20")]
)
def test_heights_are_those_that_are_simulated_and_drawn(kind, numbers):
    model, field = compile_ground(kind, numbers, seed=3)
    assert model.ngeom == 2, "one ground and the ball"
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-5, 60, 200), rng.uniform(-8, 8, 200)
    np.testing.assert_allclose(ray_heights(model, x, y), field.at(x, y), atol=2e-5)
    assert model.hfield_data.min() == 0.0 and model.hfield_data.max() == pytest.approx(1.0)


@pytest.mark.parametrize("slope, x", [(0.3, 20.0), (-0.3, 20.0), (0.05, 3.0)])
def test_slopes_carry_above_one_metre_and_below_zero(slope, x):
    model, field = compile_ground("slope", str(slope))
    height = float(field.at(x, 0.0))
    assert slope == 0.05 or abs(height) > 4.0
    # The ball touches a little uphill of its lowest point.
    assert drop_ball(model, x, 0.0, height) == pytest.approx(height, abs=0.01)


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0])
def test_the_height_of_a_compiled_ground_can_be_changed(factor):
    model, field = compile_ground("slope", "-0.2")
    scale_ground(model, field, factor)
    x = np.array([-3.0, 8.0, 30.0])
    np.testing.assert_allclose(ray_heights(model, x, 0.5 * np.ones(3)), factor * field.at(x, 0.5), atol=1e-4)
    height = factor * float(field.at(30.0, 0.0))
    assert drop_ball(model, 30.0, 0.0, height) == pytest.approx(height, abs=0.01)


def test_smoothing_averages_squares():
    heights = np.random.default_rng(0).uniform(size=(100, 500))
    smooth = published_grid(heights).smoothed(0.5)
    assert smooth.heights[40, 90] == pytest.approx(heights[38:43, 88:93].mean())
    assert smooth.heights.shape == heights.shape
    level = published_grid(np.ones((100, 500))).smoothed(0.5)
    np.testing.assert_allclose(level.heights, 1.0)


@pytest.mark.parametrize("name", list(list_tiles()))
def test_every_tile_is_a_ground(name):
    model, field = compile_ground("tile", name)
    x, y = np.linspace(2.1, 9.7, 60), np.full(60, 0.13)
    heights = ray_heights(model, x, y)
    # A ray goes through a gap without meeting anything.
    solid = heights < 50.0
    assert solid.all() or name == "gap"
    error = np.abs(heights - field.at(x, y))[solid]
    # Steps fall between two nodes of the kept heights.
    assert np.median(error) < 0.005 and error.max() < 0.5
    assert float(field.at(0.0, 0.0)) == 0.0
    assert drop_ball(model, 0.0, 0.0, 0.0) == pytest.approx(0.0, abs=0.005)
    assert name == "flat" or name == "gap" or np.ptp(heights) > 0.01


def test_every_kind_of_tile_has_a_file():
    from myoassist_terrains.tiles import REGISTRY

    assert set(list_tiles()) >= set(REGISTRY)


def test_a_gap_is_open():
    model, _ = compile_ground("tile", "gap")
    x = np.linspace(2.1, 5.9, 400)
    # Where a ray meets nothing it has gone through.
    heights = ray_heights(model, x, np.zeros(400))
    missed = heights > 50.0
    assert 0.14 < missed.sum() * (x[1] - x[0]) < 0.17
    assert (heights[~missed] == 0.0).all()


def test_own_tiles_are_read_from_a_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('{"terrain": "slope", "deg": 4.0}')
    model, _ = compile_ground("tile", str(path))
    np.testing.assert_allclose(ray_heights(model, [5.0], [0.0]), [5.0 * np.tan(np.deg2rad(4.0))], atol=1e-6)
    path.write_text('{"terrain_name": "x", "grid": {"rows": 1}}')
    with pytest.raises(ModelError, match="is not a ground"):
        compile_ground("tile", str(path))
    with pytest.raises(ModelError, match="there is no such ground") as refusal:
        compile_ground("tile", "stair")
    assert "stairs" in str(refusal.value.remedy)


def test_tiles_cannot_be_scaled():
    model, field = compile_ground("tile", "gap")
    with pytest.raises(ModelError, match="tiles"):
        scale_ground(model, field, 0.5)


def test_an_own_file_takes_the_ground():
    env = EnvConfig(terrain="slope", terrain_params="-0.3")
    model = mujoco.MjModel.from_xml_string(OWN_FILE)
    fit_own_ground(model, env, 0)
    height = float(make_ground(env, 0).at(20.0, 0.0))
    assert height < -5.0
    assert drop_ball(model, 20.0, 0.0, height) == pytest.approx(height, abs=0.01)
    for version, z in (("clean", -10.0), ("compat_a", 0.0)):
        model = mujoco.MjModel.from_xml_string(OWN_FILE)
        fit_own_ground(model, EnvConfig(reward_version=version), 0)
        assert model.geom("terrain").pos[2] == z
    bare = mujoco.MjModel.from_xml_string("<mujoco/>")
    with pytest.raises(ModelError, match=r"with model\.path"):
        fit_own_ground(bare, env, 0)
