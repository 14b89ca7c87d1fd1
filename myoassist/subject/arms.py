"""Moment arms of the main muscles: our model of a person against the person's OpenSim model."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from myoassist.config.schema.run import ModelConfig
from myoassist.model.build import compose_spec
from myoassist.model.fast.geometry import load_fit, simplify_geometry
from myoassist.model.plant.fast_fit import LengthSampler, match_lengths
from myoassist.model.plant.segments import scale_segments
from myoassist.subject.osim.model import OsimModel

# Joint -> its coordinate in both, range in deg (clinical), and sign of the clinical angle in our model.
JOINTS = {
    "hip": ("hip_flexion_r", (-20.0, 45.0), 1.0),
    "knee": ("knee_angle_r", (0.0, 80.0), -1.0),
    "ankle": ("ankle_angle_r", (-30.0, 20.0), 1.0),
}
# Our muscle -> joints that are compared, names in OpenSim models of the families of gait2392 and Rajagopal 2016.
MUSCLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hamstrings": (("hip", "knee"), ("hamstrings", "semimem", "bflh", "semiten")),
    "bifemsh": (("knee",), ("bifemsh", "bfsh")),
    "glutmax": (("hip",), ("glut_max", "glmax2", "glut_max2")),
    "iliopsoas": (("hip",), ("iliopsoas", "psoas")),
    "rectfem": (("hip", "knee"), ("rect_fem", "recfem")),
    "vasti": (("knee",), ("vasti", "vasint", "vas_int")),
    "gastroc": (("knee", "ankle"), ("gastroc", "gasmed", "med_gas")),
    "soleus": (("ankle",), ("soleus",)),
    "tibant": (("ankle",), ("tib_ant", "tibant")),
}
_POINTS = 14
_STEP = np.deg2rad(0.5)


@dataclass(frozen=True)
class Arm:
    """Moment arm of a muscle at a joint.

    Attributes:
        muscle, joint: Ours.
        angles: Clinical angle, deg, shape (n,).
        own: Of our model, m; flexion and dorsiflexion positive.
        other: Of the OpenSim model, m; None where a surface guides its path, or it has no such muscle.
        reason: Why it is None.
    """

    muscle: str
    joint: str
    angles: np.ndarray
    own: np.ndarray
    other: np.ndarray | None
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """Root mean square difference over the largest arm of the OpenSim model, percent."""
        if self.other is None:
            return None
        return float(100.0 * np.sqrt(np.mean((self.own - self.other) ** 2)) / np.abs(self.other).max())


def compare_arms(scale: Mapping[str, float], model: OsimModel | None) -> list[Arm]:
    """Return the moment arms of the main muscles of the right leg, all other joints at zero."""
    spec = compose_spec(ModelConfig())
    scale_segments(spec, scale)
    sampler = LengthSampler(spec.compile())
    found = []
    for muscle, (joints, names) in MUSCLES.items():
        tendon = int(sampler.model.actuator(f"{muscle}_r").trnid[0])
        for joint in joints:
            coordinate, limits, sign = JOINTS[joint]
            angles = np.linspace(*limits, _POINTS)
            own = np.array([_own_arm(sampler, tendon, coordinate, sign, np.deg2rad(angle)) for angle in angles])
            other, reason = _other_arm(model, names, coordinate, joint, np.deg2rad(angles))
            found.append(Arm(muscle, joint, angles, own, other, reason))
    return found


def fast_errors(scale: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return how far the fitted geometry of the fast physics is from the full one of a person, see `match_lengths`."""
    full, fast = compose_spec(ModelConfig()), compose_spec(ModelConfig())
    scale_segments(full, scale)
    simplify_geometry(fast, load_fit())
    scale_segments(fast, scale)
    return match_lengths(fast, full)


def _own_arm(sampler: LengthSampler, tendon: int, coordinate: str, sign: float, angle: float) -> float:
    lengths = [float(sampler.pose({coordinate: sign * (angle + step)}).ten_length[tendon]) for step in (-_STEP, _STEP)]
    # What shortens with flexion flexes.
    return (lengths[0] - lengths[1]) / (2.0 * _STEP)


def _other_arm(
    model: OsimModel | None, names: tuple[str, ...], coordinate: str, joint: str, angles: np.ndarray
) -> tuple[np.ndarray | None, str]:
    if model is None:
        return None, "no OpenSim model"
    here = [f"{name}_r" for name in names if f"{name}_r" in model.muscles]
    if not here:
        return None, "not in the OpenSim model"
    plain = [name for name in here if not model.muscles[name].wraps]
    if not plain:
        return None, f"a surface guides {here[0]}"
    name = plain[0]
    sign = _flexes(model, coordinate, joint)

    def length(angle: float) -> float:
        return model.path_length(name, {coordinate: sign * angle})

    return np.array([(length(a - _STEP) - length(a + _STEP)) / (2.0 * _STEP) for a in angles]), ""


def _flexes(model: OsimModel, coordinate: str, joint: str) -> float:
    """Return 1 where the coordinate of a model grows with flexion, else -1."""
    if joint != "knee":
        return 1.0
    bent = model.frames({coordinate: 0.3})["talus_r"][0, 3]
    return 1.0 if bent < model.frames()["talus_r"][0, 3] else -1.0
