"""The least sum of cubed activations that gives some moments: Newton's method on the multipliers of the moments.

The problem is convex, so its dual has the same optimum: for multipliers l of the moments M a + s r = t each activation
is a(l) = sqrt((M^T l) / 3) within its bounds, each reserve r(l) = s l / (2 w), and the dual's gradient is what l leaves
of the moments. Its curvature M diag(da/dc) M^T + s^2 / (2 w) jumps where an activation meets a bound, so that steps are
shortened until the dual falls (Qi & Sun, Math Program 58:353, 1993).
"""

import numpy as np

from myoassist.model.kernel import kernel

_STEPS, _HALVINGS, _LEFT, _ARMIJO = 200, 60, 1e-11, 1e-4


def share(
    matrix: np.ndarray, target: np.ndarray, least: float, scale: float, weight: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find activations a and reserves r with the least sum of a^3 and `weight` r^2 that give every sample's moments.

    Args:
        matrix: Moments per activation, N·m, shape (samples, moments, n).
        target: Moments, N·m, shape (samples, moments).
        least: Least activation; the greatest is 1.
        scale: Moment of a reserve of 1, N·m.
        weight: Cost of a squared reserve.

    Returns:
        Activations, shape (samples, n), and reserves, N·m, shape (samples, moments).

    Raises:
        RuntimeError: if a sample has no optimum, with its number.
    """
    unknown = ~(np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(target).all(axis=1))
    if unknown.any():
        raise RuntimeError(f"no optimum at sample {int(np.argmax(unknown))}")
    # Moments in shares of the largest one, so that one tolerance fits all.
    unit = max(float(np.abs(target).max()), 1e-9)
    scaled, wanted = np.ascontiguousarray(matrix / unit), np.ascontiguousarray(target / unit)
    activation, multipliers = np.zeros((len(matrix), matrix.shape[2])), np.zeros(target.shape)
    soft = (scale / unit) ** 2 / (2.0 * weight)
    n = target.shape[1]
    failed = _share(scaled, wanted, least, soft, np.zeros((5, n)), np.zeros((n, n)), multipliers, activation)
    if failed >= 0:
        raise RuntimeError(f"no optimum at sample {failed}")
    return activation, soft * unit * multipliers


@kernel
def _share(
    matrix: np.ndarray,
    target: np.ndarray,
    least: float,
    soft: float,
    rows: np.ndarray,
    curvature: np.ndarray,
    multipliers: np.ndarray,
    activation: np.ndarray,
) -> int:
    """Solve all samples; return the first that does not converge, -1 if all do."""
    left, step, trial, new_left, spare = rows[0], rows[1], rows[2], rows[3], rows[4]
    for k in range(len(matrix)):
        found, a = multipliers[k], activation[k]
        value = _dual(matrix[k], target[k], least, soft, found, a, left)
        for turn in range(_STEPS):
            worst = 0.0
            for j in range(len(left)):
                worst = max(worst, abs(left[j]))
            if worst < _LEFT:
                break
            _curve(matrix[k], least, soft, a, curvature)
            _solve(curvature, left, step, spare)
            slope = 0.0
            for j in range(len(left)):
                slope += left[j] * step[j]
            size = 1.0
            for _ in range(_HALVINGS):
                for j in range(len(left)):
                    trial[j] = found[j] - size * step[j]
                new = _dual(matrix[k], target[k], least, soft, trial, a, new_left)
                if new <= value - _ARMIJO * size * slope + 1e-15 * abs(value):
                    break
                size *= 0.5
            value = new
            for j in range(len(left)):
                found[j] = trial[j]
                left[j] = new_left[j]
            if turn == _STEPS - 1:
                return k
    return -1


@kernel
def _dual(
    matrix: np.ndarray,
    target: np.ndarray,
    least: float,
    soft: float,
    multipliers: np.ndarray,
    a: np.ndarray,
    left: np.ndarray,
) -> float:
    """Set activations and the gradient at multipliers; return the value of the dual, negative, to be made small."""
    value = 0.0
    for j in range(len(left)):
        left[j] = soft * multipliers[j] - target[j]
        value += (0.5 * soft * multipliers[j] - target[j]) * multipliers[j]
    for i in range(len(a)):
        worth = 0.0
        for j in range(len(left)):
            worth += matrix[j, i] * multipliers[j]
        a[i] = min(max(np.sqrt(max(worth, 0.0) / 3.0), least), 1.0)
        value += worth * a[i] - a[i] ** 3
        for j in range(len(left)):
            left[j] += matrix[j, i] * a[i]
    return value


@kernel
def _curve(matrix: np.ndarray, least: float, soft: float, a: np.ndarray, curvature: np.ndarray) -> None:
    n = len(curvature)
    for j in range(n):
        for m in range(n):
            curvature[j, m] = soft if j == m else 0.0
    for i in range(len(a)):
        if least < a[i] < 1.0:
            for j in range(n):
                for m in range(n):
                    curvature[j, m] += matrix[j, i] * matrix[m, i] / (6.0 * a[i])


@kernel
def _solve(matrix: np.ndarray, right: np.ndarray, x: np.ndarray, diagonal: np.ndarray) -> None:
    """Solve a symmetric positive definite system; its lower triangle becomes the factor (Cholesky)."""
    n = len(x)
    for j in range(n):
        rest = matrix[j, j]
        for m in range(j):
            rest -= matrix[j, m] ** 2
        diagonal[j] = np.sqrt(rest)
        for i in range(j + 1, n):
            rest = matrix[i, j]
            for m in range(j):
                rest -= matrix[i, m] * matrix[j, m]
            matrix[i, j] = rest / diagonal[j]
    for j in range(n):
        rest = right[j]
        for m in range(j):
            rest -= matrix[j, m] * x[m]
        x[j] = rest / diagonal[j]
    for j in range(n - 1, -1, -1):
        rest = x[j]
        for m in range(j + 1, n):
            rest -= matrix[m, j] * x[m]
        x[j] = rest / diagonal[j]
