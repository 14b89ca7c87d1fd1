import numpy as np

from myoassist.analysis.walk.repeats import RepeatedWalk, Repeats
from myoassist.control.table import build_table
from myoassist.rollout.disturbance import StartSpread, perturb_start
from myoassist.rollout.log import Outcome

TABLE = build_table(2, controller="npoint", n_points=6)
SPREAD = StartSpread(5, angle_sd_deg=2.0, speed_sd=0.05)


def draw(n):
    vectors = [perturb_start(TABLE.initial, TABLE, SPREAD, np.random.default_rng([7, i])) for i in range(n)]
    return np.array(vectors)


def test_only_pose_and_speed_change_and_by_the_stated_deviation():
    changed = draw(4000)
    pose = TABLE.group_slice("pose")
    spread = (changed * TABLE.scale).std(axis=0)
    others = np.ones(len(TABLE), dtype=bool)
    others[pose] = False
    assert (changed[:, others] == TABLE.initial[others]).all()
    speed = TABLE.index("vel_pelvis_tx")
    angles = [i for i in range(pose.start, pose.stop) if i != speed]
    assert np.allclose(np.rad2deg(spread[angles]), 2.0, rtol=0.05)
    assert np.isclose(spread[speed], 0.05, rtol=0.05)


def test_draws_are_the_same_every_time_and_differ_between_walks():
    first, second = draw(3), draw(3)
    assert (first == second).all()
    assert (first[0] != first[1]).any()


def test_only_survivors_count():
    def walk(outcome, speed):
        return RepeatedWalk(outcome, 20.0, {"speed": speed, "steps": None}, None)

    walks = (walk(Outcome.SURVIVED, 1.0), walk(Outcome.FELL, 9.0), walk(Outcome.SURVIVED, 1.2))
    repeats = Repeats(SPREAD, 0, walks, None)
    assert repeats.survived == 2
    mean, sd, n = repeats.summarize("speed")
    assert (round(mean, 12), round(sd, 12), n) == (1.1, round(np.sqrt(0.02), 12), 2)
    assert repeats.summarize("steps") is None
    assert Repeats(SPREAD, 0, walks[:1], None).summarize("speed") == (1.0, None, 1)
