"""Phases and torques of powered prosthetic joints."""

import numpy as np
import pytest

from myoassist.control.device.impedance import (
    ANKLE,
    EARLY_STANCE,
    KNEE,
    LATE_STANCE,
    SWING_EXTENSION,
    SWING_FLEXION,
    joint_torque,
    make_impedance,
    reset_impedance,
    update_phase,
)
from myoassist.control.table import build_table
from myoassist.model.devices.table import find_device

DT = 0.01


def make(device="osl_ka", swing_leg=1):
    table = build_table(controller="impedance", device=find_device(device))
    values = dict(zip(table.names, table.decode(table.initial).tolist(), strict=True))
    impedance = make_impedance()
    reset_impedance(impedance, values, swing_leg)
    return impedance, values


def test_a_stride_runs_through_the_phases():
    impedance, values = make()
    assert impedance.phase.tolist() == [EARLY_STANCE, SWING_EXTENSION]
    beyond = values["push_off_angle"] + 0.01
    # Dorsiflexed from the first moment on, push-off waits for 0.1 s.
    phases = []
    for load, ankle, steps in ((1.0, beyond, 30), (0.0, 0.0, 40), (1.0, 0.0, 20)):
        for _ in range(steps):
            update_phase(impedance, 0, load, ankle, DT)
            phases.append(int(impedance.phase[0]))
    changes = [i for i in range(1, len(phases)) if phases[i] != phases[i - 1]]
    assert [phases[i] for i in changes] == [LATE_STANCE, SWING_FLEXION, SWING_EXTENSION, EARLY_STANCE]
    flexion_steps = round(values["swing_flexion_time"] / DT)
    assert np.diff(changes).tolist() == [30 - changes[0], flexion_steps, 40 - flexion_steps]
    assert changes[0] * DT == pytest.approx(0.1, abs=1.5 * DT)


def test_the_torque_is_that_of_spring_and_damper():
    impedance, values = make("osl_a")
    k, d, angle = (values[f"ankle_{kind}_early_stance"] for kind in ("stiffness", "damping", "angle"))
    assert joint_torque(impedance, 0, ANKLE, angle + 0.1, 0.0) == pytest.approx(-0.1 * k)
    assert joint_torque(impedance, 0, ANKLE, angle, 2.0) == pytest.approx(-2.0 * d)
    # An ankle alone has one swing; a knee that is not powered gives no torque.
    assert joint_torque(impedance, 1, ANKLE, 0.0, 0.0) == pytest.approx(
        values["ankle_stiffness_swing"] * values["ankle_angle_swing"]
    )
    assert joint_torque(impedance, 0, KNEE, 0.3, 1.0) == 0.0


def test_values_glide_into_a_new_phase():
    impedance, values = make("osl_a")
    start, end = values["ankle_stiffness_early_stance"], values["ankle_stiffness_swing"]
    update_phase(impedance, 0, 0.0, 0.0, DT)
    assert impedance.active[0, ANKLE, 0] == pytest.approx((start + end) / 2)
    for _ in range(30):
        update_phase(impedance, 0, 0.0, 0.0, DT)
    assert impedance.active[0, ANKLE, 0] == pytest.approx(end, rel=1e-6)


def test_the_table_names_what_is_driven_and_drops_what_is_gone():
    whole, ankle = build_table(), build_table(controller="impedance", device=find_device("osl_a"))
    both = build_table(controller="impedance", device=find_device("osl_ka"))
    passive = build_table(device=find_device("kfoot"))
    assert set(whole.names) - set(ankle.names) == {"act_SOL_r", "act_TA_r"}
    assert set(whole.names) - set(both.names) == {f"act_{m}_r" for m in ("SOL", "TA", "GAS", "BFSH", "VAS")}
    assert set(whole.names) - set(passive.names) == {"act_SOL_r", "act_TA_r", "ankle_angle_r"}
    assert [len(t) - t.group_slice("exo").start for t in (ankle, both, passive)] == [10, 23, 0]
    assert ankle.layout == "2d.osl_a-impedance"
    for table in (ankle, both):
        assert ((table.initial >= table.lower) & (table.initial <= table.upper)).all()
