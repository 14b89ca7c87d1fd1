"""The body of the model library that a person's is made from: its lengths."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import mujoco
import numpy as np

from myoassist.config.schema.run import ModelConfig
from myoassist.model.build import compose_spec
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.segment_names import SEGMENTS
from myoassist.subject.chain import SIDES, Chain

# Person that the muscle table stands for (Rajagopal et al., IEEE Trans Biomed Eng 63:2068, 2016).
TABLE_MASS, TABLE_HEIGHT = 75.337, 1.70  # kg, m


@dataclass(frozen=True)
class LibraryBody:
    """Lengths of the planar legs of the library in the neutral pose.

    Attributes:
        lengths: thigh, shank, foot (heel to ball), hips (between hip joints), trunk (hips to shoulders), m.
        joints: Where each segment hangs on its parent in the sagittal plane, m.
        balls: Ball of each foot in its frame, m.
    """

    lengths: Mapping[str, float]
    joints: Mapping[str, np.ndarray]
    balls: Mapping[str, np.ndarray]
    segments: tuple[str, ...] = SEGMENTS

    def chain(self, scale: Mapping[str, float]) -> Chain:
        """Return the chain with scaled segments, without markers."""
        above = {"thigh": "pelvis", "trunk": "pelvis", "shank": "thigh", "foot": "shank"}
        joints = {name: place * scale[above[name.partition("_")[0]]] for name, place in self.joints.items()}
        return Chain(joints, {}, {side: place * scale["foot"] for side, place in self.balls.items()})


@cache
def library_body() -> LibraryBody:
    """Return the body of the 22-muscle legs, measured once per process."""
    model = compose_spec(ModelConfig()).compile()
    data = mujoco.MjData(model)
    data.qpos[:] = model.qpos0
    follow_couplings(find_couplings(model) * 2, model.qpos0, data.qpos)
    mujoco.mj_kinematics(model, data)
    # Forward and up of the world, which has z up.
    place = {model.body(i).name: data.xpos[i][[0, 2, 1]] for i in range(model.nbody)}
    joints, balls = {"trunk": (place["lumbar5"] - place["pelvis"])[:2]}, {}
    for side in SIDES:
        chain = [place["pelvis"], *(place[f"{name}_{side}"] for name in ("femur", "tibia", "talus"))]
        for name, near, far in zip(("thigh", "shank", "foot"), chain, chain[1:], strict=False):
            joints[f"{name}_{side}"] = (far - near)[:2]
        balls[side] = (place[f"toes_{side}"] - place[f"talus_{side}"])[:2]

    def apart(near: str, far: str) -> float:
        return float(np.linalg.norm(place[near] - place[far]))

    lengths = {
        "thigh": apart("femur_r", "tibia_r"),
        "shank": apart("tibia_r", "talus_r"),
        "foot": apart("calcn_r", "toes_r"),
        "hips": apart("femur_r", "femur_l"),
        "trunk": float(place["Arm_attachment"][1] - place["femur_r"][1]),
    }
    return LibraryBody(lengths, joints, balls)
