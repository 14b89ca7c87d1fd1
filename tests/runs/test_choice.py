import datetime

import pytest

from myoassist.config.compose.run import compose_run
from myoassist.files.errors import UserError
from myoassist.runs.choice import (
    choose_run,
    choose_runs,
    explain_no_best,
    find_best_file,
    find_newest_with_best,
)
from myoassist.runs.folder import open_run


def make_run(exp, name, date, best=True, status="running"):
    run = compose_run([f"exp={exp}", f"expname={name}"])
    with open_run(run.config, exp, run.all_overrides, today=date) as folder:
        if best:
            (folder.path / "myorfl_x_Best.txt").write_text("1.0\n")
        folder.write_status(status)
    return folder.path


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_newest_run_with_a_best_is_chosen_finished_or_not(here):
    first, second = datetime.date(2026, 3, 1), datetime.date(2026, 3, 2)
    make_run("tutorial", "a", first, status="finished")
    wanted = make_run("tutorial", "b", second, status="interrupted")
    make_run("tutorial", "c", second, best=False)
    make_run("baseline", "d", second)
    aside = make_run("tutorial", "e", second)
    aside.rename(aside.with_name("e.old-1"))
    assert choose_run("tutorial", None) == wanted
    assert find_newest_with_best(here / "logs", "tutorial") == here / wanted
    assert find_newest_with_best(here / "logs", "exo_npoint") is None


def test_runs_of_a_sweep_are_found(here):
    run = compose_run(["exp=tutorial", "expname=grid/popsize_8", "expsubdir=seed_1"])
    with open_run(run.config, "tutorial", run.all_overrides, today=datetime.date(2026, 3, 1)) as folder:
        (folder.path / "myorfl_x_Best.txt").write_text("1.0\n")
        folder.write_status("running")
    assert folder.path.parts[-3:] == ("grid", "popsize_8", "seed_1")
    assert choose_run("tutorial", None) == folder.path


def test_named_parameters_come_before_text(here):
    folder = make_run("tutorial", "a", datetime.date(2026, 3, 1))
    (folder / "myorfl_x_BestLast.txt").write_text("2.0\n")
    assert find_best_file(folder).name == "myorfl_x_Best.txt"
    (folder / "best_parameters.json").write_text("{}")
    assert find_best_file(folder).name == "best_parameters.json"


def test_missing_run_gives_the_command_that_makes_one(here):
    with pytest.raises(UserError) as refusal:
        choose_run("exo_npoint", None)
    assert refusal.value.remedy == "bash scripts/local.sh scripts/train.sh exp=exo_npoint"


def test_refusals_name_a_run_that_can_be_evaluated(here):
    folder = make_run("tutorial", "a", datetime.date(2026, 3, 1))
    for exp, run in ((None, None), ("tutorial", "logs"), (None, "nowhere"), (None, "logs"), ("nope", None)):
        with pytest.raises(UserError, match=f"run={folder.as_posix()}"):
            choose_run(exp, run)


def test_run_without_a_best_says_how_to_continue(here):
    folder = make_run("tutorial", "a", datetime.date(2026, 3, 1), best=False)
    assert choose_run(None, str(folder)) == folder
    error = explain_no_best(folder)
    assert "no best yet" in error.found
    assert "train.sh exp=tutorial" in error.remedy


def test_patterns_and_lists_of_runs(here):
    first, second = datetime.date(2026, 3, 1), datetime.date(2026, 3, 2)
    a, b = make_run("tutorial", "exo_a", first), make_run("tutorial", "exo_b", second)
    other = make_run("baseline", "base", second)
    aside = make_run("tutorial", "exo_c", second)
    aside.rename(aside.with_name("exo_c.old-1"))
    (here / "logs" / "2026-03-02" / "exo_nothing").mkdir()
    assert choose_runs(None, "logs/*/exo_*") == [a, b]
    assert choose_runs(None, "logs/**/exo_?") == [a, b]
    assert choose_runs(None, f"{other},logs/*/exo_*") == [other, a, b]
    assert choose_runs(None, f"[{b}, {a}, {b}]") == [b, a]
    assert choose_runs(None, str(a)) == [a]
    assert choose_runs("tutorial", None) == [choose_run("tutorial", None)]
    with pytest.raises(UserError, match="matches 1 folder, none of them a run"):
        choose_runs(None, "logs/*/exo_nothin?")
    with pytest.raises(UserError, match="matches no folder"):
        choose_runs(None, f"{a},logs/x*")
    with pytest.raises(UserError, match="does not exist"):
        choose_runs(None, f"{a},nowhere")
