"""What a walk is held against: people at its speed, unless it was asked to follow the reference gait."""

import numpy as np
import pytest

import myoassist as ma
from myoassist.analysis.page.tables import key_figures
from myoassist.analysis.page.words import describe_walk, find_shortcomings
from myoassist.analysis.picture.gait_cycle import plot_gait_cycle, plot_muscles
from myoassist.analysis.walk.gait_curves import SIGNALS, cut_curves, reference_curve
from myoassist.analysis.walk.yardstick import find_yardstick, follows_reference
from myoassist.config.compose.run import compose_run
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.gait.reference.human import match_reference
from tests.gait.synthetic_walk import empty_walk, reference_walk

GAIT = load_reference_gait()
PEOPLE = match_reference(1.25, 0.86)


def config(*overrides):
    return compose_run(list(overrides)).config


@pytest.fixture(scope="module")
def walk():
    return cut_curves(reference_walk(n_strides=8, samples=100), 3)


@pytest.fixture(scope="module")
def people(walk):
    return find_yardstick(config("exp=human_level"), PEOPLE, GAIT, walk)


@pytest.mark.parametrize(
    ("overrides", "follows"),
    [
        (["exp=human_level"], False),
        (["exp=human_level", "cost=predictive"], False),
        (["exp=baseline"], True),
        (["exp=exo_4param_kine", "overlays=published"], True),
        (["exp=rl_walk"], False),
        (["exp=rl_imitation_full_obs", "env.reference_data_path=null"], True),
    ],
)
def test_who_follows_the_reference_is_held_against_it(overrides, follows, walk):
    assert follows_reference(config(*overrides)) == follows
    yardstick = find_yardstick(config(*overrides), PEOPLE, GAIT, walk)
    assert yardstick.people != follows
    assert yardstick.name == ("the reference gait" if follows else "people at 1.25 m/s")


def test_where_nobody_was_measured_the_reference_stands_in(walk):
    yardstick = find_yardstick(config("exp=human_level"), None, GAIT, walk)
    assert not yardstick.people
    for name in SIGNALS:
        expected = reference_curve(name, GAIT)
        if expected is None:
            assert yardstick.mean(name) is None
        else:
            np.testing.assert_array_equal(yardstick.mean(name), expected)
    assert yardstick.figure("peak_grf_bw") == pytest.approx(reference_curve("vertical_grf", GAIT).max())
    assert yardstick.figure("hip_power_generated_max") is None


def test_people_are_those_of_the_score(people):
    for signal, channel in (("knee_angle", "knee"), ("vertical_grf", "grf"), ("ankle_power", "ankle_power")):
        mean, sd = people.curves[signal]
        np.testing.assert_allclose(mean[::2], PEOPLE.curves[channel][0])
        np.testing.assert_allclose(sd[::2], PEOPLE.curves[channel][1])
    both = [PEOPLE.curves[f"emg_{side}_hamstrings"][0] for side in ("medial", "lateral")]
    np.testing.assert_allclose(people.mean("activation_HAM")[::2], 0.5 * (both[0] + both[1]))
    assert people.mean("trunk_lean") is None
    assert set(people.table) == {f"activation_{name}" for name in ("HFL", "GLU", "VAS", "BFSH", "SOL", "HAB", "HAD")}
    assert people.figure("stance_fraction") == pytest.approx(0.01 * PEOPLE.figures["stance_percent"][0])
    assert people.figure("cadence_steps_per_min") == pytest.approx(120.0 / PEOPLE.figures["stride_time_s"][0])
    assert people.figure("knee_power_absorbed_max") == pytest.approx(-PEOPLE.curves["knee_power"][0].min())


def test_people_s_hip_is_moved_to_the_mean_of_the_walk(people, walk):
    legs = np.mean([walk.mean("hip_angle", leg) for leg in range(2)])
    assert people.mean("hip_angle").mean() == pytest.approx(legs)
    assert people.hip_offset == pytest.approx(people.mean("hip_angle")[0] - PEOPLE.curves["hip"][0][0])


def test_a_walk_without_strides_moves_nobody():
    yardstick = find_yardstick(config("exp=human_level"), PEOPLE, GAIT, cut_curves(empty_walk(n_steps=50), 5))
    assert yardstick.hip_offset == 0.0


@pytest.fixture(scope="module")
def shown():
    return ma.evaluate("shipped:human_near_firm", "env.sim_time=15").evaluation


def test_the_report_says_whom_it_compares_with(shown):
    words = " ".join(describe_walk(shown))
    assert "Distance from people at 1.25 m/s, averaged over the cycle (RMS, degrees): hip 2, knee 3, ankle 4." in words
    assert "reference" not in words + " ".join(find_shortcomings(shown))
    table = key_figures([("walk", shown)])
    assert table.head[-1].cells[-1].text == "people"
    rows = {row.cells[0].text: row.cells[-1].text for row in table.body if not row.group}
    assert (rows["Stride length"], rows["Hip, largest power given out"]) == ("1.31", "0.84")


def test_figures_show_people_and_the_table_where_nobody_measured(shown):
    legend = {text.get_text() for text in plot_gait_cycle(shown, "").legends[0].get_texts()}
    assert "people at 1.25 m/s, mean ± SD, hip moved by -9 deg" in legend
    figure = plot_muscles(shown, "")
    assert "table of the package, where nobody measured" in {text.get_text() for text in figure.legends[0].get_texts()}
    panels = {axes.get_title(loc="left"): axes for axes in figure.axes}
    # Two legs with their toe-offs, and what they are held against, with a band where people were measured.
    bands = [len(panels[name].collections) for name in ("Gastrocnemius", "Soleus")]
    assert bands == [3, 2]
    assert [len(panels[name].lines) for name in ("Gastrocnemius", "Soleus")] == [5, 5]
