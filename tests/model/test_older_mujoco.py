"""model.mujoco_compat: contacts of MuJoCo 3.3 out of an own file, pair by pair, and nothing else changed."""

import mujoco
import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.published_numbers import recommend_older
from myoassist.config.schema.run import ModelConfig
from myoassist.files.errors import ConfigError
from myoassist.model.older_mujoco import TOLERANCE, ground_geoms, match_older

# A plane in a turned body that does not move, as published files have it, and what margins can differ in: ground with
# a larger margin than some feet, gaps, priorities, mixing of solver parameters, unnamed geoms, a pair and an exclusion.
CROWD = """<mujoco>
  <option tolerance="{tolerance}"/>
  <default><geom margin="0.001"/></default>
  <asset>
    <hfield name="field" nrow="3" ncol="3" size="5 5 1 1"/>
    <mesh name="wedge" vertex="0 0 0 .1 0 0 0 .1 0 0 0 .1 .1 .1 .02"/>
  </asset>
  <worldbody>
    <body name="ground" pos="40 0 0" quat="0.707035 0.707179 0 0">
      <geom name="plane" type="plane" size="50 2.5 1" quat="0.707035 -0.707179 0 0" margin="{ground}"/>
    </body>
    <geom name="field" type="hfield" hfield="field" pos="0 0 -5"/>
    <body name="a" pos="0 0 0.1">
      <freejoint/>
      <geom name="a" size="0.1" margin="0.005" gap="0.0003" solmix="2" friction="2 0.1 0.1"/>
      <body pos="0 0.1985 0">
        <joint axis="1 0 0" pos="0 -0.1 0"/>
        <geom type="box" size="0.05 0.09 0.0999" solref="-1000 -50"/>
        <body name="toe" pos="0 0.2 -0.0999">
          <joint axis="0 1 0"/>
          <geom type="mesh" mesh="wedge" priority="1" friction="0.3 0.01 0.001"/>
        </body>
      </body>
    </body>
    <body name="b" pos="0.2002 0 0.1">
      <freejoint/>
      <geom name="b" size="0.1" margin="0.003" gap="0.0001" condim="4" solimp="0.8 0.95 0.002 0.5 2"/>
    </body>
    <body name="c" pos="0.1001 0.1735 0.1">
      <freejoint/>
      <geom size="0.1" solmix="0.5"/>
      <geom name="ghost" size="0.2" contype="0" conaffinity="0"/>
    </body>
    <body name="d" pos="0.3003 0.1734 0.1001"><freejoint/><geom size="0.1" contype="2" conaffinity="3"/></body>
  </worldbody>
  <contact>
    <exclude body1="b" body2="c"/>
    <pair geom1="a" geom2="b" margin="0.002" gap="0.001"/>
  </contact>
</mujoco>"""


def crowd(ground=0.004, tolerance=1e-8):
    return CROWD.format(ground=ground, tolerance=tolerance)


FIELDS = ("dist", "pos", "frame", "friction", "solref", "solimp", "dim")


def contacts(model):
    """Return what is known of the contacts at the start, by the places of their geoms."""
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    found = {}
    for contact in data.contact:
        known = {field: np.array(getattr(contact, field)) for field in (*FIELDS, "includemargin")}
        found.setdefault(tuple(int(geom) for geom in contact.geom), []).append(known)
    return found


@pytest.mark.parametrize("ground", [0.004, 0.001, 0.0])
def test_every_pair_has_the_larger_margin(ground):
    plain = mujoco.MjModel.from_xml_string(crowd(ground))
    model = match_older(mujoco.MjSpec.from_string(crowd(ground)))
    assert [model.geom(int(i)).name for i in ground_geoms(model)] == ["field", "plane"]
    assert (model.geom_margin[ground_geoms(model)] == 0.0).all()
    before, after = contacts(plain), contacts(model)
    name = {i: plain.geom(i).name for i in range(plain.ngeom)}
    assert {(name[one], name[other]) for one, other in after} >= {("plane", "a"), ("plane", "b"), ("a", "b"), ("a", "")}
    wanted = {pair: max(plain.geom_margin[list(pair)]) - max(plain.geom_gap[list(pair)]) for pair in before}
    listed = (model.geom("a").id, model.geom("b").id)
    wanted[listed] = 0.001
    # What is met, and how, is that of the plain model; only contacts within the sum but beyond the larger one are gone.
    near = {pair for pair, found in before.items() if min(contact["dist"] for contact in found) < wanted[pair]}
    assert set(after) == near and len(near) >= 7
    for pair, found in after.items():
        for contact in found:
            assert contact["includemargin"] == pytest.approx(wanted[pair], abs=1e-15), pair
            same = min(before[pair], key=lambda item, place=contact["pos"]: np.linalg.norm(item["pos"] - place))
            for field in FIELDS:
                np.testing.assert_array_equal(contact[field], same[field], err_msg=f"{field} of {pair}")
    summed = {pair for pair in near if before[pair][0]["includemargin"] != pytest.approx(wanted[pair])}
    assert summed, "the installed MuJoCo adds margins"


def test_bodies_that_cannot_meet_get_no_pair():
    model = match_older(mujoco.MjSpec.from_string(crowd()))
    pairs = {frozenset(pair) for pair in zip(model.pair_geom1.tolist(), model.pair_geom2.tolist(), strict=True)}
    bodies = {frozenset(model.body(int(model.geom_bodyid[geom])).name for geom in pair) for pair in pairs}
    assert frozenset("bc") not in bodies, "they are excluded"
    assert frozenset(("a", "toe")) in bodies and frozenset(("", "toe")) not in bodies, "parent and child"
    assert len(pairs) == model.npair, "no pair twice"
    assert model.geom("ghost").id not in frozenset().union(*pairs), "it collides with nothing"


def test_the_solver_goes_on_as_long_as_it_did():
    assert match_older(mujoco.MjSpec.from_string(crowd())).opt.tolerance == TOLERANCE == 1e-15
    assert match_older(mujoco.MjSpec.from_string(crowd(tolerance=1e-18))).opt.tolerance == 1e-18


def test_only_a_file_of_its_own_can_have_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = compose_run(["exp=tutorial", "model.mujoco_compat=3.3"]).config
    with pytest.raises(ConfigError, match=r"3\.3 without model\.path(.|\n)*model=custom model\.path=<file\.xml>"):
        check(config)
    config = compose_run(["exp=tutorial", "model.mujoco_compat=3.2"]).config
    with pytest.raises(ConfigError, match=r"mujoco_compat=3\.2 is not allowed(.|\n)*one of 3\.3, or null"):
        check(config)


def test_it_is_recommended_where_published_totals_are_compared():
    config = compose_run(["exp=tutorial", "cost.mode=compat"]).config
    assert recommend_older(config) is None
    config.model = ModelConfig(path="own.xml")
    assert "model.mujoco_compat=3.3" in recommend_older(config)
    config.model.mujoco_compat = 3.3
    assert recommend_older(config) is None
    config.model.mujoco_compat, config.cost.mode = None, "clean"
    assert recommend_older(config) is None
