"""Fit the fixed geometry of the fast physics and store it: `python scripts/dev/fit_fast_geometry.py`.

Least squares of tendon length and moment arm over hip -20..45, knee -80..0 and ankle -30..20 deg. The knee is first
fitted as a hinge to the path of the tibia; each muscle then on its own. The mean length is free: it is a slack length,
which the muscle's length range takes up. Lengths and arms of the full model include the coupled coordinates.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict

import mujoco
import numpy as np
from scipy.optimize import differential_evolution, least_squares

from myoassist.config.schema.run import ModelConfig
from myoassist.model.build import compose_spec
from myoassist.model.fast.geometry import (
    DATA,
    KNEE_HEIGHT,
    PATHS,
    FittedGeometry,
    FittedPath,
    simplify_geometry,
)
from myoassist.model.plant.fast_fit import GRID, LengthSampler, measure_errors

LENGTH_TOLERANCE = 0.01  # of the muscle's length range
ARM_TOLERANCE = 0.03  # of the muscle's largest moment arm about that joint

# Search ranges of points (around their place in the full model), guide centre and radius, m.
_POINT_REACH = 0.035
_GUIDE_BOUNDS = {
    "femur": [(-0.03, 0.02), (-0.43, -0.38), (0.015, 0.05)],
    "tibia": [(-0.03, 0.02), (-0.05, 0.03), (0.004, 0.05)],
}


def fit_hinge(full: LengthSampler) -> tuple[list[float], list[float]]:
    """Return the knee centre in the femur and in the tibia frame that best follows the tibia's path."""
    first, last, step = GRID["knee_angle"]
    angles = np.deg2rad(np.arange(first, last + step / 2, step / 2))
    origins = []
    for angle in angles:
        data = full.pose({"knee_angle_r": angle})
        femur = data.body("femur_r")
        origins.append((femur.xmat.reshape(3, 3).T @ (data.body("tibia_r").xpos - femur.xpos))[:2])
    target = np.array(origins)
    cos, sin = np.cos(angles), np.sin(angles)

    def residual(p: np.ndarray) -> np.ndarray:
        rotated = np.stack([cos * p[2] - sin * p[3], sin * p[2] + cos * p[3]], axis=1)
        return (p[:2] - rotated - target).ravel()

    solution = least_squares(residual, [0.0, -0.4, 0.0, 0.0]).x
    return solution[:2].tolist(), solution[2:].tolist()


def fit_muscle(muscle: str, model: mujoco.MjModel, target: LengthSampler, seed: int = 0) -> FittedPath:
    """Fit path points and guide of a muscle.

    Args:
        muscle: Name in PATHS.
        model: Simplified model, whose points and guide of this muscle are moved about.
        target: Full model.
        seed: Seed of the global search that precedes the least squares.
    """
    path = PATHS[muscle]
    length, arms = target.sample(muscle, "r")
    sampler = LengthSampler(model)
    arrays = []
    bounds = []
    for template in path.points:
        name = template.format(s="r")
        body = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, name)
        array, index = (model.body_pos, body) if body >= 0 else (model.site_pos, model.site(name).id)
        for axis in range(2):
            arrays.append((array, index, axis))
            reach = _POINT_REACH * (2.0 if path.guide and axis == 1 else 1.0)
            bounds.append((array[index, axis] - reach, array[index, axis] + reach))
    if path.guide:
        guide = model.geom(f"{muscle}_r_guide").id
        arrays += [(model.geom_pos, guide, 0), (model.geom_pos, guide, 1), (model.geom_size, guide, 0)]
        bounds += _GUIDE_BOUNDS[path.guide.body]

    def residual(x: np.ndarray) -> np.ndarray:
        for (array, index, axis), value in zip(arrays, x, strict=True):
            array[index, axis] = value
        own_length, own_arms = sampler.sample(muscle, "r")
        difference = own_length - length
        rows = [(difference - difference.mean()).ravel() / np.ptp(length) / LENGTH_TOLERANCE]
        rows += [((a - b) / np.abs(b).max() / ARM_TOLERANCE).ravel() for a, b in zip(own_arms, arms, strict=True)]
        return np.concatenate(rows) / np.sqrt(length.size)

    def total(x: np.ndarray) -> float:
        return float((residual(x) ** 2).sum())

    found = differential_evolution(total, bounds, seed=seed, maxiter=60, popsize=12, polish=False, tol=1e-8)
    low, high = (np.array(b) for b in zip(*bounds, strict=True))
    start = np.clip(found.x, low + 1e-6, high - 1e-6)
    x = least_squares(residual, start, x_scale=0.005, diff_step=1e-5, bounds=(low, high)).x
    x = x if total(x) < found.fun else found.x
    n = 2 * len(path.points)
    points = x[:n].reshape(-1, 2).tolist()
    if path.guide is None:
        return FittedPath(points)
    return FittedPath(points, x[n : n + 2].tolist(), float(x[n + 2]))


def fit_geometry(report: Callable[[str], None] = print) -> FittedGeometry:
    """Fit knee and muscles of the right leg and measure both legs."""
    full = LengthSampler(compose_spec(ModelConfig()).compile())
    hinge_femur, hinge_tibia = fit_hinge(full)
    blank = {
        name: FittedPath(
            [_rest(full.model, point) for point in path.points],
            [0.0, KNEE_HEIGHT[path.guide.body]] if path.guide else [],
            0.02,
        )
        for name, path in PATHS.items()
    }
    fit = FittedGeometry(hinge_femur, hinge_tibia, blank)
    for muscle in PATHS:
        spec = compose_spec(ModelConfig())
        simplify_geometry(spec, fit)
        fit.paths[muscle] = fit_muscle(muscle, spec.compile(), full)
    spec = compose_spec(ModelConfig())
    simplify_geometry(spec, fit)
    fast = LengthSampler(spec.compile())
    for muscle in PATHS:
        sides = [measure_errors(muscle, fast, full, side) for side in ("r", "l")]
        fit.paths[muscle].slack = [errors.pop("slack") for errors in sides]
        fit.errors[muscle] = {key: max(errors[key] for errors in sides) for key in sides[0]}
        report(f"{muscle:11s} " + "  ".join(f"{key} {value:.2f} %" for key, value in fit.errors[muscle].items()))
    return fit


def _rest(model: mujoco.MjModel, template: str) -> list[float]:
    name = template.format(s="r")
    body = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, name)
    position = model.body_pos[body] if body >= 0 else model.site_pos[model.site(name).id]
    return position[:2].tolist()


def main() -> None:
    """Fit and store."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    fit = fit_geometry()
    DATA.write_text(json.dumps(asdict(fit), indent=1) + "\n")


if __name__ == "__main__":
    main()
