"""What the muscles of the human body cost along the measured gait of people, and what they have to do for it.

    python scripts/dev/body/person_cost.py --curves schwartz2008_curves.csv [--musculature 80]

Angles and moments of hip, knee and ankle at free speed (Schwartz 2008) are given. Static optimization (least sum of
cubed activations, rigid tendons, as Crowninshield and Brand 1981) finds activations; with these, elastic fibres are
moved along the stride until it repeats, and the energy models read their states. Moments at other joints of the leg are
not tracked, so that the frontal muscles rest.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.gait.energy import ENERGY_MODELS, energy_by_muscle, muscle_mass
from myoassist.model.build import build_walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.curves import make_curves
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from myoassist.rollout.muscle import fibre as f
from myoassist.rollout.muscle.tendon import make_fibres

SPEED, LEG, STRIDE = 1.28, 0.9, 1.08  # m/s, m, s: free speed, 0.429 sqrt(g L)
_ANGLES = ("Hip Flex/Extension", "Knee Flex/Extension", "Ankle Dorsi/Plantarflexion")
_MOMENTS = ("Hip Ext/Flexion", "Knee Ext/Flexion", "Ankle Dorsi/Plantarflexion")
# Moments of the data are extension and plantarflexion positive, arms here flexion and dorsiflexion positive.
_MOMENT_SIGN = -1.0
_LEAST, _RESERVE = 0.01, 1000.0


@dataclass(frozen=True)
class Stride:
    """A stride of the right leg.

    Attributes:
        names: Muscles.
        activation: Shape (51, n).
        reserve: What the muscles could not do, N·m, shape (51, 3).
        moment: What they had to do, N·m, shape (51, 3).
        log: Log of the last of the simulated strides, one leg.
    """

    names: list[str]
    activation: np.ndarray
    reserve: np.ndarray
    moment: np.ndarray
    log: WalkLog


def read_curves(path: Path, group: str, names: tuple[str, ...]) -> np.ndarray:
    """Return curves at free speed, shape (51, len(names))."""
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == group]
    return np.array([[float(row["free_mean"]) for row in rows if row["channel"] == name] for name in names]).T


def solve(curves: Path, musculature: int) -> Stride:
    """Find activations, then move elastic fibres along the stride."""
    angles = read_curves(curves, "Joint Rotations", _ANGLES)
    angles[:, 0] -= read_curves(curves, "Joint Rotations", ("Pelvic Ant/Posterior Tilt",)).mean()
    angles[-1] = angles[0]
    walker = build_walker(ModelConfig(musculature=musculature, plant="human_1"), EnvConfig(init_pose="stand"))
    model, layout = walker.model, walker.layout
    moment = _MOMENT_SIGN * walker.mass * read_curves(curves, "Joint Moments", _MOMENTS)
    data = mujoco.MjData(model)
    right = [i for i, name in enumerate(layout.muscle_names) if name.endswith("_r")]
    actuators = layout.all_muscles[right]
    constants = make_fibres(walker, np.zeros(model.nuserdata)).constants[right]
    couplings = find_couplings(model)

    def paths(pose: np.ndarray) -> np.ndarray:
        data.qpos[:] = model.key_qpos[layout.keyframe]
        data.qpos[layout.qpos_leg[0, :3]] = np.deg2rad(pose) * (1.0, -1.0, 1.0) * layout.sign_leg[0, :3]
        for address in (layout.qpos_leg[0, 3], layout.qpos_add[0], layout.qpos_rot[0]):
            if address >= 0:
                data.qpos[address] = 0.0
        follow_couplings(couplings, model.qpos0, data.qpos)
        mujoco.mj_fwdPosition(model, data)
        return data.actuator_length[actuators].copy()

    lengths = np.array([paths(pose) for pose in angles])
    lengths[-1] = lengths[0]
    spline = CubicSpline(np.linspace(0.0, STRIDE, len(lengths)), lengths, bc_type="periodic")
    rates = spline(np.linspace(0.0, STRIDE, len(lengths)), 1)
    step = 0.2
    arms = np.array(
        [[-(paths(pose + d) - paths(pose - d)) / np.deg2rad(2.0 * step) for d in step * np.eye(3)] for pose in angles]
    )
    activation, reserve = _optimize(constants, lengths, rates, arms, moment)
    log = _move(walker, right, constants, spline, activation)
    return Stride([layout.muscle_names[i][:-2] for i in right], activation, reserve, moment, log)


def _optimize(
    constants: np.ndarray, lengths: np.ndarray, rates: np.ndarray, arms: np.ndarray, moment: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return activations and reserve moments of every sample."""
    curves, n = make_curves(), len(constants)
    activation, reserve = np.zeros((len(lengths), n)), np.zeros((len(lengths), 3))
    guess = np.full(n + 3, 0.05)
    for k in range(len(lengths)):
        force = np.zeros((2, n))
        for i in range(n):
            s = np.zeros(f.STATE_SIZE)
            for row, a in zip(force, (_LEAST, 1.0), strict=True):
                f.solve_rigid(constants[i], s, curves, lengths[k, i], rates[k, i], a)
                row[i] = s[f.TENSION]
        gain = arms[k] * (force[1] - force[0]) / (1.0 - _LEAST)
        target = moment[k] - arms[k] @ (force[0] - _LEAST * (force[1] - force[0]) / (1.0 - _LEAST))
        scale = 10.0  # N·m of a reserve of 1

        def cost(x: np.ndarray) -> float:
            return float((x[:n] ** 3).sum() + _RESERVE * (x[n:] ** 2).sum())

        def slope(x: np.ndarray) -> np.ndarray:
            return np.concatenate([3.0 * x[:n] ** 2, 2.0 * _RESERVE * x[n:]])

        matrix = np.hstack([gain, scale * np.eye(3)])
        found = minimize(
            cost,
            guess,
            jac=slope,
            method="SLSQP",
            bounds=[(_LEAST, 1.0)] * n + [(None, None)] * 3,
            constraints={
                "type": "eq",
                "fun": lambda x, m=matrix, t=target: (m @ x - t) / 50.0,
                "jac": lambda x, m=matrix: m / 50.0,
            },
            options={"maxiter": 300, "ftol": 1e-8},
        )
        activation[k], reserve[k] = found.x[:n], scale * found.x[n:]
        guess = found.x
    return activation, reserve


def _move(walker, right: list[int], constants: np.ndarray, spline: CubicSpline, activation: np.ndarray) -> WalkLog:  # noqa: ANN001
    """Move elastic fibres over three strides and return a log of the last."""
    n, step, curves = len(constants), 0.001, make_curves()
    times = np.arange(0.0, STRIDE, step)
    phase = np.linspace(0.0, STRIDE, len(activation))
    drive = np.array([np.interp(times, phase, column) for column in activation.T]).T
    names = tuple(walker.layout.muscle_names[i] for i in right)
    layout = LogLayout(names, constants[:, f.F_MAX], constants[:, f.OPTIMAL])
    flat = np.zeros((len(times), layout.size))
    state = np.zeros((n, f.STATE_SIZE))
    state[:, f.LENGTH] = 1.0
    path = spline(times)
    for turn in range(3):
        for k in range(len(times)):
            for i in range(n):
                f.solve_elastic(constants[i], state[i], curves, path[k, i], drive[k, i], step)
            if turn == 2:
                layout.view(flat[k : k + 1], "fiber_length")[0] = state[:, f.LENGTH]
                layout.view(flat[k : k + 1], "fiber_velocity")[0] = state[:, f.SPEED]
                # The models read the force of the contractile part.
                layout.view(flat[k : k + 1], "muscle_force")[0] = state[:, f.ACTIVE]
    layout.view(flat, "activation")[:] = layout.view(flat, "excitation")[:] = drive
    return WalkLog(layout, flat, step, len(times), walker.mass, Outcome.SURVIVED)


def main() -> None:
    """Solve and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curves", type=Path, required=True, help="schwartz2008_curves.csv")
    parser.add_argument("--musculature", type=int, default=80, choices=(22, 26, 80))
    arguments = parser.parse_args()
    stride = solve(arguments.curves, arguments.musculature)
    log = stride.log
    peak = np.abs(stride.moment).max(axis=0)
    rms = np.sqrt((stride.reserve**2).mean(axis=0))
    for joint, row in zip(
        ("hip", "knee", "ankle"), zip(peak, rms, np.abs(stride.reserve).max(axis=0), strict=True), strict=True
    ):
        print(f"{joint}: largest moment {row[0]:.0f} N·m, reserve rms {row[1]:.1f}, at most {row[2]:.1f}")
    print(f"muscle mass of both legs {2.0 * muscle_mass(log).sum():.2f} kg, body {log.mass:.1f} kg")
    for name, (function, rest) in ENERGY_MODELS.items():
        power = 2.0 * function(log).total.sum(axis=1).mean() + rest * log.mass
        print(f"{name}: {power / (log.mass * SPEED):.2f} J/kg/m at {SPEED} m/s")
    rows = energy_by_muscle(log, "umberger_060", 0, log.n_steps)
    print("muscle: largest activation, fibre length, positive work, negative work, heat (W, one leg)")
    for i, name in enumerate(stride.names):
        done = rows[f"{name}_r"]
        lengths = log.fiber_length[:, i]
        print(
            f"{name}: {stride.activation[:, i].max():.2f}, {lengths.min():.2f}-{lengths.max():.2f}, "
            f"{done[0]:.1f}, {done[1]:.1f}, {done[2]:.1f}"
        )


if __name__ == "__main__":
    main()
