"""The figure of what excites the muscles: a panel per muscle that is there, drawn from the logged parts."""

from dataclasses import replace

import numpy as np
import pytest

from myoassist.analysis.picture.modules import plot_modules
from myoassist.analysis.walk.evaluation import evaluate_parameters
from myoassist.analysis.walk.log_table import channel_columns
from myoassist.config.sources.shipped import find_controller
from myoassist.runs.stored_config import load_shipped_config


def evaluate(name, log_modules=True):
    config = load_shipped_config(name)
    config.env = replace(config.env, sim_time=4.0)
    config.cost = replace(config.cost, num_strides=2)
    config.control = replace(config.control, log_modules=log_modules)
    return evaluate_parameters(config, find_controller(name))


@pytest.fixture(scope="module")
def walk():
    return evaluate("walk_22")


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes if axes.axison]


def test_every_muscle_has_a_panel_and_its_line_is_what_it_gets(walk):
    figure = plot_modules(walk, "walk")
    names = titles(figure)
    assert len(names) == 11 + 2 and {"Soleus", "Target angles"} <= set(names)
    line = figure.axes[names.index("Soleus")].get_lines()[0].get_ydata()
    column = walk.log.muscle_names.index("soleus_r")
    assert line.max() == pytest.approx(walk.log.excitation[:, column].max(), abs=0.05)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[:3] == ["rest", "M1", "M2"] and labels[-1].startswith("their sum")
    targets = figure.axes[names.index("Target angles")]
    assert [item.get_label() for item in targets.get_lines()] == ["leg angle target"]


def test_columns_have_names_and_units(walk):
    columns = channel_columns(walk.log)
    assert {"excitation_SOL_from_M1_r [1]", "phase_st_l [1]", "leg_angle_target_r [rad]"} <= set(columns)
    assert all(np.isfinite(values).all() for values in columns.values())


def test_what_was_not_logged_is_not_drawn(walk):
    plain = evaluate("walk_22", log_modules=False)
    assert plot_modules(plain, "walk") is None
    assert not channel_columns(plain.log)
    assert plain.result.total == walk.result.total


def test_a_leg_with_a_prosthesis_has_panels_for_the_muscles_that_are_left():
    names = titles(plot_modules(evaluate("osl_a"), "walk"))
    assert "Soleus, left" in names and "Soleus, right" not in names and "Vasti, right" in names
