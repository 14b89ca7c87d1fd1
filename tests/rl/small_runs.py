"""A small training of the fast tutorial model, for tests."""

import os
import subprocess
import sys
from pathlib import Path

from myoassist.config.compose.run import compose_run

OVERRIDES = (
    "exp=rl_test",
    "env.num_envs=4",
    "env.physics_sim_framerate=510",
    "rl.threads=1",
    "rl.ppo_params.n_steps=16",
    "rl.ppo_params.batch_size=32",
    "rl.ppo_params.n_epochs=2",
    "rl.total_timesteps=256",
    "rl.logger_params.evaluate_frequency=2",
)


def compose_small(*overrides):
    return compose_run([*OVERRIDES, *overrides])


def start_training(folder, *overrides):
    """Start the training command in a folder; its output is text."""
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "MYOASSIST_LOGS": "logs",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-W", "error::UserWarning", "-m", "myoassist.train", *OVERRIDES, *overrides]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
