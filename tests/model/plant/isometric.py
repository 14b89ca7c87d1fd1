"""Isometric moments of our models beside those that OpenSim computes for its own."""

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.plant.curves import make_curves
from myoassist.rollout.muscle import fibre as f
from myoassist.rollout.muscle.tendon import make_fibres
from tests.model.plant.strides import OPENSIM, set_pose

JOINTS = ("hip", "knee", "ankle")
_STEP = 0.2  # deg, of the difference that gives moment arms


def settle(constants: np.ndarray, paths: np.ndarray, activation: float) -> np.ndarray:
    """Return isometric tendon forces, N, shape (n,)."""
    curves, forces = make_curves(), np.zeros(len(constants))
    for i, (c, path) in enumerate(zip(constants, paths, strict=True)):
        s = np.zeros(f.STATE_SIZE)
        along = max((path + c[f.OFFSET] - c[f.SLACK]) / c[f.OPTIMAL], 0.0)
        s[f.LENGTH] = max(np.hypot(along, c[f.WIDTH]), f.shortest(c))
        for _ in range(100):
            f.solve_elastic(c, s, curves, path, activation, 0.02)
        forces[i] = s[f.TENSION]
    return forces


def isometric_moments(musculature: int, samples: dict[str, np.ndarray], parts: dict[str, tuple[str, ...]]):
    """Return moments of the swept joint, ours and the source's, by joint, N·m, shape (activations, poses, 2).

    The last axis is flexors (and dorsiflexors), extensors (negative). Of the source, only the muscles count that ours
    stand for.
    """
    env = EnvConfig(init_pose="stand")
    walker = build_walker(ModelConfig(musculature=musculature, muscle_model="elastic"), env)
    data = mujoco.MjData(walker.model)
    right = [i for i, name in enumerate(walker.layout.muscle_names) if name.endswith("_r")]
    names = [walker.layout.muscle_names[i][:-2] for i in right]
    constants = make_fibres(walker, np.zeros(walker.model.nuserdata)).constants[right]
    meant = [part for name in names for part in parts.get(name, (name,))]
    columns = [list(samples["muscles"]).index(part) for part in meant]

    def lengths(pose):
        set_pose(walker, data, pose)
        return data.actuator_length[walker.layout.all_muscles][right].copy()

    ours, source = {}, {}
    for j, joint in enumerate(JOINTS):
        poses = samples["poses"][samples["sets"] == j + 1]
        step = np.eye(3)[j] * _STEP
        arms = np.array([-(lengths(p + step) - lengths(p - step)) / np.deg2rad(2 * _STEP) for p in poses])
        paths = [lengths(p) for p in poses]
        forces = np.array([[settle(constants, path, a) for path in paths] for a in (0.01, 0.3, 1.0)])
        ours[joint] = _split(forces * arms)
        chosen = samples["sets"] == j + 1
        source[joint] = _split(samples["force"][:, chosen][:, :, columns] * samples["arm"][chosen][:, columns, j])
    return ours, source


def _split(moments: np.ndarray) -> np.ndarray:
    """Return the sums of positive and of negative moments over muscles, the last axis."""
    return np.stack([np.maximum(moments, 0.0).sum(axis=-1), np.minimum(moments, 0.0).sum(axis=-1)], axis=-1)


def load_samples(name: str = "Rajagopal2016") -> dict[str, np.ndarray]:
    return dict(np.load(OPENSIM / f"{name}.npz"))
