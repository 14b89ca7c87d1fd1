"""Two starts of one grid: the second takes over from a dead one, and leaves a living one alone."""

import pytest
from hydra.core.utils import JobReturn, JobStatus

from myoassist.files.errors import ResumeError
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.judgement import judge_return
from myoassist.sweep.evolution.settings import EvolutionOptim
from myoassist.sweep.grid.orphans import SESSIONS_NAME, GridSession, settle_sessions


@pytest.fixture
def grid(tmp_path, monkeypatch):
    # No Slurm that could be asked.
    monkeypatch.setenv("PATH", str(tmp_path))
    root = tmp_path / "grid"
    root.mkdir()
    return root


def test_a_living_start_is_left_alone(grid):
    session = GridSession(grid)
    session.note("7_0", grid / "seed_0")
    with pytest.raises(ResumeError, match="another sweep, process"):
        settle_sessions(grid, [grid / "seed_0", grid / "seed_1"])
    # A grid of other runs in the same folder may go on.
    assert settle_sessions(grid, [grid / "seed_1"]) is False
    assert session.path.is_dir()
    session.close(over=True)
    assert not (grid / SESSIONS_NAME).exists()


def test_an_interrupted_start_is_taken_over_once(grid, capsys):
    session = GridSession(grid)
    session.note("7_0", grid / "seed_0")
    session.close(over=False)
    assert str(grid) not in (session.path / "jobs.json").read_text()
    assert settle_sessions(grid, [grid / "seed_0"]) is True
    assert "Slurm does not answer" in capsys.readouterr().out
    assert not session.path.exists()
    assert settle_sessions(grid, [grid / "seed_0"]) is False


def test_a_damaged_note_is_no_obstacle(grid):
    session = GridSession(grid)
    session.close(over=False)
    (session.path / "jobs.json").write_text('{"7_0": "see')
    assert settle_sessions(grid, [grid / "seed_0"]) is False


def test_errors_name_no_folder_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = JobReturn(status=JobStatus.FAILED)
    answer.return_value = RuntimeError(f"{tmp_path}/logs/run is in use")
    item = Individual(0, 0, 0, {}, 1, "generation_0/rank_0")
    judge_return(item, answer, EvolutionOptim())
    assert (item.status, item.error) == ("failed", "logs/run is in use")
