"""Shares of moments among muscles: the least sum of cubes, as a general optimizer finds it."""

import numpy as np
import pytest
from least_cubes import share
from scipy.optimize import minimize

LEAST, SCALE, WEIGHT = 0.01, 10.0, 1000.0


def make_problem(muscles, samples, strong=1.0):
    random = np.random.default_rng(3)
    matrix = random.normal(0.0, 0.05, (samples, 3, muscles)) * random.uniform(500.0, 3000.0, (samples, 1, muscles))
    truth = random.uniform(LEAST, 0.5, (samples, muscles))
    return matrix, strong * np.einsum("kjn,kn->kj", matrix, truth), truth


def cost(activation, reserve):
    return (activation**3).sum(axis=1) + WEIGHT * ((reserve / SCALE) ** 2).sum(axis=1)


@pytest.mark.parametrize(("muscles", "strong"), [(11, 1.0), (40, 1.0), (11, 3.0), (2, 1.0)])
def test_shares_are_those_of_a_general_optimizer(muscles, strong):
    """Also where bounds hold (moments that ask for full activation) and where two muscles cannot give three moments."""
    matrix, target, _ = make_problem(muscles, 4, strong)
    activation, reserve = share(matrix, target, LEAST, SCALE, WEIGHT)
    np.testing.assert_allclose(np.einsum("kjn,kn->kj", matrix, activation) + reserve, target, atol=1e-6)
    assert activation.min() >= LEAST
    assert activation.max() <= 1.0
    if strong > 1.0:
        assert activation.max() == 1.0
    unit = np.abs(target).max()
    for k in range(len(matrix)):
        both = np.hstack([matrix[k], SCALE * np.eye(3)]) / unit
        found = minimize(
            lambda x: float((x[:-3] ** 3).sum() + WEIGHT * (x[-3:] ** 2).sum()),
            np.concatenate([np.full(muscles, 0.05), np.zeros(3)]),
            jac=lambda x: np.concatenate([3.0 * x[:-3] ** 2, 2.0 * WEIGHT * x[-3:]]),
            method="SLSQP",
            bounds=[(LEAST, 1.0)] * muscles + [(None, None)] * 3,
            constraints={
                "type": "eq",
                "fun": lambda x, m=both, t=target[k] / unit: m @ x - t,
                "jac": lambda x, m=both: m,
            },
            options={"maxiter": 1000, "ftol": 1e-10},
        )
        assert found.success
        ours = cost(activation[[k]], reserve[[k]])[0]
        assert ours <= found.fun + 1e-7 * max(1.0, found.fun)
        np.testing.assert_allclose(activation[k], found.x[:-3], atol=5e-3)
        np.testing.assert_allclose(reserve[k], SCALE * found.x[-3:], atol=1e-3 * max(1.0, np.abs(reserve[k]).max()))


def test_shares_are_optimal():
    """Where no bound holds, the slope of the cost is a sum of the slopes of the moments (Karush, Kuhn and Tucker)."""
    matrix, target, truth = make_problem(9, 4)
    activation, reserve = share(matrix, target, LEAST, SCALE, WEIGHT)
    assert np.abs(reserve).max() < 0.05
    assert (cost(activation, reserve) <= (truth**3).sum(axis=1) + 1e-12).all()
    for a, slopes, r in zip(activation, matrix, reserve, strict=True):
        free = (a > LEAST) & (a < 1.0)
        assert free.sum() > 3
        # What a reserve costs tells the same multipliers.
        multipliers = 2.0 * WEIGHT * r / SCALE**2
        np.testing.assert_allclose(slopes[:, free].T @ multipliers, 3.0 * a[free] ** 2, rtol=1e-6)
        assert (slopes[:, a == LEAST].T @ multipliers <= 3.0 * LEAST**2).all()


def test_a_sample_without_a_number_is_named():
    matrix, target, _ = make_problem(9, 4)
    matrix[2, 0, 0] = np.nan
    with pytest.raises(RuntimeError, match="no optimum at sample 2"):
        share(matrix, target, LEAST, SCALE, WEIGHT)
