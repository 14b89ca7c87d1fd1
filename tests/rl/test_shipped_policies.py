"""The policies that come with the package walk, each in what it was trained for."""

import json

import pytest

from myoassist.analysis.rl_evaluation import make_policy
from myoassist.config.compose import compose_run
from myoassist.config.shipped import models_folder
from myoassist.rl.evaluate_best import Evaluator
from myoassist.rl.policy_source import load_policy
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
