"""The policies that come with the package walk, each in what it was trained for."""

import json

import pytest

from myoassist.analysis.policy.evaluation import evaluate_policy, make_policy
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.evaluation import read_evaluation_entries
from myoassist.config.sources.shipped import models_folder
from myoassist.gait.events import find_heel_strikes
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.policy.source import load_policy
from myoassist.rl.train.evaluate_best import Evaluator
from myoassist.runs.policy_files import DESCRIPTION_NAME, POLICY_NAME

FOLDERS = sorted(path.parent for path in (models_folder() / "policies").glob(f"*/{DESCRIPTION_NAME}"))
STARTS = 5


def test_there_are_some():
    assert {"walk_rl", "walk_rough", "walk_speeds"} <= {folder.name for folder in FOLDERS}


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_walks(folder):
    description = json.loads((folder / DESCRIPTION_NAME).read_text())
    assert not str(description["env"]["prev_trained_policy_path"]).startswith("logs")
    evaluator = Evaluator(compose_run([f"exp={description['exp']}"]).config, STARTS, walk_time=10.0)
    try:
        file = load_policy(folder / POLICY_NAME, False)
        found = evaluator.evaluate(make_policy(file, evaluator.batch), file.num_timesteps)
    finally:
        evaluator.close()
    # Rounding differs from machine to machine, and where a foot just clears the ground that decides.
    assert found.survived >= STARTS - 2 and found.speed_error < 0.2


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_strides_last_as_long_as_those_of_people(folder):
    description = json.loads((folder / DESCRIPTION_NAME).read_text())
    config = compose_run([f"exp={description['exp']}"]).config
    batch = WalkBatch(config, 1, 0, evaluation=True)
    try:
        policy = make_policy(load_policy(folder / POLICY_NAME, False), batch)
        walk = evaluate_policy(config, batch, policy, read_evaluation_entries(config)[0])
    finally:
        batch.close()
    metrics, strikes = walk.metrics, find_heel_strikes(walk.log).left[-11:]
    carried = walk.log.ground_force_w[strikes[0] : strikes[-1], :, 2].sum(axis=1).mean()
    assert carried == pytest.approx(walk.log.mass * 9.81, rel=0.02)
    # The heel sensors alone cut strides of 0.96 +- 0.30 s out of one of these walks.
    assert 1.0 < metrics["stride_time_mean"] < 1.5 and metrics["stride_time_sd_percent"] < 8.0
