"""Figures and pictures time the torque of a device by its own clock, and keep a walker who drifts sideways in sight."""

import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest

from myoassist.analysis.picture.gait_cycle import plot_gait_cycle
from myoassist.analysis.picture.overlay import Overlay, Reading
from myoassist.analysis.walk.evaluation import evaluate_parameters, torque_clock, torque_direction
from myoassist.config.compose.run import compose_run
from myoassist.config.sources.shipped import models_folder
from tests.analysis.broken_graphics import without_choice
from tests.analysis.picture.test_overlay import BLANK, CURVE

pytestmark = pytest.mark.long


def evaluate(*overrides):
    best = models_folder() / "controllers" / "tutorial_4param_fast" / "best_parameters.json"
    config = compose_run(["env.sim_time=6", "model.physics=fast", *overrides]).config
    with pytest.warns(UserWarning) if "model=hippo" in overrides else nullcontext():
        return evaluate_parameters(config, best)


@pytest.mark.parametrize(
    ("exp", "clock", "direction", "label"),
    [
        ("hippo", "stride", "hip flexion", "% of gait cycle, from heel strike"),
        ("tutorial", "stance", "plantarflexion", "% of stance"),
    ],
)
def test_torque_panel_has_the_clock_and_direction_of_the_joint(exp, clock, direction, label):
    walk = evaluate("exp=debug", "overlays=published", f"model={exp}", "exo.max_torque=20")
    assert (torque_clock(walk), torque_direction(walk)) == (clock, direction)
    panel = plot_gait_cycle(walk, "name").axes[5]
    assert panel.get_xlabel() == label
    assert direction in panel.get_ylabel()
    drawn = [line for line in panel.lines if line.get_label() != "programmed"]
    rows = walk.curves.cycles["exo_torque"] if clock == "stride" else walk.curves.exo_stance
    assert np.array_equal(drawn[0].get_ydata(), rows[0].mean(axis=0))


def test_overlay_names_the_clock():
    reading = Reading(1.0, 1.2)
    stance, stride = (
        Overlay(640, 480, CURVE, 10.0, clock=clock).apply(BLANK, reading) for clock in ("stance", "stride")
    )
    differs = np.argwhere((stance != stride).any(axis=2))
    # In the words above the diagram alone.
    assert len(differs) > 0
    assert differs[:, 0].max() < 30


# In a process of its own, because MuJoCo takes its drawing back end from the environment when it is imported.
SIDEWAYS = """
from myoassist.analysis.picture.graphics import choose_graphics, use_graphics
graphics = choose_graphics()
use_graphics(graphics)
if graphics.backend is None:
    raise SystemExit(f"nothing can draw here: {graphics.notice}")
import mujoco
import numpy as np
from myoassist.analysis.picture.scene import WalkScene
from myoassist.config.compose.run import compose_run
from myoassist.model.build import build_walker

config = compose_run(["exp=walk_3d", "overlays=published"]).config
walker = build_walker(config.model, config.env, visual=True)
names = tuple(walker.model.actuator(i).name for i in range(walker.model.nu))
pose = walker.model.key_qpos[0].copy()
aside = pose.copy()
aside[walker.model.joint("pelvis_tz").qposadr[0]] += 2.0
data = mujoco.MjData(walker.model)
places = []
for qpos in (pose, aside):
    data.qpos[:] = qpos
    mujoco.mj_kinematics(walker.model, data)
    places.append(data.xpos[walker.layout.pelvis, 1])
with WalkScene(walker, names, 120, 160) as scene:
    pictures = [scene.draw(qpos, np.zeros(walker.model.nu)).astype(int) for qpos in (pose, aside)]
print(abs(places[1] - places[0]), np.abs(pictures[0] - pictures[1]).mean(), pictures[0].std())
"""


def test_camera_follows_sideways(tmp_path):
    command = [sys.executable, "-c", SIDEWAYS]
    done = subprocess.run(command, cwd=tmp_path, env=without_choice(), capture_output=True, text=True, check=False)
    if "nothing can draw here" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    moved, difference, contrast = map(float, done.stdout.split())
    assert moved == pytest.approx(2.0)
    # Four tiles aside, the floor and with it the picture are the same.
    assert difference < 1.0 < contrast
