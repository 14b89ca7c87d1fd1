"""Which folder a command gets, and what it is told to do there."""

import copy
import datetime
import re
import shlex

import pytest
import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser

from myoassist.config.schema.plant import USUAL_HUMAN
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError, ResumeError, UserError
from myoassist.files.lock import LOCK_NAME
from myoassist.runs.catalogue import find_newest_finished, read_status
from myoassist.runs.folder import open_run
from myoassist.runs.record import read_run_config

DAY_1 = datetime.date(2026, 3, 1)
DAY_2 = datetime.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


def make_config(name="walk", **changes):
    config = RunConfig(expname=name)
    for key, value in changes.items():
        node = config
        *path, last = key.split("__")
        for part in path:
            node = getattr(node, part)
        assert hasattr(node, last), key
        setattr(node, last, value)
    return config


def start(config, day=DAY_1, exp="baseline", overrides=(), end=None, **details):
    """Open a run, let it end in one way, and return (folder, state, notice)."""
    with open_run(config, exp, list(overrides), today=day) as run:
        if end is not None:
            run.write_status(end, **details)
    return run.path, run.state, run.notice


def names_of(folder):
    return sorted(entry.name for entry in folder.iterdir())


def remedy_overrides(error):
    """Return the overrides of every command that an error suggests, checked against Hydra's grammar."""
    commands = re.findall(r"python -m myoassist\.train.*?(?=   \(|\n|$)", error.remedy)
    assert commands
    suggestions = [shlex.split(command)[3:] for command in commands]
    for overrides in suggestions:
        OverridesParser.create().parse_overrides(overrides)
    return suggestions


def test_first_start_is_new_and_complete(empty_place):
    with open_run(make_config(), "baseline", ["seed=0"], today=DAY_1) as run:
        assert run.path.as_posix() == "logs/2026-03-01/walk"
        assert (run.name, run.state) == ("walk", "new")
        assert read_status(run.path)["status"] == "running"
        names = names_of(run.path)
        assert {"config.yaml", "versions.json", "status.json", LOCK_NAME} <= set(names)
        assert any(re.fullmatch(r"baseline_\d{8}_\d{6}\.yaml", name) for name in names)
    assert LOCK_NAME not in names_of(run.path)


def test_log_root_variable_moves_all_runs(empty_place, monkeypatch):
    monkeypatch.setenv("MYOASSIST_LOGS", "elsewhere")
    assert start(make_config())[0].as_posix() == "elsewhere/2026-03-01/walk"


def test_same_command_resumes_and_keeps_what_is_known():
    start(make_config(), end="interrupted", generation=7, best=12.5)
    folder, state, notice = start(make_config(), end="running", generation=8)
    assert state == "resume"
    assert "generation 7" in notice
    assert read_status(folder)["best"] == 12.5
    assert read_status(folder)["generation"] == 8


def test_fields_that_are_no_change_do_not_stop_a_resume():
    start(make_config())
    config = make_config(optimizer__threads=1, optimizer__maxiter=7, optimizer__cost_print=True, env__render_modes=[])
    folder, state, _ = start(config)
    assert state == "resume"
    assert read_run_config(folder).optimizer.maxiter == 7


def test_finished_run_is_left_alone():
    folder, _, _ = start(make_config(optimizer__maxiter=10), end="finished", generation=10)
    before = {name: (folder / name).read_bytes() for name in names_of(folder)}
    for maxiter in (10, 5):
        _, state, notice = start(make_config(optimizer__maxiter=maxiter))
        assert state == "finished"
        assert "finished" in notice
    assert {name: (folder / name).read_bytes() for name in names_of(folder)} == before


def test_larger_maxiter_extends_and_survives_a_kill():
    start(make_config(optimizer__maxiter=10), end="finished", generation=10)
    longer = make_config(optimizer__maxiter=20)
    with open_run(longer, "baseline", [], today=DAY_1) as run:
        assert run.state == "extend"
    # Killed while extending: now it is an unfinished run like any other.
    assert start(longer)[1] == "resume"
    start(longer, end="finished", generation=20)
    assert start(longer)[1] == "finished"


def test_smaller_maxiter_does_not_shrink_what_was_done():
    start(make_config(optimizer__maxiter=10), end="finished")
    with open_run(make_config(optimizer__maxiter=5), None, [], today=DAY_1) as run:
        run.write_status("finished")
    assert start(make_config(optimizer__maxiter=8))[1] == "finished"


def test_single_evaluation_has_nothing_to_extend():
    start(make_config(optimizer__mode="evaluate", optimizer__maxiter=1), end="finished")
    assert start(make_config(optimizer__mode="evaluate", optimizer__maxiter=9))[1] == "finished"


def test_unfinished_run_is_continued_after_midnight():
    old, _, _ = start(make_config(), end="interrupted", generation=3)
    folder, state, notice = start(make_config(), day=DAY_2)
    assert (folder, state) == (old, "resume")
    assert "2026-03-01" in notice
    assert not (old.parents[1] / "2026-03-02").exists()


def test_newest_of_several_days_counts():
    start(make_config(), end="interrupted")
    second, _, _ = start(make_config(fresh=True), day=DAY_2, end="interrupted")
    assert start(make_config(), day=datetime.date(2026, 3, 5))[0] == second


def test_finished_run_of_another_day_is_named_and_a_new_one_starts():
    old, _, _ = start(make_config(), end="finished")
    folder, state, notice = start(make_config(), day=DAY_2)
    assert state == "new"
    assert folder.as_posix() == "logs/2026-03-02/walk"
    assert old.as_posix() in notice


def test_other_configuration_of_another_day_is_left_alone():
    start(make_config(optimizer__popsize=8), end="interrupted")
    folder, state, _ = start(make_config(optimizer__popsize=9), day=DAY_2)
    assert (folder.as_posix(), state) == ("logs/2026-03-02/walk", "new")


def test_junk_in_the_log_root_is_skipped():
    old, _, _ = start(make_config(), end="interrupted")
    root = old.parents[1]
    (root / "2026-02-30" / "walk").mkdir(parents=True)
    (root / "2026-2-3" / "walk").mkdir(parents=True)
    (root / "notes.txt").write_text("x")
    (root / "2026-02-27").write_text("a file with a date for a name")
    for day, text in (("2026-03-02", ""), ("2026-03-03", "task: [unclosed"), ("2026-03-04", "task: reflex\n")):
        (root / day / "walk").mkdir(parents=True)
        (root / day / "walk" / "config.yaml").write_text(text)
        (root / day / "walk" / "status.json").write_text('{"status": "run')
    (root / "2026-03-05").mkdir()
    (root / "2026-03-05" / "walk").write_text("a file where a folder was expected")
    (root / "2026-03-06" / "walk").mkdir(parents=True)
    assert start(make_config(), day=datetime.date(2026, 3, 9))[:2] == (old, "resume")


def test_changed_configuration_is_refused_with_difference_and_remedies():
    folder, _, _ = start(make_config(optimizer__popsize=8, cost__weights={"effort": 1.0}))
    before = {name: (folder / name).read_bytes() for name in names_of(folder)}
    changed = make_config(optimizer__popsize=9, model__device="Tutorial", cost__weights={"effort": 1.0, "grf": 2.0})
    with pytest.raises(ResumeError) as caught:
        open_run(changed, "baseline", ["exp=baseline", "optimizer.popsize=9"], today=DAY_1)
    for line in ("optimizer.popsize: 8 -> 9", "model.device: null -> Tutorial", "cost.weights.grf: (not set) -> 2.0"):
        assert line in str(caught.value)
    assert "cost.weights.effort" not in str(caught.value)
    assert caught.value.exit_code == 2
    other, fresh = remedy_overrides(caught.value)
    assert other == ["exp=baseline", "optimizer.popsize=9", "expname=walk_2"]
    assert fresh == ["exp=baseline", "optimizer.popsize=9", "expname=walk", "fresh=true"]
    assert {name: (folder / name).read_bytes() for name in names_of(folder)} == before


@pytest.mark.parametrize("stored", ["human_1", "human_2", "human_3"])
def test_a_run_on_an_older_body_is_told_the_key_that_continues_it(stored):
    start(make_config(model__plant=stored))
    words = ["exp=baseline", "model.plant=human"]
    with pytest.raises(ResumeError) as caught:
        open_run(make_config(model__plant=USUAL_HUMAN), "baseline", words, today=DAY_1)
    own, _, fresh = remedy_overrides(caught.value)
    assert own == ["exp=baseline", "expname=walk", f"model.plant={stored}"]
    assert "model.plant=human" in fresh
    assert start(make_config(model__plant=stored))[1] == "resume"


def test_a_preset_on_the_published_body_is_told_the_word_that_continues_it():
    start(make_config(model__plant="published", cost__l1_weight=1.0))
    asked = make_config(model__plant=USUAL_HUMAN, model__sensing="contact", cost__l1_weight=0.0)
    with pytest.raises(ResumeError) as caught:
        open_run(asked, "baseline", ["exp=baseline"], today=DAY_1)
    assert remedy_overrides(caught.value)[0] == ["exp=baseline", "expname=walk", "overlays=published"]


def test_another_body_alone_does_not_continue_a_run_that_differs_elsewhere_too():
    start(make_config(model__plant="human_2"))
    with pytest.raises(ResumeError) as caught:
        open_run(make_config(model__plant=USUAL_HUMAN, seed=1), "baseline", ["model.plant=human"], today=DAY_1)
    assert len(remedy_overrides(caught.value)) == 2


def test_suggested_name_is_free():
    start(make_config())
    start(make_config("walk_2"))
    with pytest.raises(ResumeError, match="expname=walk_3"):
        open_run(make_config(seed=1), None, [], today=DAY_1)


def test_fresh_sets_the_old_folder_aside_and_deletes_nothing():
    folder, _, _ = start(make_config(), end="finished")
    (folder / "result.txt").write_text("precious")
    for number in (1, 2):
        path, state, notice = start(make_config(fresh=True, seed=number))
        assert (path, state) == (folder, "new")
        assert f"walk.old-{number}" in notice
    assert (folder.parent / "walk.old-1" / "result.txt").read_text() == "precious"
    assert LOCK_NAME not in names_of(folder.parent / "walk.old-1")
    assert not (folder / "result.txt").exists()


def test_fresh_ignores_unfinished_runs_of_other_days():
    start(make_config(), end="interrupted")
    folder, state, _ = start(make_config(fresh=True), day=DAY_2)
    assert (folder.parent.name, state) == ("2026-03-02", "new")


def test_fresh_never_moves_what_is_not_a_run(empty_place):
    (empty_place / "data").mkdir()
    (empty_place / "data" / "config.yaml").write_text("defaults: [a]\n")
    with pytest.raises(ResumeError, match="holds files, but no run"):
        open_run(make_config(logdir="data", fresh=True), None, [], today=DAY_1)
    assert names_of(empty_place / "data") == ["config.yaml"]
    assert names_of(empty_place) == ["data"]


def test_resume_never_wants_an_unused_folder():
    start(make_config())
    with pytest.raises(ResumeError, match="resume=never") as caught:
        open_run(make_config(resume="never"), None, ["resume=never"], today=DAY_1)
    assert len(remedy_overrides(caught.value)) == 2
    folder, state, _ = start(make_config(resume="never"), day=DAY_2)
    assert (folder.parent.name, state) == ("2026-03-02", "new")


def test_resume_must_lists_near_names_when_there_is_nothing(empty_place):
    with pytest.raises(ResumeError, match="there is none at all"):
        open_run(make_config(resume="must"), None, [], today=DAY_1)
    assert names_of(empty_place) == []
    start(make_config("walk_seed_1"))
    start(make_config("other"))
    with pytest.raises(ResumeError, match="walk_seed_1") as caught:
        open_run(make_config(resume="must"), None, ["resume=must"], today=DAY_1)
    assert "other" not in caught.value.expected
    start(make_config(seed=3))
    with pytest.raises(ResumeError, match="seed: 3 -> 0"):
        open_run(make_config(resume="must"), None, [], today=DAY_2)


def test_resume_must_takes_finished_and_unfinished_runs_of_other_days():
    old, _, _ = start(make_config(optimizer__maxiter=5), end="interrupted")
    assert start(make_config(resume="must", optimizer__maxiter=5), day=DAY_2, end="finished")[:2] == (old, "resume")
    assert start(make_config(resume="must", optimizer__maxiter=5), day=DAY_2)[:2] == (old, "finished")
    assert start(make_config(resume="must", optimizer__maxiter=6), day=DAY_2)[:2] == (old, "extend")


def test_resume_must_contradicts_fresh():
    with pytest.raises(ResumeError, match="resume=must"):
        open_run(make_config(resume="must", fresh=True), None, [], today=DAY_1)


def test_logdir_names_the_folder_and_ignores_dates(empty_place):
    config = make_config(logdir=str(empty_place / "runs" / "a"))
    path, state, _ = start(config, end="interrupted")
    assert (path, state) == (empty_place / "runs" / "a", "new")
    config = make_config(logdir="runs/a")
    assert start(config, day=DAY_2)[1] == "resume"
    with pytest.raises(ResumeError) as caught:
        open_run(make_config(logdir="runs/a", seed=5), None, ["seed=5", "logdir=runs/a"], today=DAY_1)
    assert remedy_overrides(caught.value) == [["seed=5", "logdir=runs/a_2"], ["seed=5", "logdir=runs/a", "fresh=true"]]


def test_foreign_folder_is_refused_and_untouched(empty_place):
    folder = empty_place / "logs" / "2026-03-01" / "walk"
    folder.mkdir(parents=True)
    (folder / "thesis.tex").write_text("x")
    with pytest.raises(ResumeError, match="holds files, but no run"):
        open_run(make_config(), None, [], today=DAY_1)
    assert names_of(folder) == ["thesis.tex"]


@pytest.mark.long
def test_kill_between_the_first_writes_leaves_a_folder_that_starts():
    folder, _, _ = start(make_config())
    whole = {name: (folder / name).read_bytes() for name in names_of(folder)}
    for kept, state in (
        ([], "new"),
        (["config.yaml"], "resume"),
        (["config.yaml", "versions.json"], "resume"),
        (["config.yaml", "versions.json", "status.json"], "resume"),
    ):
        for name in names_of(folder):
            (folder / name).unlink()
        for name in kept:
            (folder / name).write_bytes(whole[name])
        (folder / ".config.yaml.4711.tmp").write_text("task: ref")
        assert start(make_config())[1] == state
        assert not (folder / ".config.yaml.4711.tmp").exists()
        assert read_run_config(folder) == make_config()


def test_half_written_status_counts_as_unfinished():
    folder, _, _ = start(make_config(), end="finished")
    (folder / "status.json").write_text('{"status": "finis')
    assert start(make_config())[1] == "resume"


@pytest.mark.parametrize("length", [0, 40, 200, 400])
def test_truncated_configuration_is_an_error_that_fresh_solves(length):
    folder, _, _ = start(make_config())
    text = (folder / "config.yaml").read_bytes()
    (folder / "config.yaml").write_bytes(text[:length])
    with pytest.raises(ResumeError, match="cannot be continued") as caught:
        open_run(make_config(), None, [], today=DAY_1)
    assert "config.yaml" in caught.value.found
    assert remedy_overrides(caught.value)[1] == ["expname=walk", "fresh=true"]
    assert start(make_config(fresh=True))[1] == "new"


def test_configuration_with_unknown_key_or_type_is_an_error():
    folder, _, _ = start(make_config())
    good = yaml.safe_load((folder / "config.yaml").read_text())
    for path, value in ((("typo",), 1), (("optimizer", "popsize"), "many")):
        bad = copy.deepcopy(good)
        node = bad
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        (folder / "config.yaml").write_text(yaml.safe_dump(bad))
        with pytest.raises(ConfigError, match=path[-1]):
            read_run_config(folder)


def test_names_that_make_no_folder_are_refused(empty_place):
    for name in ("../out", "/abs", "a//b", ".", "a\nb", "a:b", "x" * 300):
        with pytest.raises(ConfigError, match="expname"):
            open_run(make_config(name), None, [], today=DAY_1)
    assert names_of(empty_place) == []
    assert start(make_config("group/walk"))[0].as_posix() == "logs/2026-03-01/group/walk"


def test_place_that_cannot_be_a_folder_is_a_user_error(empty_place):
    (empty_place / "logs").write_text("a file")
    with pytest.raises(UserError, match="cannot be used"):
        open_run(make_config(), None, [], today=DAY_1)


def test_newest_finished_run_of_an_exp(empty_place):
    logs = empty_place / "logs"
    assert find_newest_finished(logs, "exo_npoint") is None
    first, _, _ = start(make_config("a"), exp="exo_npoint", end="finished")
    assert find_newest_finished(logs, "exo_npoint") == empty_place / first
    start(make_config("b"), exp="exo_npoint", day=DAY_2, end="interrupted")
    start(make_config("c"), exp="baseline", day=DAY_2, end="finished")
    assert find_newest_finished(logs, "exo_npoint") == empty_place / first
    start(make_config("z"), exp="exo_npoint", day=DAY_2, end="finished")
    last, _, _ = start(make_config("d"), exp="exo_npoint", day=DAY_2, end="finished")
    assert find_newest_finished(logs, "exo_npoint") == empty_place / last
    start(make_config("d", fresh=True), exp="exo_npoint", day=DAY_2, end="failed")
    assert find_newest_finished(logs, "exo_npoint").name == "z"
