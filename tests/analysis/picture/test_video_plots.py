"""Plots inside the video: the right values at the right times, drawn where they belong."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from myoassist.analysis.picture.video_plots import PlotColumn, check_video_plots, make_traces, smooth_low_pass
from myoassist.analysis.policy.rollout import ControlSteps
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.entries.video_plots import LowPass, VideoPlot
from myoassist.files.errors import ConfigError
from tests.gait.synthetic_walk import reference_walk

LEG = mujoco.MjModel.from_xml_string("""
<mujoco>
  <worldbody>
    <body>
      <freejoint name="root"/><geom size="0.1"/><site name="sole"/>
      <body><joint name="knee"/><geom size="0.1" pos="0 0 -1"/></body>
    </body>
  </worldbody>
  <actuator>
    <motor name="motor" joint="knee"/>
    <muscle name="vasti" joint="knee" lengthrange="0 1"/>
  </actuator>
  <sensor><touch name="foot" site="sole"/></sensor>
</mujoco>
""")
KNEE = VideoPlot("joint_data", "knee", "qpos", (-1.0, 1.0))


def walked(count=90, interval=1 / 30):
    """Return control steps in which every column is told from the others by its size."""
    rows = np.sin(np.arange(1, count + 1) * interval)[:, None]
    sizes = {"qpos": LEG.nq, "qvel": LEG.nv, "act": LEG.na, "sensors": 1}
    arrays = {name: rows * 0.1 ** np.arange(size) for name, size in sizes.items()}
    arrays |= {name: rows * np.arange(1, LEG.nu + 1) for name in ("action", "ctrl", "force", "velocity")}
    return ControlSteps(interval=interval, target=rows[:, 0], terms=rows, contacts=[[]] * count, **arrays)


@pytest.mark.parametrize(
    ("plot", "field", "column"),
    [
        (KNEE, "qpos", 7),
        (replace(KNEE, property_type="qvel"), "qvel", 6),
        (VideoPlot("actuator_data", "vasti", "activation", (0.0, 1.0)), "act", 0),
        (VideoPlot("actuator_data", "vasti", "force", (0.0, 1.0)), "force", 1),
        (VideoPlot("sensor_data", "foot", "data", (0.0, 1.0)), "sensors", 0),
    ],
)
def test_a_plot_shows_what_it_names(plot, field, column):
    steps = walked()
    (trace,) = make_traces([replace(plot, y_scale=2.0)], steps, LEG)
    assert (trace.values == 2.0 * getattr(steps, field)[:, column]).all()
    assert trace.time[0] == pytest.approx(1 / 30) and len(trace.time) == 90


@pytest.mark.parametrize(
    ("plot", "words"),
    [
        (replace(KNEE, name="kne"), ["[1].realtime_plotting_info[0].name=kne", "no such joint", "name: knee"]),
        (VideoPlot("sensor_data", "knee", "data", (0.0, 1.0)), ["no such sensor", "foot"]),
        (VideoPlot("actuator_data", "motor", "activation", (0.0, 1.0)), ["motor is no muscle", "ctrl"]),
    ],
)
def test_what_the_model_does_not_have_is_refused(plot, words):
    entries = [EvaluationEntry(), EvaluationEntry(realtime_plotting_info=(plot,))]
    with pytest.raises(ConfigError) as caught:
        check_video_plots(entries, LEG)
    for word in words:
        assert word in str(caught.value)


def test_the_low_pass_takes_out_what_is_quick_without_delay():
    time = np.arange(300) / 30
    slow, quick = np.sin(2 * np.pi * 0.5 * time), 0.5 * np.sin(2 * np.pi * 12.0 * time)
    smooth = smooth_low_pass(slow + quick, LowPass(2, 4.0, 30.0))
    assert np.abs(smooth - slow)[30:-30].max() < 0.03
    assert (smooth_low_pass(slow[:4], LowPass(2, 4.0, 30.0)) == slow[:4]).all()


def draw(trace_of, now, plots=1):
    log = reference_walk(n_strides=3, samples=120)
    width, height = 640, 480
    column = PlotColumn([trace_of(log)] * plots, log, width, height)
    blank = np.full((height, width, 3), 255, dtype=np.uint8)
    drawn = column.apply(blank, now)
    assert (blank == 255).all()
    return drawn, log


def trace_of_log(whole):
    def make(log):
        steps = replace(walked(log.n_steps, log.dt), qpos=np.tile(np.linspace(-1, 1, log.n_steps)[:, None], (1, 8)))
        return make_traces([replace(KNEE, whole=whole)], steps, LEG)[0]

    return make


def dark(frame):
    return (frame[90:130, 20:170] < 90).all(axis=2)


def test_a_plot_of_the_walk_grows_to_the_right():
    first, log = draw(trace_of_log(True), 0.4)
    last, _ = draw(trace_of_log(True), log.n_steps * log.dt)
    assert dark(first).sum() < dark(last).sum()
    assert dark(first)[:, 75:].sum() == 0 and dark(last)[:, 75:].sum() > 0


def test_a_plot_of_the_stride_shades_its_stance():
    drawn, _ = draw(trace_of_log(False), 2.0)
    shaded = (np.abs(drawn[:, 14:174].astype(int) - (226, 230, 236)).max(axis=2) <= 3).sum(axis=0)
    columns = np.flatnonzero(shaded > 20)
    # 60 % of the stride, from its beginning.
    assert columns.size == pytest.approx(0.6 * 160, abs=6) and columns[0] <= 4


def test_many_plots_fit_above_the_scale_of_activations():
    drawn, _ = draw(trace_of_log(False), 1.0, plots=12)
    assert (drawn[430:] == 255).all() and (drawn[:, 220:] == 255).all()
    assert (drawn[380:425, 14:174] != 255).any()
