"""Own model files whose exo is no torque motor, or whose muscles are none: named and refused before any simulation."""

import warnings

import mujoco
import numpy as np
import pytest

from myoassist import train
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.files.errors import ModelError
from myoassist.model.actuators import check_actuators, check_control_ranges
from myoassist.model.build import build_walker
from myoassist.model.devices.table import DEVICES
from tests.model.test_build import write_own_file

DRIVEN = ExoConfig(controller="four_param", max_torque=50.0)
DYNAMICS, GAIN, BIAS = mujoco.mjtDyn, mujoco.mjtGain, mujoco.mjtBias


def build(path, exo=None):
    return build_walker(ModelConfig(path=str(path)), EnvConfig(), exo=exo)


def edited(folder, which, **changes):
    """An own file in which one actuator has other properties."""

    def edit(spec):
        actuator = spec.actuator(which)
        for key, value in changes.items():
            if key in ("gainprm", "biasprm"):
                for place, number in enumerate(value):
                    getattr(actuator, key)[place] = number
            else:
                setattr(actuator, key, value)

    return write_own_file(folder, edit)


SERVO = {"biastype": BIAS.mjBIAS_AFFINE, "gainprm": [200.0], "biasprm": [0.0, -200.0, 0.0], "ctrlrange": [-1.0, 1.0]}
BRAKE = {"biastype": BIAS.mjBIAS_AFFINE, "gainprm": [20.0], "biasprm": [0.0, 0.0, -20.0]}


@pytest.mark.long
@pytest.mark.parametrize("exo", [None, ExoConfig(), DRIVEN], ids=["unknown", "none", "driven"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (SERVO, "a position servo .stiffness 200., which holds its joint"),
        (BRAKE, "velocity servo or damper .20., which brakes"),
        ({"dyntype": DYNAMICS.mjDYN_INTEGRATOR}, "dyntype=integrator"),
        ({"ctrlrange": [-1.0, -0.5]}, "never lets go"),
    ],
    ids=["position", "velocity", "integrator", "range"],
)
def test_an_exo_that_is_no_motor(tmp_path, exo, changes, words):
    with pytest.raises(ModelError, match=rf"own\.xml.*Exo_R (?:is no torque motor but|has).*{words}") as caught:
        build(edited(tmp_path, "Exo_R", **changes), exo)
    assert caught.value.expected and '<general name="Exo_R" joint="ankle_angle_r"' in caught.value.remedy


def test_the_line_of_the_remedy_works(tmp_path):
    path = edited(tmp_path, "Exo_L", **SERVO)
    with pytest.raises(ModelError) as caught:
        build(path, DRIVEN)
    text = path.read_text()
    start = text.index("<general", text.rindex(">", 0, text.index('name="Exo_L"')))
    path.write_text(text[:start] + caught.value.remedy + text[text.index("/>", start) + 2 :])
    walker = build(path, DRIVEN)
    data = mujoco.MjData(walker.model)
    mujoco.mj_forward(walker.model, data)
    assert data.actuator_force[walker.layout.exo].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gainprm": [1.0]}, r"reaches 1 N·m of assistance \(gain 1,"),
        ({"gainprm": [0.0]}, "reaches 0 N·m"),
        ({"gainprm": [-100.0]}, "reaches 0 N·m"),
        ({"ctrlrange": [0.0, 1.0]}, "reaches 0 N·m .*control range 0 to 1"),
        ({"ctrlrange": [-0.2, 0.0]}, "reaches 20 N·m"),
        ({"forcelimited": mujoco.mjtLimited.mjLIMITED_TRUE, "forcerange": [-10.0, 10.0]}, "reaches 10 N·m"),
        ({"target": "knee_angle_r"}, "drives knee_angle_r"),
        ({"target": "ankle_angle_l"}, "drives ankle_angle_l"),
        ({"name": "Other"}, "Exo_R does not exist"),
    ],
)
def test_a_motor_that_cannot_do_what_is_asked(tmp_path, changes, words):
    path = edited(tmp_path, "Exo_R", **changes)
    build(path, ExoConfig())
    with pytest.raises(ModelError, match=words) as caught:
        build(path, DRIVEN)
    assert "exo.controller=four_param" in caught.value.expected
    if "exo.max_torque=" in caught.value.remedy:
        reach = float(caught.value.remedy.partition("exo.max_torque=")[2].partition(",")[0])
        build(path, ExoConfig(controller="four_param", max_torque=reach))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dyntype": DYNAMICS.mjDYN_NONE}, "no muscle: dyntype=none gaintype=muscle biastype=muscle"),
        ({"dyntype": DYNAMICS.mjDYN_FILTER}, "dyntype=filter"),
        ({"gaintype": GAIN.mjGAIN_FIXED}, "gaintype=fixed"),
        ({"biastype": BIAS.mjBIAS_NONE}, "biastype=none"),
        ({"gainprm": [0.75, 1.05, -1.0]}, "peak force of -1 N, which leaves it to MuJoCo"),
        ({"ctrlrange": [-1.0, 1.0]}, "control range -1 to 1"),
    ],
)
def test_muscles_that_are_none(tmp_path, changes, words):
    with pytest.raises(ModelError, match=rf"actuator soleus_l (?:is|has) .*{words}"):
        build(edited(tmp_path, "soleus_l", **changes))


def test_all_muscles_at_once_are_counted(tmp_path):
    def edit(spec):
        for actuator in spec.actuators:
            if not actuator.name.startswith("Exo"):
                actuator.dyntype = DYNAMICS.mjDYN_NONE

    with pytest.raises(ModelError, match=r"\(and .* \.\.\.\) is no muscle"):
        build(write_own_file(tmp_path, edit))


def test_other_servos_are_told_of(tmp_path):
    def edit(spec):
        servo = spec.add_actuator(name="spring", target="knee_angle_r", trntype=mujoco.mjtTrn.mjTRN_JOINT)
        servo.set_to_position(kp=30.0)

    path = write_own_file(tmp_path, edit)
    with pytest.warns(UserWarning, match="control of 0: spring"):
        build(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build(write_own_file(tmp_path))


def test_a_policy_needs_ranges(tmp_path):
    walker = build(edited(tmp_path, "soleus_r", ctrllimited=mujoco.mjtLimited.mjLIMITED_FALSE, ctrlrange=[0.0, 0.0]))
    ids = {name: walker.model.actuator(name).id for name in ("soleus_l", "soleus_r", "Exo_R")}
    check_control_ranges(walker.model, np.array([ids["soleus_l"], ids["Exo_R"]]))
    with pytest.raises(ModelError, match="soleus_r has no control range"):
        check_control_ranges(walker.model, np.array([ids["soleus_l"], ids["soleus_r"]]))


@pytest.mark.parametrize("task", ["search", "rl"])
def test_both_trainers_refuse_it(tmp_path, monkeypatch, capsys, task):
    monkeypatch.chdir(tmp_path)
    path = edited(tmp_path, "Exo_R", **SERVO)
    tasks = {
        "search": ["exp=baseline", "optimizer=evaluate", "optimizer.threads=1"],
        "rl": ["exp=rl_test", "env.num_envs=2"],
    }
    assert train.main([*tasks[task], "model=custom", f"model.path={path}", f"logdir={tmp_path / 'run'}"]) == 2
    shown = capsys.readouterr().err
    assert "Exo_R is no torque motor" in shown and "to fix:" in shown and "Traceback" not in shown


@pytest.mark.long
def test_devices_of_the_library_would_pass():
    for device in DEVICES:
        if device.drive is not None:
            walker = build_walker(ModelConfig(device=device.short), EnvConfig())
            torque = 20.0 if device.short == "stride" else 10.0
            exo = ExoConfig(controller="four_param", max_torque=torque)
            check_actuators(walker.model, walker.layout, device.short, exo if device.drive.joint == "ankle" else None)
            assert np.isfinite(walker.layout.exo_arm).all()
