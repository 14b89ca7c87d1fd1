"""Where the walk of a policy starts, and what is said of one that cannot start at all."""

import numpy as np
import pytest

from myoassist.analysis.policy.rollout import roll_out
from myoassist.analysis.policy.start_phase import choose_start
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.train.evaluate_best import start_frames
from myoassist.rollout.log import Outcome
from tests.analysis.walking_policies import Quiet

ENTRY = EvaluationEntry(num_timesteps=60)


@pytest.fixture(scope="module")
def config():
    return compose_run(["exp=rl_test"]).config


@pytest.fixture
def alone(config):
    return WalkBatch(config, 1, 0, evaluation=True)


@pytest.mark.long
def test_the_start_that_lasts_longest_is_chosen(config, alone):
    batch = WalkBatch(config, 10, 0, evaluation=True)
    chosen = choose_start(batch, Quiet(), ENTRY)
    lengths = {int(frame): len(roll_out(alone, Quiet(), ENTRY, int(frame)).steps) for frame in start_frames(batch, 10)}
    # From some starts the fall comes earlier than from others, the first frame is none of the best.
    assert lengths[chosen.frame] == max(lengths.values()) > lengths[0]
    share = f"{100.0 * chosen.frame / batch.reference.length:.0f} %"
    lasted = f"to the end from {sum(length == ENTRY.num_timesteps for length in lengths.values())} of them"
    assert "Of 10 start phases" in chosen.note and share in chosen.note and lasted in chosen.note


def test_a_walk_that_cannot_start_says_what_is_no_number(alone):
    height = int(alone.walker.layout.qpos_root[1])
    for value, shown in ((2e10, "2e+10"), (np.nan, "nan")):
        alone.task.start_qpos[:, height] = value
        log = roll_out(alone, Quiet(), ENTRY).log
        assert log.outcome is Outcome.UNSTABLE and log.n_steps == 0
        assert f"unstable after 0.000 s (badqpos: qpos of pelvis_ty is {shown}" in log.reason
