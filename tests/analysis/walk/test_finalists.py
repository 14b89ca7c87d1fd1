"""The last candidates of a search are judged once more, by walks that it has not drawn, and the firmest is kept."""

import json
import shutil

import numpy as np
import pytest

from myoassist.analysis.page.finalist_section import finalist_sections
from myoassist.analysis.walk import finalists, trials
from myoassist.analysis.walk.finalists import Finalist, choose_in, judge_finalists, judged_config
from myoassist.config.compose.run import compose_run
from myoassist.cost.result import CostResult
from myoassist.files.errors import UserError
from myoassist.gait.score import robustness
from myoassist.gait.score.robustness import GROUND, NOISE, PUSH, Robustness, Trial, TrialGroup
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.rollout.log import Outcome
from myoassist.runs.catalogue import CHOICE_NAME, CHOSEN_NAME, PARAMETERS_NAME, is_choice_current
from myoassist.runs.choice import choose_parameters, find_best_file
from myoassist.runs.named_files import resolve_param_path
from myoassist.train import train

WORDS = [
    "exp=human",
    "cost.draws=2",
    "env.sim_time=12",
    "optimizer.popsize=4",
    "optimizer.maxiter=2",
    "optimizer.sigma_gain=0.2",
    "optimizer.threads=1",
    "optimizer.finalists=2",
]


@pytest.fixture
def brief(monkeypatch):
    """Trials that take seconds."""
    for place, name, value in (
        (finalists, "COUNT", 2),
        (finalists, "PHASES", (0.125,)),
        (finalists, "COPY_TIME", 12.0),
        (trials, "COPY_TIME", 12.0),
        (trials, "LONG_TIME", 13.0),
        (robustness, "PUSHED_AFTER", 2.0),
    ):
        monkeypatch.setattr(place, name, value)


def search(folder, *changes):
    return train(compose_run([*WORDS, f"logdir={folder}", *changes]))


def group(kind, level, survived, walks):
    return TrialGroup(kind, level, 20.0, tuple(Trial(20.0, number < survived) for number in range(walks)))


class Scored:
    """What is read of a score."""

    def __init__(self, gates, distance):
        self.gates = gates
        self.score = type("Score", (), {"content": {"overall_sd": distance}})


def finalist(name, noise=20, ground=20, push=8, distance=1.0, falls=False, total=1.0):
    result = CostResult(total, "3", {}, Outcome.SURVIVED, {}, "", 20.0, 25.0)
    if falls:
        return Finalist(name, np.ones(1), result)
    tried = (group(NOISE, 3, noise, 20), group(GROUND, 2, ground, 20), group(PUSH, 30, push, 8))
    return Finalist(name, np.ones(1), result, Scored((), distance), Robustness(tried))


def test_bounds_come_first_then_who_lasts_then_who_is_near():
    ranked = [
        finalist("near", distance=0.5),
        finalist("far"),
        finalist("a copy less", noise=19),
        # 16 of 20 is as much as 8 of 10.
        finalist("on the bound", ground=16),
        finalist("a ground less", ground=15),
        finalist("two bounds", ground=15, push=5),
        finalist("falls", falls=True),
        finalist("falls sooner", falls=True, total=2.0),
    ]
    mixed = [ranked[i] for i in (4, 0, 7, 2, 6, 1, 5, 3)]
    assert sorted(mixed, key=lambda item: item.order) == ranked
    assert [item.missed for item in ranked[3:7]] == [
        *([], ["ground_2_cm"], ["ground_2_cm", "push_30_ns"], ["walks"]),
    ]
    assert "19/20" in ranked[2].describe() and "falls after" in ranked[6].describe()


@pytest.mark.long
def test_the_firmest_is_kept_and_taken_from_then_on(brief, tmp_path, capsys):
    folder = tmp_path / "run"
    search(folder)
    content = json.loads((folder / CHOICE_NAME).read_text())
    names = [item["name"] for item in content["finalists"]]
    assert {"best", "start"} < set(names) and any(name.startswith("mean of") for name in names)
    assert content["chosen"] == names[0] and content["evaluations"] == 8
    first = content["finalists"][0]["survived"]
    walks = {"noise_3_percent": 2, "undisturbed_13_s": 1, "ground_2_cm": 2, "push_30_ns": 2}
    assert {name: count for name, (_, count) in first.items()} == walks
    # Numbers of the trials that judge in the end begin at 0.
    assert finalists.FIRST_NUMBER >= robustness.COPIES and not set(finalists.PHASES) & set(robustness.PHASES)
    for found in (find_best_file(folder), find_vector_file(folder), choose_parameters(None, folder)):
        assert found == folder / CHOSEN_NAME
    assert choose_parameters("best", folder) == folder / PARAMETERS_NAME
    stored = json.loads((folder / CHOSEN_NAME).read_text())
    assert stored["chosen"] == names[0] and len(stored["parameters"]) > 100
    (section,) = finalist_sections(folder)
    shown = [[cell.text for cell in row.cells] for row in section.table.body]
    assert shown[0][0] == f"{names[0]} (chosen)" and [row[0] for row in shown[1:]] == names[1:]
    assert all(" of 2" in text for text in (shown[0][1], shown[0][3], shown[0][4]))
    # The same command has nothing left to do; where it was killed before the choice, it makes the same one.
    before = (folder / CHOSEN_NAME).read_bytes(), (folder / CHOICE_NAME).read_bytes()
    capsys.readouterr()
    search(folder)
    assert "finalists of" not in capsys.readouterr().out
    (folder / CHOICE_NAME).unlink()
    assert find_best_file(folder) == folder / PARAMETERS_NAME
    search(folder)
    assert ((folder / CHOSEN_NAME).read_bytes(), (folder / CHOICE_NAME).read_bytes()) == before
    # A search that goes on leaves its choice behind until it ends.
    search(folder, "optimizer.maxiter=3", "optimizer.finalists=0")
    assert not is_choice_current(folder) and not finalist_sections(folder)
    assert find_vector_file(folder).name.endswith("_BestLast.txt")
    assert choose_in(folder, 1) == [folder / CHOSEN_NAME] and is_choice_current(folder)


def test_who_falls_is_never_chosen_before_who_walks(brief):
    config = compose_run(WORDS).config
    start = read_vector(resolve_param_path("shipped:human_sure")).vector
    lines = []
    _, judged = judge_finalists(config, lambda _: {"weak": 0.5 * start, "start": start}, lines.append)
    assert [item.name for item in sorted(judged, key=lambda item: item.order)] == ["start", "weak"]
    assert judged[0].missed == ["walks"] and judged[0].lasting == 0.0 and judged[1].lasting > 0.5
    assert lines[0].startswith("weak") and "falls after" in lines[0] and "lasts: noise" in lines[1]


def test_finalists_are_judged_by_the_run_as_a_whole():
    config = judged_config(compose_run(["exp=human", "optimizer=robust"]).config)
    assert (config.optimizer.stages, config.cost.draws, config.env.sim_time) == (None, 1, 20.0)
    assert not config.optimizer.factors


def test_what_is_no_search_is_refused(tmp_path):
    folder = tmp_path / "one"
    train(compose_run(["exp=human", "optimizer=evaluate", "cost.draws=1", "env.sim_time=12", f"logdir={folder}"]))
    with pytest.raises(UserError, match="is no search"):
        choose_in(folder, 1)
    several = ["exp=human", "optimizer=multispeed", "optimizer.optim_params=[1.2,1.25]", "optimizer.popsize=2"]
    words = ["optimizer.maxiter=1", "cost.draws=1", "env.sim_time=12", "optimizer.finalists=1", "optimizer.threads=1"]
    folder = tmp_path / "several"
    train(compose_run([*several, *words, f"logdir={folder}"]))
    assert not (folder / CHOICE_NAME).exists()
    with pytest.raises(UserError, match="one vector for several conditions"):
        choose_in(folder, 1)
    shutil.rmtree(folder)
