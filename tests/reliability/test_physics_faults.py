"""Physics that breaks: the candidate or episode fails with its reason, its state is kept, no NaN is ranked."""

import csv
import json

import mujoco
import numpy as np
import pytest

from myoassist.cli import main as command
from myoassist.config.errors import RunError
from myoassist.config.schemas import EnvConfig, ModelConfig, RunConfig
from myoassist.optimize.faults import MAX_FAULTS
from myoassist.optimize.loop import run_cma
from myoassist.optimize.reflex import WalkProblem
from myoassist.rollout.fault import capture_walk
from myoassist.rollout.fault_file import WalkFault, dump_fault, read_fault
from myoassist.rollout.log import Outcome
from tests.optimize.analytic_problem import history_bytes, open_folder

PELVIS_SPEED = 1


def make_config(**optimizer):
    config = RunConfig(model=ModelConfig(physics="fast"), env=EnvConfig(sim_time=0.3), seed=4)
    config.optimizer.popsize, config.optimizer.maxiter = 8, 3
    for name, value in optimizer.items():
        setattr(config.optimizer, name, value)
    return config


def break_velocity(data):
    data.qvel[PELVIS_SPEED] = np.nan


def throw_away(data):
    data.xfrc_applied[-1, 2] = 1e14


FAULTS = {"nan velocity": break_velocity, "huge acceleration": throw_away}


@pytest.fixture
def problem():
    return WalkProblem(make_config(), 2)


def inject(monkeypatch, problem, harm, chosen=lambda values: True):
    """Harm the start of the walks of chosen candidates, as a broken model would."""
    start = problem.simulator._start
    apply = start.apply

    def harmed(data, values):
        activation = apply(data, values)
        if chosen(values):
            harm(data)
        return activation

    monkeypatch.setattr(start, "apply", harmed)


def is_chosen(values):
    return int(abs(values[5]) * 1e9) % 3 == 0


def read_rows(folder):
    with (folder / "history_candidates.csv").open() as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("kind", FAULTS)
def test_broken_candidates_fail_with_their_reason_and_leave_their_state(tmp_path, monkeypatch, problem, kind, capsys):
    monkeypatch.chdir(tmp_path)
    inject(monkeypatch, problem, FAULTS[kind], is_chosen)
    folder = open_folder(tmp_path / "run")
    run_cma(problem, make_config(), folder, plot=False, capture=problem.capture_fault)
    rows = read_rows(folder.path)
    broken = [row for row in rows if row["outcome"] in ("UNSTABLE", "NAN_CONTROL")]
    assert 3 <= len(broken) < len(rows) == 24
    assert all(row["reason"] and row["stage"] == "0" for row in broken)
    sound = [float(row["total"]) for row in rows if row not in broken]
    assert np.isfinite(sound).all() and max(sound) < float(broken[0]["total"])
    fit = np.loadtxt(next((folder.path / "outcmaes").glob("*_fit.dat")), comments="%")
    assert np.isfinite(np.delete(fit, 10, axis=1)).all()
    files = sorted((folder.path / "faults").glob("*.npz"))
    assert len(files) == min(len(broken), MAX_FAULTS)
    assert f"generation_{broken[0]['generation']}_index_{broken[0]['index']}.npz" in [path.name for path in files]
    assert "myoassist replay" in capsys.readouterr().out
    fault = read_fault(files[0])
    assert fault.kind == "walk" and fault.reason in [row["reason"] for row in broken]
    # The stored state alone brings the failure back: the program that harmed the start is not there any more.
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert command(["replay", files[0].relative_to(tmp_path).as_posix()]) == 0
    said = capsys.readouterr().out
    expected = "qvel of" if kind == "nan velocity" else "MuJoCo warns of"
    assert expected in said and "reproduced" in said.splitlines()[-1]


def test_nan_controls_name_the_muscles_and_come_again(tmp_path, problem, capsys):
    vector = problem.table.initial.copy()
    for name in ("1_SOL_FG", "5_TA_SOL_FG"):
        vector[problem.table.index(name)] = 1e308
    log = problem.simulator.simulate(vector)
    assert log.outcome is Outcome.NAN_CONTROL
    steps = log.n_steps
    fault = capture_walk(problem.simulator, problem.config, vector, 0)
    assert fault.step == steps and fault.broken and fault.reason == log.reason
    path = tmp_path / "fault.npz"
    path.write_bytes(dump_fault(fault))
    assert command(["replay", str(path)]) == 0
    said = capsys.readouterr().out
    assert "as in the run" in said and f"not numbers: {fault.broken[0]}" in said


def test_a_sound_walk_leaves_nothing(problem):
    assert problem.capture_fault(problem.table.initial, 0) is None


def test_a_generation_in_which_everything_fails_stops_the_run_and_keeps_it(tmp_path, monkeypatch, problem):
    config = make_config(maxiter=4)
    run_cma(problem, config, open_folder(tmp_path / "undisturbed"), plot=False)
    folder = open_folder(tmp_path / "run")
    run_cma(problem, make_config(maxiter=2), folder, plot=False)
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file() and path.suffix == ".csv"}
    with monkeypatch.context() as patch:
        inject(patch, problem, break_velocity)
        with pytest.raises(
            RunError, match=r"every candidate of generation 3 failed:\n +8 x the physics became unstable"
        ):
            run_cma(problem, config, open_folder(tmp_path / "run"), plot=False, capture=problem.capture_fault)
    assert {path: path.read_bytes() for path in before} == before
    assert len(list((folder.path / "faults").glob("generation_3_*.npz"))) == MAX_FAULTS
    run_cma(problem, config, open_folder(tmp_path / "run"), plot=False)
    assert history_bytes(tmp_path / "run") == history_bytes(tmp_path / "undisturbed")


def test_a_file_that_is_no_fault_is_refused(tmp_path, capsys):
    for name, content in (("a.npz", b""), ("b.npz", b"PK\x03\x04rubbish"), ("c.npz", b"{}")):
        (tmp_path / name).write_bytes(content)
    np.savez(tmp_path / "d.npz", header=np.array([{"format": 1}], dtype=object))
    np.savez(tmp_path / "e.npz", header=np.array(json.dumps({"format": 1, "kind": "walk"})), state=np.zeros(3))
    for name in ("a.npz", "b.npz", "c.npz", "d.npz", "e.npz", "missing.npz"):
        assert command(["replay", str(tmp_path / name)]) == 2
        assert name in capsys.readouterr().err
    assert command(["replay", "a.npz", "b.npz"]) == 2


def test_episodes_of_a_batch_are_kept_and_repeated(tmp_path, capsys):
    from tests.rl.walking_batches import draw_actions, make_batch

    batch = make_batch(4)
    batch.reset()
    rng = np.random.default_rng(0)
    for _ in range(5):
        batch.step(draw_actions(rng, batch))
    assert batch.take_faults() == []
    batch.datas[1].qvel[2] = np.nan
    batch.datas[2].xfrc_applied[-1, 2] = 1e14
    batch.datas[3].qvel[:] = 1e12
    action = draw_actions(rng, batch)
    action[0, 4] = np.nan
    batch.step(action)
    faults = batch.take_faults()
    assert [fault.place["environment"] for fault in faults] == [0, 1, 2, 3]
    assert "action" in faults[0].reason and "unstable" in faults[1].reason
    assert np.isfinite(batch.obs).all() and np.isfinite(batch.rewards).all()
    for fault in (faults[0], faults[1], faults[3]):
        path = tmp_path / f"{fault.place['environment']}.npz"
        path.write_bytes(dump_fault(fault))
        assert command(["replay", str(path)]) == 0
    said = capsys.readouterr().out
    assert "is not a number" in said and "unstable" in said


def test_the_state_before_a_step_is_all_that_a_step_needs():
    from myoassist.rl.kernels.layout import RUNNING
    from tests.rl.walking_batches import draw_actions, make_batch

    batch = make_batch(2, "env.out_of_trajectory_threshold=100", "env.safe_height=0")
    batch.reset()
    rng = np.random.default_rng(3)
    for _ in range(4):
        batch.step(draw_actions(rng, batch))
    data, model = batch.datas[1], batch.walker.model
    action = draw_actions(rng, batch)
    batch.step(action)
    assert batch.ended[1] == RUNNING
    state = batch._recorder.state(1, 0.0)
    again = mujoco.MjData(model)
    mujoco.mj_setState(model, again, state, mujoco.mjtState.mjSTATE_INTEGRATION)
    again.ctrl[:] = data.ctrl
    for _ in range(batch.task.substeps):
        mujoco.mj_step(model, again)
    np.testing.assert_array_equal(again.qpos, data.qpos)
    np.testing.assert_array_equal(again.qvel, data.qvel)


@pytest.mark.long
def test_a_training_goes_on_and_lists_its_failed_episodes(tmp_path, monkeypatch, capsys):
    from myoassist.config.run_record import read_status
    from myoassist.rl.batch import WalkBatch
    from myoassist.train import train
    from tests.rl.small_runs import compose_small

    monkeypatch.chdir(tmp_path)
    step, made = WalkBatch.step, []

    def harmed(batch, actions):
        made.append(batch.n_envs == 4)
        if batch.n_envs == 4 and sum(made) == 20:
            batch.datas[2].qvel[PELVIS_SPEED] = np.nan
        step(batch, actions)

    monkeypatch.setattr(WalkBatch, "step", harmed)
    train(compose_small("logdir=run"))
    monkeypatch.setattr(WalkBatch, "step", step)
    status = read_status(tmp_path / "run")
    assert status["status"] == "finished" and status["unstable_episodes"] == 1
    with (tmp_path / "run" / "faults.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    # The second rollout of 16 steps in 4 environments.
    assert (row["steps"], row["environment"]) == ("128", "2") and "unstable" in row["reason"]
    with (tmp_path / "run" / "history.csv").open() as stream:
        values = [float(text) for line in csv.DictReader(stream) for name, text in line.items() if "loss" in name]
    assert len(values) > 4 and np.isfinite(values).all()
    assert command(["replay", (tmp_path / "run" / row["file"]).as_posix()]) == 0
    said = capsys.readouterr().out
    assert "myoassist replay run/faults/" in said and "qvel of" in said


@pytest.mark.long
def test_a_replay_can_be_drawn(tmp_path, monkeypatch, problem, capsys):
    from myoassist.analysis.graphics import choose_graphics

    if not choose_graphics().backend:
        pytest.skip("nothing draws here")
    simulator = problem.simulator
    vector = simulator.table.initial
    # Harm in the middle of a walk: what leads to it can be seen.
    fault = capture_walk(simulator, problem.config, vector, 0)
    assert fault is None
    state = np.zeros(mujoco.mj_stateSize(simulator.walker.model, mujoco.mjtState.mjSTATE_INTEGRATION))
    simulator.simulate(vector)
    data = simulator.first_worker.data
    data.qvel[PELVIS_SPEED] = np.nan
    mujoco.mj_getState(simulator.walker.model, data, state, mujoco.mjtState.mjSTATE_INTEGRATION)
    broken = WalkFault("walk", problem.config, "made by hand", 10, state, data.ctrl.copy(), vector=vector)
    (tmp_path / "fault.npz").write_bytes(dump_fault(broken))
    assert command(["replay", str(tmp_path / "fault.npz"), f"video={tmp_path / 'fault.mp4'}"]) == 0
    said = capsys.readouterr().out
    assert "only the stored state leads to the failure" in said
    assert (tmp_path / "fault.mp4").stat().st_size > 1000
