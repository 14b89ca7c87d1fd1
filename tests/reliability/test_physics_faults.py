"""Physics that breaks: the candidate or episode fails with its reason, its state is kept, no NaN is ranked."""

import csv
import json
import subprocess
import sys
from dataclasses import replace

import mujoco
import numpy as np
import pytest
from fault_table import compare, compare_rows

from myoassist.cli import main as command
from myoassist.config.schema.run import EnvConfig, ModelConfig, RunConfig
from myoassist.files.errors import RunError
from myoassist.optimize.loop.failed_walks import MAX_FAULTS
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.store.search_state import Search
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rl.env.batch import WalkBatch
from myoassist.rollout.fault.file import WalkFault, dump_fault, read_fault
from myoassist.rollout.fault.find import capture_walk
from myoassist.rollout.log import Outcome
from myoassist.runs.catalogue import read_status
from myoassist.train import train
from tests.analysis.broken_graphics import without_choice
from tests.optimize.analytic_problem import history_bytes, open_folder
from tests.rl.small_runs import compose_small

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


# What the run says of a candidate, and what the replay finds in its failing step.
FAULTS = {
    "NaN in qvel": "qvel of",
    "huge accelerations": "MuJoCo warns of",
    "NaN control": "stimulations that are not numbers",
}


@pytest.fixture
def problem():
    return WalkProblem(make_config(), 2)


def inject(monkeypatch, problem, harm, chosen=lambda values: True):
    """Harm the start of the walks of chosen candidates, as a broken model would."""
    start = problem.simulator._start
    apply = start.apply

    def harmed(data, values, rates=None):
        activation = apply(data, values, rates)
        if chosen(values):
            harm(data)
        return activation

    monkeypatch.setattr(start, "apply", harmed)


def is_chosen(values):
    return int(abs(values[5]) * 1e9) % 3 == 0


def read_rows(folder):
    with (folder / "history_candidates.csv").open() as stream:
        return list(csv.DictReader(stream))


def draw_broken_vectors(monkeypatch):
    """Give every third candidate gains whose product is no number, as a search without bounds may draw them."""
    ask = Search.ask

    def asked(search):
        vectors = ask(search)
        for vector in vectors[::3]:
            for name in ("1_SOL_FG", "5_TA_SOL_FG"):
                vector[search.table.index(name)] = 1e308
        return vectors

    monkeypatch.setattr(Search, "ask", asked)


def outcomes(rows, places):
    return [(row["generation"], row["index"], row["outcome"], row["total"]) for row in rows if row["index"] in places]


@pytest.mark.parametrize("kind", FAULTS)
def test_broken_candidates_fail_with_their_reason_and_leave_their_state(
    tmp_path, monkeypatch, problem, kind, capsys, faults
):
    monkeypatch.chdir(tmp_path)
    minimize(problem, make_config(), open_folder(tmp_path / "undisturbed"), plot=False)
    if kind == "NaN control":
        draw_broken_vectors(monkeypatch)
    else:
        inject(monkeypatch, problem, break_velocity if kind == "NaN in qvel" else throw_away, is_chosen)
    folder = open_folder(tmp_path / "run")
    capsys.readouterr()
    minimize(problem, make_config(), folder, plot=False, capture=problem.capture_fault)
    printed = capsys.readouterr().out
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
    # Of the first generation, which is drawn before anything fails, the sound candidates are what they would have been.
    kept = [row["index"] for row in rows[:8] if row not in broken]
    compared = compare_rows(
        outcomes(read_rows(tmp_path / "undisturbed")[:8], kept) + [row["index"] for row in rows[8:]],
        outcomes(rows[:8], kept) + [str(i) for i in range(8)] * 2,
    )
    assert faults.add("reflex", f"{kind} of candidates", compared, None, printed, "myoassist replay", len(broken)) == 0
    fault = read_fault(files[0])
    assert fault.kind == "walk" and fault.reason in [row["reason"] for row in broken]
    # The file alone brings the failure back: the program that harmed the run is not there any more.
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert command(["replay", files[0].relative_to(tmp_path).as_posix()]) == 0
    said = capsys.readouterr().out
    assert FAULTS[kind] in said and said.splitlines()[-1] == "reproduced"


def test_a_sound_state_is_not_called_reproduced(tmp_path, problem, capsys):
    problem.simulator.simulate(problem.table.initial)
    model, data = problem.simulator.walker.model, problem.simulator.first_worker.data
    state = np.zeros(mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_INTEGRATION))
    mujoco.mj_getState(model, data, state, mujoco.mjtState.mjSTATE_INTEGRATION)
    claims = WalkFault("walk", problem.config, "made up", 3, state, data.ctrl.copy(), broken=("SOL_r",))
    path = tmp_path / "fault.npz"
    path.write_bytes(dump_fault(replace(claims, vector=problem.table.initial)))
    assert command(["replay", str(path)]) == 1
    assert "not reproduced" in capsys.readouterr().out


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


def test_a_generation_in_which_everything_fails_stops_the_run_and_keeps_it(tmp_path, monkeypatch, problem, faults):
    config = make_config(maxiter=4)
    minimize(problem, config, open_folder(tmp_path / "undisturbed"), plot=False)
    folder = open_folder(tmp_path / "run")
    minimize(problem, make_config(maxiter=2), folder, plot=False)
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file() and path.suffix == ".csv"}
    with monkeypatch.context() as patch:
        inject(patch, problem, break_velocity)
        with pytest.raises(
            RunError, match=r"every candidate of generation 3 failed:\n +8 x the physics became unstable"
        ) as stopped:
            minimize(problem, config, open_folder(tmp_path / "run"), plot=False, capture=problem.capture_fault)
    assert {path: path.read_bytes() for path in before} == before
    assert read_status(folder.path)["generation"] == 2
    assert len(list((folder.path / "faults").glob("generation_3_*.npz"))) == MAX_FAULTS
    minimize(problem, config, open_folder(tmp_path / "run"), plot=False)
    compared = compare(history_bytes(tmp_path / "undisturbed"), history_bytes(tmp_path / "run"))
    code, said = stopped.value.exit_code, str(stopped.value)
    assert faults.add("reflex", "a generation in which everything fails", compared, code, said, "every cand") == 0


@pytest.fixture(scope="module")
def sound_fault():
    """The fault of a candidate whose controls are no numbers."""
    problem = WalkProblem(make_config(), 1)
    vector = problem.table.initial.copy()
    for name in ("1_SOL_FG", "5_TA_SOL_FG"):
        vector[problem.table.index(name)] = 1e308
    return capture_walk(problem.simulator, problem.config, vector, 0)


def change_config(fault, **env):
    return replace(fault, config=replace(fault.config, env=replace(fault.config.env, **env)))


# Refused by what the file says alone.
ODD = {
    "seed": lambda fault: replace(fault, seed=-3),
    "step": lambda fault: replace(fault, step=-2),
    "ground": lambda fault: replace(fault, ground=np.nan),
    "kind": lambda fault: replace(fault, kind="episode"),
    "a setting": lambda fault: change_config(fault, sim_time=-1.0),
    "another task": lambda fault: replace(fault, config=replace(fault.config, task="rl")),
    "a model": lambda fault: replace(fault, config=replace(fault.config, model=ModelConfig(path="none.xml"))),
    "a plugin": lambda fault: replace(fault, config=replace(fault.config, plugins=["none.py"])),
}
# These need the model.
OTHER_SIZES = {
    "vector": lambda fault: replace(fault, vector=fault.vector[:5]),
    "vector of NaN": lambda fault: replace(fault, vector=np.nan * fault.vector),
    "state": lambda fault: replace(fault, state=fault.state[:7]),
    "controls": lambda fault: replace(fault, ctrl=np.zeros(99)),
}

LOADED = """
import sys
from myoassist.cli import main
codes = [main(["replay", path]) for path in sys.argv[1:]]
print(codes, [name for name in ("mujoco", "numba", "torch", "assist_sim") if name in sys.modules])
"""


def test_a_file_that_is_no_fault_is_refused_before_a_model_is_loaded(tmp_path, sound_fault):
    contents = {"a": b"", "b": b"PK\x03\x04rubbish", "c": b"{}"}
    contents |= {f"{name}": dump_fault(make(sound_fault)) for name, make in ODD.items()}
    for name, content in contents.items():
        (tmp_path / f"{name}.npz").write_bytes(content)
    np.savez(tmp_path / "d.npz", header=np.array([{"format": 1}], dtype=object))
    np.savez(tmp_path / "e.npz", header=np.array(json.dumps({"format": 1, "kind": "walk"})), state=np.zeros(3))
    names = [*(f"{name}.npz" for name in contents), "d.npz", "e.npz", "missing.npz"]
    command_line = [sys.executable, "-c", LOADED, *names]
    answer = subprocess.run(command_line, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert answer.stdout == f"{[2] * len(names)} []\n", answer.stderr
    # Three lines each: what was found, what was expected, what to do.
    assert answer.stderr.count("expected:") == len(names) and "Traceback" not in answer.stderr


@pytest.mark.parametrize("what", OTHER_SIZES)
def test_a_fault_of_another_model_is_refused(tmp_path, capsys, sound_fault, what):
    path = tmp_path / "fault.npz"
    path.write_bytes(dump_fault(OTHER_SIZES[what](sound_fault)))
    assert command(["replay", str(path)]) == 2
    assert "expected:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["a.npz", "b.npz"], ["video=a.mp4"], ["a.npz", "video=a.mp4", "video=b.mp4"], ["a.npz", "video=a.avi"]],
)
def test_odd_arguments_are_refused(arguments, capsys):
    assert command(["replay", *arguments]) == 2
    assert "expected:" in capsys.readouterr().err


@pytest.mark.long
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


def break_episode(batch, actions, kind):
    """Harm environment 2 in one of the ways."""
    if kind == "NaN in qvel":
        batch.datas[2].qvel[PELVIS_SPEED] = np.nan
    elif kind == "huge accelerations":
        batch.datas[2].qvel[:] = 1e12
    else:
        actions[2, 4] = np.nan


EPISODES = {
    "NaN in qvel": "qvel of",
    "huge accelerations": "qvel",
    "NaN control": "is not a number",
}


@pytest.fixture(scope="module")
def sound_training(tmp_path_factory):
    """Numbers of the rows of a training that nothing disturbs."""
    folder = tmp_path_factory.mktemp("sound")
    train(compose_small(f"logdir={folder}"))
    return [row["steps"] for row in read_table(folder / "history.csv")]


def read_table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


@pytest.mark.long
@pytest.mark.parametrize("kind", EPISODES)
def test_a_training_goes_on_and_lists_its_failed_episodes(tmp_path, monkeypatch, capsys, sound_training, faults, kind):
    monkeypatch.chdir(tmp_path)
    step, made = WalkBatch.step, []

    def harmed(batch, actions):
        made.append(batch.n_envs == 4)
        if batch.n_envs == 4 and sum(made) == 20:
            actions = np.array(actions)
            break_episode(batch, actions, kind)
        step(batch, actions)

    monkeypatch.setattr(WalkBatch, "step", harmed)
    capsys.readouterr()
    train(compose_small("logdir=run"))
    monkeypatch.setattr(WalkBatch, "step", step)
    printed = capsys.readouterr().out
    status = read_status(tmp_path / "run")
    assert status["status"] == "finished" and status["unstable_episodes"] == 1
    (row,) = read_table(tmp_path / "run" / "faults.csv")
    # The second rollout of 16 steps in 4 environments.
    assert (row["steps"], row["environment"]) == ("128", "2") and row["reason"]
    history = read_table(tmp_path / "run" / "history.csv")
    values = [float(text) for line in history for name, text in line.items() if "loss" in name]
    assert len(values) > 4 and np.isfinite(values).all()
    compared = compare_rows(sound_training, [line["steps"] for line in history])
    assert faults.add("rl", f"{kind} of an episode", compared, None, printed, "myoassist replay run/faults/") == 0
    assert command(["replay", (tmp_path / "run" / row["file"]).as_posix()]) == 0
    said = capsys.readouterr().out
    assert EPISODES[kind] in said and said.splitlines()[-1] == "reproduced"


@pytest.mark.long
def test_a_replay_can_be_drawn(tmp_path, problem):
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
    # In a process of its own: MuJoCo takes its drawing back end from the environment when it is imported.
    words = [sys.executable, "-m", "myoassist", "replay", "fault.npz", "video=fault.mp4"]
    done = subprocess.run(words, cwd=tmp_path, env=without_choice(), capture_output=True, text=True, check=False)
    if "no video" in done.stdout + done.stderr:
        pytest.skip(f"nothing draws here: {done.stdout}{done.stderr}")
    assert done.returncode == 0, done.stderr
    assert "only the stored state leads to the failure" in done.stdout
    assert (tmp_path / "fault.mp4").stat().st_size > 1000
