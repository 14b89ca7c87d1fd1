"""Worn devices: names, own folders, refusals, directions of their torques, what an amputation takes away."""

import mujoco
import numpy as np
import pytest
from measure_models import step_freely

from myoassist.check.run import check
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig, RunConfig
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from myoassist.model.devices.folders import list_own_devices
from myoassist.model.devices.table import DEVICES, choose_clock, find_device
from myoassist.model.layout import LEG_JOINTS
from myoassist.model.plant.muscle_groups import MUSCLES
from myoassist.model.plant.transmission import measure_arm
from myoassist.model.survey import load_survey
from tests.walkers import make_walker

PROSTHESES = [item.short for item in DEVICES if item.prosthesis is not None]
SMALL_DEVICE = """# Cuffs without a motor.
device: {name: Cuffs, model_xml: cuffs.xml}
attachments:
  - {device_body: cuff, parent_body: femur_r}
"""


def test_published_names_are_accepted():
    assert find_device("baseline") is None
    for name in ("dephy", "hmedi", "humotech", "openexo", "tutorial", "Tutorial_L1"):
        assert find_device(name).short == name.lower().removesuffix("_l1")
    assert [find_device("osl", muscles).short for muscles in (22, 26, 80)] == ["osl_a", "osl_a", "osl_ka"]
    with pytest.raises(ConfigError, match=r"model\.device=hippo"):
        find_device("hipppo")


def test_a_folder_below_the_current_one_is_a_device(tmp_path, monkeypatch):
    folder = tmp_path / "models" / "devices" / "Cuffs"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(SMALL_DEVICE)
    (folder / "cuffs.xml").write_text(
        '<mujoco><worldbody><body name="cuff">'
        '<geom type="box" size=".05 .02 .02" mass="0.3"/></body></worldbody></mujoco>'
    )
    monkeypatch.chdir(tmp_path)
    assert [item.short for item in list_own_devices()] == ["cuffs", "hipexample"]
    device = find_device("cuffs")
    assert (device.note, device.drives) == ("Cuffs without a motor", "")
    walker = build_walker(ModelConfig(device="cuffs"), EnvConfig(), exo=ExoConfig(mass=0.5))
    assert walker.mass == pytest.approx(make_walker(None).mass + 0.5, abs=1e-6)
    (folder / "cuffs.xml").unlink()
    with pytest.raises(ConfigError, match=r"cuffs\.xml"):
        find_device("cuffs")
    (folder / "config.yaml").write_text("device: [")
    with pytest.raises(ConfigError, match="cannot be read"):
        find_device("cuffs")


@pytest.mark.parametrize(
    ("device", "controller", "remedy"),
    [
        ("osl_a", "four_param", "exo=impedance"),
        ("kfoot", "npoint", "model=tutorial"),
        ("tutorial", "impedance", "model=osl_a"),
        (None, "impedance", "model=osl_a"),
        ("utankle", "four_param", "model=tutorial"),
    ],
)
def test_a_controller_that_does_not_fit_is_refused(device, controller, remedy):
    config = RunConfig(model=ModelConfig(device=device), exo=ExoConfig(controller=controller))
    with pytest.raises(ConfigError, match=remedy):
        check(config)


def test_every_device_may_be_worn_unpowered():
    for item in DEVICES:
        check(RunConfig(model=ModelConfig(device=item.short)))


@pytest.mark.long
@pytest.mark.parametrize(
    ("device", "joint", "sign"), [("hmedi", 0, 1), ("hippo", 0, 1), ("hipexample", 0, 1), ("stride", 2, -1)]
)
def test_assistance_turns_the_joint_the_right_way(device, joint, sign):
    walker = make_walker(device)
    model, layout, data = walker.model, walker.layout, mujoco.MjData(walker.model)
    assert layout.exo_joint == joint
    assert choose_clock(walker.device, ExoConfig(controller="npoint")) == ("stride" if joint == 0 else "stance")
    for leg, side in enumerate("rl"):
        actuator, name = int(layout.exo[leg]), f"{LEG_JOINTS[joint]}_{side}"
        for angle in (-0.2, 0.0, 0.3):
            # Torque by virtual work on the joint, couplings following: the arm times the force of a full command.
            arm = measure_arm(model, actuator, name, angle)
            fitted = np.polynomial.polynomial.polyval(angle, layout.exo_arm[leg])
            assert fitted == pytest.approx(arm, rel=0.05)
            command = 2.0 * layout.exo_direction[leg] / (fitted * layout.exo_gain[leg])
            low, high = model.actuator_ctrlrange[actuator]
            assert low <= command <= high
            assert sign * command * layout.exo_gain[leg] * arm == pytest.approx(2.0, rel=0.05)
    # The simulator agrees where nothing is coupled to the joint.
    if joint == 0:
        mujoco.mj_forward(model, data)
        arm = layout.exo_arm[0, 0]
        data.ctrl[layout.exo[0]] = 2.0 * layout.exo_direction[0] / (arm * layout.exo_gain[0])
        before = data.qfrc_actuator[layout.qvel_leg[0, 0]]
        mujoco.mj_forward(model, data)
        assert data.qfrc_actuator[layout.qvel_leg[0, 0]] - before == pytest.approx(2.0, rel=0.05)


@pytest.mark.long
@pytest.mark.parametrize("device", PROSTHESES)
def test_an_amputation_takes_exactly_the_muscles_that_the_table_names(device):
    walker = make_walker(device)
    layout, prosthesis = walker.layout, walker.device.prosthesis
    gone = {name for name, actuator in zip(MUSCLES, layout.muscle[0], strict=True) if actuator < 0}
    assert gone == set(prosthesis.muscles) | {"HAB", "HAD"}
    assert (layout.muscle[1, 2:] >= 0).all()
    assert layout.qpos_leg[0, 3] == -1 and layout.qpos_leg[1, 3] >= 0
    powered = [LEG_JOINTS[j].removesuffix("_angle") for j in np.flatnonzero(layout.motor[0] >= 0)]
    assert powered == list(prosthesis.motor_joints)
    # The knee of the device counts flexion the other way round.
    assert layout.sign_leg[0, 1] == (-1.0 if device == "osl_ka" else 1.0)


@pytest.mark.parametrize("device", PROSTHESES)
def test_a_prosthetic_sole_is_sensed_whole(device):
    walker = make_walker(device)
    model, layout, data = walker.model, walker.layout, mujoco.MjData(walker.model)
    sums = contacts = 0.0
    mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
    right = model.site_bodyid[model.sensor_objid[model.sensor("r_foot").id]]
    for _ in range(300):
        mujoco.mj_step(model, data)
        sums += data.sensordata[layout.touch[0]].sum()
        for i in range(data.ncon):
            if right in model.geom_bodyid[data.contact[i].geom]:
                force = np.zeros(6)
                mujoco.mj_contactForce(model, data, i, force)
                contacts += force[0]
    assert contacts > 1000.0
    assert sums == pytest.approx(contacts, rel=0.02)


def test_the_stored_survey_covers_every_model_without_a_warning():
    found = {(row.musculature, row.device) for row in load_survey()}
    assert found == {(m, d) for m in (22, 26, 80) for d in ("none", *(item.short for item in DEVICES))}
    assert [row for row in load_survey() if row.warning] == []


@pytest.mark.parametrize(("musculature", "device"), [(22, "utankle"), (22, "osl_ka"), (22, "hmedi")])
def test_two_free_seconds_raise_no_warning(musculature, device):
    _check_free_fall(musculature, device)


@pytest.mark.long
@pytest.mark.parametrize("musculature", [22, 26, 80])
@pytest.mark.parametrize("device", [None, *(item.short for item in DEVICES)])
def test_two_free_seconds_of_every_model_raise_no_warning(musculature, device):
    _check_free_fall(musculature, device)


def _check_free_fall(musculature, device):
    model = build_walker(ModelConfig(musculature=musculature, device=device), EnvConfig()).model
    data = mujoco.MjData(model)
    warning, rate = step_freely(model, data)
    assert warning == ""
    assert rate > 0.0
    assert data.time == pytest.approx(2.0)
    assert np.isfinite(data.qpos).all()
