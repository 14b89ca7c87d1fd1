"""Sample muscle lengths, moment arms and forces of an OpenSim model, for `muscle_parameters.py` and tests.

Runs with the Python of an environment that has the `opensim` package, which the project itself does not need:

    <opensim environment>/bin/python scripts/dev/body/opensim_poses.py Rajagopal2016.osim curves.csv out.npz

Poses: the free-speed stride of `schwartz2008_curves.csv`, then each of hip, knee, ankle alone over its range.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import opensim

_JOINTS = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")
_CHANNELS = ("Hip Flex/Extension", "Knee Flex/Extension", "Ankle Dorsi/Plantarflexion")
_ACTIVATIONS = (0.01, 0.3, 1.0)
# Range of each joint alone, deg, flexion and dorsiflexion positive; the others are held.
_SWEEPS = {"hip": (0, -20, 60, (0, 10, 0)), "knee": (1, 5, 100, (20, 0, 0)), "ankle": (2, -30, 20, (0, 5, 0))}
_SAMPLES = 16


def read_gait(path: str) -> np.ndarray:
    """Return hip, knee and ankle over the stride, deg, shape (51, 3); the hip against the upright pelvis."""
    with Path(path).open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == "Joint Rotations"]
    curve = {}
    for row in rows:
        curve.setdefault(row["channel"], []).append(float(row["free_mean"]))
    tilt = np.mean(curve["Pelvic Ant/Posterior Tilt"])
    angles = np.array([curve[name] for name in _CHANNELS]).T
    angles[:, 0] -= tilt
    return angles


def make_poses(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return poses, deg, shape (P, 3), and which set each belongs to (0 gait, 1 hip, 2 knee, 3 ankle)."""
    gait = read_gait(path)
    poses, sets = [*gait], [0] * len(gait)
    for number, (joint, low, high, rest) in enumerate(_SWEEPS.values(), 1):
        for angle in np.linspace(low, high, _SAMPLES):
            pose = np.array(rest, dtype=float)
            pose[joint] = angle
            poses.append(pose)
            sets.append(number)
    return np.array(poses), np.array(sets)


def main(model_file: str, curves: str, out: str) -> None:
    """Sample and write."""
    opensim.Logger.setLevelString("Off")
    model = opensim.Model(model_file)
    state = model.initSystem()
    coordinates = [model.getCoordinateSet().get(name) for name in _JOINTS]
    # Models differ in the sign of knee flexion.
    signs = np.array([1.0, 1.0 if coordinates[1].getRangeMax() > 1.0 else -1.0, 1.0])
    muscles = [model.getMuscles().get(i) for i in range(model.getMuscles().getSize())]
    muscles = [muscle for muscle in muscles if muscle.getName().endswith("_r")]
    poses, sets = make_poses(curves)
    shape = (len(poses), len(muscles))
    length, arm = np.zeros(shape), np.zeros((*shape, 3))
    force, fibre, tendon, along = (np.zeros((len(_ACTIVATIONS), *shape)) for _ in range(4))
    for p, pose in enumerate(poses):
        for coordinate, sign, angle in zip(coordinates, signs, pose, strict=True):
            coordinate.setValue(state, float(np.deg2rad(sign * angle)), False)
            coordinate.setSpeedValue(state, 0.0)
        model.assemble(state)
        model.realizeVelocity(state)
        for m, muscle in enumerate(muscles):
            length[p, m] = muscle.getLength(state)
            for j, coordinate in enumerate(coordinates):
                arm[p, m, j] = signs[j] * muscle.computeMomentArm(state, coordinate)
        for a, activation in enumerate(_ACTIVATIONS):
            for muscle in muscles:
                muscle.setActivation(state, activation)
            model.equilibrateMuscles(state)
            model.realizeDynamics(state)
            for m, muscle in enumerate(muscles):
                force[a, p, m] = muscle.getTendonForce(state)
                fibre[a, p, m] = muscle.getNormalizedFiberLength(state)
                along[a, p, m] = muscle.getFiberLengthAlongTendon(state) / muscle.getOptimalFiberLength()
                tendon[a, p, m] = muscle.getTendonLength(state) / muscle.getTendonSlackLength()
    constants = np.array(
        [
            [
                muscle.getOptimalFiberLength(),
                muscle.getTendonSlackLength(),
                muscle.getMaxIsometricForce(),
                muscle.getPennationAngleAtOptimalFiberLength(),
                muscle.getMaxContractionVelocity(),
            ]
            for muscle in muscles
        ]
    )
    np.savez_compressed(
        out,
        muscles=np.array([muscle.getName().removesuffix("_r") for muscle in muscles]),
        constants=constants,
        poses=poses,
        sets=sets,
        length=length,
        arm=arm.astype(np.float32),
        force=force.astype(np.float32),
        fibre=fibre.astype(np.float32),
        along=along.astype(np.float32),
        tendon=tendon.astype(np.float32),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
