"""How stiff the relaxed leg is: passive moments of people, and those of the fibres of a model over the same postures.

People: Riener & Edrich, "Identification of passive elastic joint moments in the lower extremities", J Biomech 32:539
(1999), their means of ten subjects; each moment knows the neighbouring joints, as muscles over two joints do.

    python scripts/dev/body/passive_moments.py

fits the shares of passive curves that `muscle_parameters.py` rounds and writes into the tables: weighted least squares
over `POSTURES` and the measured strides, of 22 and 80 muscles at once.
"""

import numpy as np
from leg_geometry import leg_geometry

from myoassist.model.plant.curves import TENDON_FOOT, active_force, passive_force, tendon_force
from myoassist.model.plant.joints import LIGAMENTS, Ligament
from myoassist.rollout.muscle import fibre as f

JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
# Postures of walking, deg: hip, knee, ankle, flexion and dorsiflexion positive.
POSTURES = np.array(
    [
        (hip, knee, ankle)
        for hip in (-15.0, 0.0, 15.0, 30.0)
        for knee in (5.0, 20.0, 40.0, 60.0, 70.0)
        for ankle in (-15.0, 0.0, 12.0)
    ]
)


def people_moments(postures: np.ndarray) -> np.ndarray:
    """Return the passive moments of people, N·m, flexion and dorsiflexion positive, of postures in deg; (P, 3)."""
    hip, knee, ankle = np.asarray(postures, dtype=float).T
    at_hip = np.exp(1.4655 - 0.0034 * knee - 0.0750 * hip) - np.exp(1.3403 - 0.0226 * knee + 0.0305 * hip) + 8.072
    bending = np.exp(1.800 + 0.0460 * ankle - 0.0352 * knee + 0.0217 * hip)
    straightening = np.exp(-3.971 + 0.0004 * ankle + 0.0495 * knee - 0.0128 * hip)
    at_knee = bending - straightening - 4.820 + np.exp(2.220 - 0.150 * knee)
    lifting = np.exp(-7.9763 - 0.1949 * ankle + 0.0008 * knee)
    at_ankle = lifting - np.exp(2.1016 + 0.0843 * ankle - 0.0176 * knee) + 1.792
    return np.stack([at_hip, at_knee, at_ankle], axis=1)


def relaxed_tension(constants: np.ndarray, lengths: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return the tendon forces of resting muscles in balance, N, shape (P, n).

    Args:
        constants: Shape (n, 7), columns of `rollout.muscle.fibre`.
        lengths: Path lengths, m, shape (P, n).
        share: Of the passive curve, shape (n,).
    """
    optimal, slack, width, exponent = (constants[:, c] for c in (f.OPTIMAL, f.SLACK, f.WIDTH, f.EXPONENT))
    total = lengths + constants[:, f.OFFSET]
    low, high = np.zeros_like(total), np.full_like(total, 3.0)
    for _ in range(60):
        along = 0.5 * (low + high)
        x = np.sqrt(along**2 + width**2)
        pull = (f.LEAST_ACTIVATION * active_force(x) + share * passive_force(x)) * along / x
        tension = tendon_force(exponent * ((total - optimal * along) / slack - TENDON_FOOT))
        longer = pull < tension
        low, high = np.where(longer, along, low), np.where(longer, high, along)
    return np.asarray(constants[:, f.F_MAX] * tension)


def ligament_moments(ligaments: tuple[Ligament, ...], postures: np.ndarray) -> np.ndarray:
    """Return the moments of ligaments, N·m, shape (P, 3)."""
    held = np.zeros((len(postures), 3))
    for item in ligaments:
        if item.joint in JOINTS:
            column = JOINTS.index(item.joint)
            held[:, column] -= item.direction * item.torque(postures[:, column])
    return held


def fit_shares() -> dict[str, float]:
    """Return the shares of the passive curve, 0.04 to 1, by muscle of the 22."""
    from muscle_parameters import LUMPED
    from person_leg import SPEEDS, build_leg, walked_angles
    from scipy.optimize import least_squares

    names = ("vasti", "rectfem", "hamstrings", "bifemsh", "gastroc", "soleus", "glutmax", "iliopsoas")
    stride = np.concatenate([walked_angles(speed)[::2] for speed in SPEEDS])
    postures = np.concatenate([stride, POSTURES])
    # A stride counts twice as much as the grid; the knee most, the hip, whose flexors no share mends, least.
    rows = np.concatenate([np.full(len(stride), 2.0 / len(stride)), np.full(len(POSTURES), 1.0 / len(POSTURES))])
    weight = np.sqrt(rows)[:, None] * (0.7, 1.5, 1.0)
    wanted = people_moments(postures) - ligament_moments(LIGAMENTS, postures)
    legs = [(size, build_leg(size)) for size in (22, 80)]
    found = [(size, leg.constants, leg_geometry(leg.walker, postures)) for size, leg in legs]

    def off(logs: np.ndarray) -> np.ndarray:
        parts = [0.6 * logs]
        for size, constants, geometry in found:
            share = np.ones(len(constants))
            for name, log in zip(names, logs, strict=True):
                for part in (name,) if size == 22 else LUMPED[name]:
                    share[geometry.names.index(part)] = np.exp(log)
            tension = relaxed_tension(constants, geometry.lengths, share)
            parts.append(((np.einsum("pjn,pn->pj", geometry.arms, tension) - wanted) * weight).ravel())
        return np.concatenate(parts)

    solution = least_squares(off, np.full(len(names), -1.5), bounds=(np.log(0.04), 1e-9))
    return dict(zip(names, np.exp(solution.x).tolist(), strict=True))


if __name__ == "__main__":
    for muscle, value in fit_shares().items():
        print(f"{muscle}: {value:.2f}")
