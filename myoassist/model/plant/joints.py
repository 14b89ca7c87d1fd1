"""Ligaments and passive joints of the human plant: elastic torque at the ends of each joint's range, and its stops.

Each end is a fixed tendon over the joint with a dead band: MuJoCo's own passive force, a cubic without a constant
beyond the angle where it begins, so that no step of the loop needs to know of it. Curves are those of tissue that is no
muscle; passive fibres add their own. Angles are anatomical: flexion, dorsiflexion and extension of the toes positive.

Sources: hip extension is the extension term of Riener & Edrich, "Identification of passive elastic joint moments in the
lower extremities", J Biomech 32:539 (1999); with the passive fibres of this model it gives their whole moment within 4
N·m from -30 to 0 deg. The other ends, knee extension apart, are the double exponentials of Anderson & Pandy, J Biomech
34:153 (2001), in the numbers of Falisse et al., J R Soc Interface 16:20190402 (2019), which were made to stand beside
passive fibres. The toes' stiffness is that of Sasaki et al. 2009 and Falisse et al. 2022 (PLOS ONE 17:e0256311), their
damping that of D'Hondt et al. 2024; of toes that bear nothing it is that of Heng et al. 2016 and Kong et al. 2019.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import mujoco
import numpy as np

from myoassist.files.errors import ModelError
from myoassist.model.devices.device import Device

SIDES = ("r", "l")
TOE_DAMPING = 2.0  # N·m·s/rad


@dataclass(frozen=True)
class ToeSpring:
    """What holds the toes in the whole of their range: a linear spring.

    Attributes:
        rest_deg: Where it rests, deg of extension.
        stiffness: Its stiffness, N·m/rad.
    """

    rest_deg: float
    stiffness: float

    def torque(self, angle_deg: np.ndarray) -> np.ndarray:
        """Return the torque against extension, N·m, at angles in deg."""
        return self.stiffness * np.deg2rad(np.asarray(angle_deg) - self.rest_deg)


# With people's mean curves of hip, knee and ankle at 1.25 m/s the straight toes of a planar walker are 0.7 cm under the
# ground in the middle of swing, where people's clear it by 1 to 2 cm (Winter, Phys Ther 72:45, 1992); walkers lifted
# the ankle 10 deg too high instead. At 10 deg of extension, human_4, toes touch the ground there; resting higher they
# lift a flat foot off its ball. With 25 deg the same curves clear the ground by 1.1 cm: people's extensors hold them
# so. Those of this model cannot, since 25 N·m/rad belong to loaded toes. Toes that bear nothing are far softer: the
# relaxed hallux has 0.4 N·m/rad at first and 1.4 at the end of its way (Kong et al. 2019; Heng et al., J Foot Ankle
# Res 9:41, 2016: 0.8), the other toes together no more. From human_5 on a soft spring holds them, and the stiffness
# of loaded toes, `_ARCH`, begins at 25 deg.
_STRAIGHT_TOES = ToeSpring(rest_deg=0.0, stiffness=25.0)
_TOES = {
    1: _STRAIGHT_TOES,
    2: _STRAIGHT_TOES,
    3: _STRAIGHT_TOES,
    4: ToeSpring(rest_deg=10.0, stiffness=25.0),
    5: ToeSpring(rest_deg=10.0, stiffness=3.0),
}
# Of the newest body.
TOES = _TOES[max(_TOES)]
# Where the hard stops are, anatomical, deg: outside of what walking needs.
STOPS_DEG = {
    "hip_flexion": (-45.0, 135.0),
    "knee_angle": (-8.0, 145.0),
    "ankle_angle": (-65.0, 40.0),
    "mtp_angle": (-30.0, 75.0),
}
# Those of hips that move sideways, from human_3 on; adduction positive.
_FRONTAL_STOPS_DEG = {"hip_adduction": (-50.0, 45.0)}
# Share of the damper's force that is inertia rather than damping; the smaller, the purer the damper.
_DAMPER_IMPEDANCE = 0.05
_DAMPER_RAMP = np.deg2rad(5.0)  # rad, over which the damping coefficient rises from 0
_FAR = 100.0  # rad, a place that no joint reaches


@dataclass(frozen=True)
class Ligament:
    """Elastic torque at one end of a joint's range.

    Attributes:
        joint: Joint without its side.
        direction: 1 where it holds against growing anatomical angles, -1 against falling ones.
        curve: Torque against the motion, N·m, of anatomical angles in deg.
        start_deg, end_deg: Where the torque begins, and to where the cubic meets the curve.
        damping: Damping beyond the start against motion into the end alone, N·m·s/rad; it rises from 0 over 5 deg.
        part: Tells several ligaments of one end apart.
    """

    joint: str
    direction: int
    curve: Callable[[np.ndarray], np.ndarray]
    start_deg: float
    end_deg: float
    damping: float = 0.0
    part: str = "ligament"

    @property
    def name(self) -> str:
        """Name of the tendon, without the side."""
        return f"{self.joint}_{'upper' if self.direction > 0 else 'lower'}_{self.part}"

    def torque(self, angle_deg: np.ndarray) -> np.ndarray:
        """Return the torque of the cubic against the motion, N·m, at anatomical angles in deg."""
        beyond = np.maximum(self.direction * np.deg2rad(np.asarray(angle_deg) - self.start_deg), 0.0)
        first, second, third = stiffness_of(self)
        return beyond * (first + beyond * (second + beyond * third))


def _exponential(torque: float, rate: float, angle: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return torque * exp(rate * (angle of the joint - angle)) of angles in deg; rate per rad, angle in rad."""
    return lambda deg: torque * np.exp(rate * (np.deg2rad(deg) - angle))


def _straight(stiffness: float, start_deg: float, direction: int = -1) -> Callable[[np.ndarray], np.ndarray]:
    """Return stiffness times the way beyond an angle, towards smaller angles or, with 1, towards larger ones."""
    return lambda deg: stiffness * np.maximum(direction * np.deg2rad(deg - start_deg), 0.0)


# 115 N·m/rad from 5 deg of flexion is the knee of the walking models of SCONE, and within 3 N·m the whole moment of
# Riener & Edrich 1999 from 10 to -5 deg. With it alone, controllers of walking hyperextend the knee to -6 deg. What
# begins at 0.5 deg is no measured curve: it keeps walkers that lean on straight knees (with 1 N·m/kg) above -2 deg.
_HIP = (
    Ligament("hip_flexion", -1, lambda deg: np.exp(1.4655 - 0.0750 * deg), 10.0, -40.0),
    Ligament("hip_flexion", 1, _exponential(2.44, 5.05, 1.81), 90.0, 130.0),
)
_KNEE = (
    Ligament("knee_angle", -1, _straight(115.0, 5.0), 5.0, -8.0, damping=3.0),
    Ligament("knee_angle", -1, _straight(1500.0, 0.5), 0.5, -8.0, part="end"),
)
# As above, with damping and an end that stop a shank which swings unbraked at people's speed above -2 deg.
_KNEE_3 = (
    Ligament("knee_angle", -1, _straight(115.0, 5.0), 5.0, -8.0, damping=10.0),
    Ligament("knee_angle", -1, _straight(2500.0, 0.5), 0.5, -8.0, part="end"),
)
_REST = (
    Ligament("knee_angle", 1, _exponential(11.03, 11.33, 2.4), 125.0, 143.0),
    Ligament("ankle_angle", 1, _exponential(2.03, 38.11, 0.52), 29.0, 35.0),
    Ligament("ankle_angle", -1, _exponential(0.18, -12.12, -0.74), -43.0, -60.0),
    Ligament("mtp_angle", 1, _exponential(0.90, 14.87, np.deg2rad(65.0)), 57.0, 72.0),
)
# Anderson's curve is the softest that is published: ligaments of cadavers give 5 N·m at 40 deg of adduction and 30 of
# abduction already (van Arkel et al., J Biomech 48:3803, 2015).
_HIP_FRONTAL = (
    Ligament("hip_adduction", 1, _exponential(0.03, 14.94, 0.5), 32.0, 44.0),
    Ligament("hip_adduction", -1, _exponential(0.03, -14.94, -0.5), -35.0, -50.0),
)
_LIGAMENTS = {1: (*_HIP, *_KNEE, *_REST), 2: (*_HIP, *_KNEE, *_REST), 3: (*_HIP, *_KNEE_3, *_REST, *_HIP_FRONTAL)}
_LIGAMENTS[4] = _LIGAMENTS[3]
# Together with the soft spring about what 25 N·m/rad from 10 deg give at 40 deg of extension, where toes push off.
_ARCH = Ligament("mtp_angle", 1, _straight(44.0, 25.0, direction=1), 25.0, 60.0, part="arch")
_LIGAMENTS[5] = (*_LIGAMENTS[4], _ARCH)
# Of the newest body.
LIGAMENTS = _LIGAMENTS[max(_LIGAMENTS)]


def ligaments_of(version: int) -> tuple[Ligament, ...]:
    """Return the ligaments of a version of the human body, see `config.schema.plant.human_version`."""
    return _LIGAMENTS[version]


def toes_of(version: int) -> ToeSpring:
    """Return the spring of the toes of a version of the human body."""
    return _TOES[version]


@cache
def stiffness_of(ligament: Ligament) -> tuple[float, float, float]:
    """Return the coefficients (N·m/rad, rad^2, rad^3) of the cubic nearest to a ligament's curve, none negative."""
    from scipy.optimize import nnls

    angle = np.linspace(ligament.start_deg, ligament.end_deg, 200)
    beyond = np.abs(np.deg2rad(angle - ligament.start_deg))
    powers = np.stack([beyond, beyond**2, beyond**3], axis=1)
    first, second, third = nnls(powers, ligament.curve(angle))[0]
    return float(first), float(second), float(third)


def damper_name(joint: str, side: str) -> str:
    """Return the name of the sensor of a joint's damper."""
    return f"{joint}_{side}_ligament_damper"


def add_ligaments(
    spec: mujoco.MjSpec, compiled: mujoco.MjModel, pose: str, size: float, device: Device | None, version: int
) -> None:
    """Add ligaments and toe springs to a spec; `settle_joints` completes them once it is compiled.

    Args:
        spec: Spec with the joints of both legs.
        compiled: The same spec, compiled.
        pose: Name of a key pose in which the walker looks ahead.
        size: Factor of all lengths; torques follow its cube.
        device: Worn device; the joints of a prosthesis are left alone.
        version: Version of the human body.

    Raises:
        ModelError: if a joint or the pose is missing.
    """
    signs = anatomical_signs(compiled, pose, device) | (_frontal_signs(compiled, pose) if version >= 3 else {})
    for side in SIDES:
        for item in ligaments_of(version):
            joint = f"{item.joint}_{side}"
            if joint not in signs:
                continue
            start = float(np.deg2rad(item.start_deg) * item.direction)
            tendon = spec.add_tendon(name=f"{item.name}_{side}")
            tendon.wrap_joint(joint, signs[joint] * item.direction)
            tendon.springlength = [-_FAR, start]
            tendon.stiffness[:] = np.array(stiffness_of(item)) * size**3
            if item.damping > 0.0:
                tendon.limited, tendon.range = True, [-_FAR, start]
                tendon.solimp_limit[:] = [0.0001, _DAMPER_IMPEDANCE, _DAMPER_RAMP, 0.5, 1.0]
                tendon.solref_limit[:] = [0.0, -item.damping]
                spec.add_sensor(
                    name=damper_name(item.joint, side),
                    type=mujoco.mjtSensor.mjSENS_TENDONLIMITFRC,
                    objtype=mujoco.mjtObj.mjOBJ_TENDON,
                    objname=tendon.name,
                )
        toes = f"mtp_angle_{side}"
        if toes in signs:
            spring = toes_of(version)
            spec.joint(toes).stiffness[0] = spring.stiffness * size**3
            spec.joint(toes).damping[0] = TOE_DAMPING * size**3
            if spring.rest_deg:
                spec.joint(toes).springref = signs[toes] * np.deg2rad(spring.rest_deg)


def anatomical_signs(compiled: mujoco.MjModel, pose: str, device: Device | None) -> dict[str, float]:
    """Return what turns anatomical angles into coordinates, 1 or -1, by the names of the human joints of the legs.

    Raises:
        ModelError: if the pose, or a knee, hip or ankle is missing.
    """
    key = mujoco.mj_name2id(compiled, mujoco.mjtObj.mjOBJ_KEY, pose)
    gone = set() if device is None or device.prosthesis is None else {f"{j}_r" for j in device.prosthesis.joints}
    wanted = [name for joint in STOPS_DEG for side in SIDES if (name := f"{joint}_{side}") not in gone]
    names = {compiled.joint(j).name for j in range(compiled.njnt)}
    missing = [name for name in wanted if name not in names and not name.startswith("mtp")]
    if missing or key < 0:
        raise ModelError(
            f"the model has no {'joint ' + ', '.join(missing) if missing else 'key pose ' + pose}: "
            "ligaments find no place",
            "hip_flexion, knee_angle and ankle_angle of both sides, and the start pose",
            "model.plant=published",
        )
    data = mujoco.MjData(compiled)
    mujoco.mj_resetDataKeyframe(compiled, data, key)
    mujoco.mj_kinematics(compiled, data)
    signs = {}
    for name in names.intersection(wanted):
        # Hip, ankle and toes turn with their angles about the axis that points right, knees against it.
        right = 1.0 if data.xaxis[compiled.joint(name).id, 1] <= 0.0 else -1.0
        signs[name] = -right if name.startswith("knee") else right
    return signs


def _frontal_signs(compiled: mujoco.MjModel, pose: str) -> dict[str, float]:
    """Return the same of hips that move sideways, adduction positive; none for planar legs."""
    names = [f"{joint}_{side}" for joint in _FRONTAL_STOPS_DEG for side in SIDES]
    found = [name for name in names if mujoco.mj_name2id(compiled, mujoco.mjtObj.mjOBJ_JOINT, name) >= 0]
    data = mujoco.MjData(compiled)
    mujoco.mj_resetDataKeyframe(compiled, data, compiled.key(pose).id)
    mujoco.mj_kinematics(compiled, data)
    # About the axis that points ahead the right leg adducts, about its opposite the left one.
    ahead = {name: data.xaxis[compiled.joint(name).id, 0] > 0.0 for name in found}
    return {name: 1.0 if ahead[name] == name.endswith("_r") else -1.0 for name in found}


def find_ligaments(compiled: mujoco.MjModel, joints: Sequence[str]) -> np.ndarray:
    """Return what a log needs to know of the ligaments of joints, see `model.layout.Layout.ligament`; shape (2, n)."""
    found = np.full((len(SIDES), len(joints)), -2, dtype=np.int64)
    for row, side in enumerate(SIDES):
        for column, joint in enumerate(joints):
            names = [f"{item.name}_{side}" for item in LIGAMENTS if item.joint == joint]
            if any(mujoco.mj_name2id(compiled, mujoco.mjtObj.mjOBJ_TENDON, name) >= 0 for name in names):
                sensor = mujoco.mj_name2id(compiled, mujoco.mjtObj.mjOBJ_SENSOR, damper_name(joint, side))
                found[row, column] = compiled.sensor_adr[sensor] if sensor >= 0 else -1
    return found


def settle_joints(compiled: mujoco.MjModel, pose: str, size: float, device: Device | None, version: int) -> None:
    """Set the stops of a compiled model, and let its dampers have their coefficients whatever they move.

    Args:
        compiled: Model with ligaments.
        pose: Name of a key pose in which the walker looks ahead.
        size: Factor of all lengths.
        device: Worn device.
        version: Version of the human body.
    """
    for name, sign in anatomical_signs(compiled, pose, device).items():
        compiled.jnt_range[compiled.joint(name).id] = np.sort(sign * np.deg2rad(STOPS_DEG[name[:-2]]))
    for name, sign in _frontal_signs(compiled, pose).items() if version >= 3 else ():
        compiled.jnt_range[compiled.joint(name).id] = np.sort(sign * np.deg2rad(_FRONTAL_STOPS_DEG[name[:-2]]))
    for item in ligaments_of(version):
        for side in SIDES:
            tendon = mujoco.mj_name2id(compiled, mujoco.mjtObj.mjOBJ_TENDON, f"{item.name}_{side}")
            if tendon >= 0 and item.damping > 0.0:
                rate = item.damping * size**3 * (1.0 - _DAMPER_IMPEDANCE) * compiled.tendon_invweight0[tendon]
                compiled.tendon_solref_lim[tendon] = 0.0, -rate
