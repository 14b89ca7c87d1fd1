"""A sample of bad input through the real commands: exit code 2 and a message, no traceback."""

import subprocess
import sys

import pytest

COMMANDS = [
    ["train", "exp=tutorial", "optimizer.popsize=many"],
    ["train", "exp=tutorial", "cost={weights: {effort: .nan}}"],
    ["train", "exp=tutorial", "cost.reference=broken.csv"],
    ["train", "exp=tutorial", "optimizer.param_path=broken.txt", "optimizer.maxiter=1"],
    ["train", "exp=tutorial", "optimizer.pickle_path=broken.pkl", "optimizer.maxiter=1"],
    ["train", "exp=exo_4param", "model=custom", "model.path=broken.xml"],
    ["train", "exp=broken", "--config-dir", "."],
    ["train", "exp=rl_test", "env.reference_data_path=broken.npz"],
    ["eval", "run=broken_run"],
    ["eval", "run=broken_session"],
    ["replay", "broken.npz"],
    ["import", "broken.json"],
    ["import", "broken.sh"],
    ["export", "broken_run"],
]


@pytest.fixture
def broken(tmp_path):
    """A folder of files that are cut off or something else."""
    (tmp_path / "exp").mkdir()
    for name in ("broken_run", "broken_session"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken_run" / "config.yaml").write_text("task: reflex\nopt")
    (tmp_path / "broken_session" / "session_config.json").write_text('{"env_params": [')
    (tmp_path / "exp" / "broken.yaml").write_text("defaults: [\n")
    for name in ("csv", "txt", "pkl", "xml", "npz", "json", "sh"):
        (tmp_path / f"broken.{name}").write_bytes(b"PK\x03\x04[{<\x00\xff")
    return tmp_path


def run(arguments, folder):
    answer = subprocess.run(
        [sys.executable, "-m", "myoassist", *arguments], capture_output=True, text=True, check=False, cwd=folder
    )
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr
    assert "expected:" in answer.stderr, answer.stderr


@pytest.mark.parametrize("arguments", COMMANDS[:2] + COMMANDS[10:12], ids=" ".join)
def test_a_few_commands(arguments, broken):
    run(arguments, broken)


@pytest.mark.long
@pytest.mark.parametrize("arguments", COMMANDS[2:10] + COMMANDS[12:], ids=" ".join)
def test_more_commands(arguments, broken):
    run(arguments, broken)
