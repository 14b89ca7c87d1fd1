"""What figures and report show of a walk with a powered prosthesis: its motors, no exoskeleton."""

import pytest

from myoassist.analysis.page.tables import key_figures
from myoassist.analysis.picture.gait_cycle import plot_gait_cycle
from myoassist.analysis.picture.time_series import plot_time_series
from myoassist.analysis.walk.gait_curves import motor_torques
from myoassist.config.schema.run import RunConfig
from tests.analysis.page.test_html_report import evaluate_log
from tests.gait.synthetic_walk import reference_walk


def prosthetic_walk(**torques):
    log = reference_walk(n_strides=8, samples=100)
    for joint, torque in torques.items():
        log.device_torque[:, 0, ("hip", "knee", "ankle").index(joint)] = torque
    config = RunConfig()
    config.exo.controller = "impedance"
    return evaluate_log(log, config=config)


def lines_of(figure, title):
    (axes,) = (axes for axes in figure.axes if axes.get_title(loc="left") == title)
    return axes, {line.get_label(): line for line in axes.get_lines()}


def test_torques_of_motors_are_positive_in_extension():
    # Positive on the coordinate is dorsiflexion of the ankle, and extension of the knee.
    evaluation = prosthetic_walk(ankle=-50.0, knee=20.0)
    torques = motor_torques(evaluation.log)
    assert {name: (values[0, 0], values[0, 1]) for name, values in torques.items()} == {
        "ankle_motor_torque": (50.0, 0.0),
        "knee_motor_torque": (20.0, 0.0),
    }
    assert evaluation.has_motors and not evaluation.has_exo


def test_the_figure_of_the_gait_cycle_shows_the_motors():
    axes, lines = lines_of(plot_gait_cycle(prosthetic_walk(ankle=-50.0), "one"), "Torque of the prosthesis")
    assert "plantarflexion +" in axes.get_ylabel() and "ankle" in lines
    assert max(max(line.get_ydata(), default=0.0) for line in lines.values()) == pytest.approx(50.0)
    axes, lines = lines_of(plot_gait_cycle(prosthetic_walk(ankle=-50.0, knee=20.0), "two"), "Torque of the prosthesis")
    assert "extension +" in axes.get_ylabel() and {"ankle", "knee"} <= lines.keys()


def test_the_figure_over_time_has_a_row_for_each_motor():
    titles = [axes.get_title(loc="left") for axes in plot_time_series(prosthetic_walk(ankle=-50.0), "one").axes]
    assert "Motor of the ankle, plantarflexion +" in titles
    assert not any("Exoskeleton" in title for title in titles)


def test_the_report_tells_the_work_of_the_motors_and_no_torque_of_an_exo():
    with_motor = rows_of(key_figures([("walk", prosthetic_walk(ankle=-50.0))]))
    assert "Work that the device gives to the leg per stride" in with_motor
    assert with_motor["Largest torque"][2:4] == ["–", "–"]
    assert not any("Work that the device" in label for label in rows_of(key_figures([("walk", prosthetic_walk())])))


def rows_of(table):
    rows = [[cell.text for cell in row.cells] for row in table.body]
    return {row[0]: row for row in rows}


def test_a_passive_device_has_neither():
    evaluation = prosthetic_walk()
    assert motor_torques(evaluation.log) == {} and not evaluation.has_motors
    titles = [axes.get_title(loc="left") for axes in plot_gait_cycle(evaluation, "none").axes]
    assert "Torque of the prosthesis" not in titles
