"""The step of a fibre against finer ones, over the paths and excitations of a stride."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.plant.curves import TENDON_FOOT, make_curves, tendon_energy
from myoassist.rollout.muscle import fibre as f
from myoassist.rollout.muscle.tendon import make_fibres
from tests.model.plant.strides import gait_paths

STRIDE = 1.1  # s
CURVES = make_curves()


@pytest.fixture(scope="module")
def muscles():
    walker = build_walker(ModelConfig(muscle_model="elastic"), EnvConfig(init_pose="stand"))
    constants = make_fibres(walker, np.zeros(walker.model.nuserdata)).constants[: len(walker.layout.all_muscles) // 2]
    paths = gait_paths(walker)
    phase = np.linspace(0.0, STRIDE, len(paths))
    paths[-1] = paths[0]
    return constants, CubicSpline(phase, paths, bc_type="periodic")


def activations(t: np.ndarray, n: int) -> np.ndarray:
    """Bursts of half a stride, each muscle at a time of its own, up to 0.8."""
    phase = 2.0 * np.pi * (t[:, None] / STRIDE - np.arange(n) / n)
    return 0.01 + 0.8 * np.maximum(np.sin(phase), 0.0) ** 2


def run(muscles, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return states after every millisecond or step of the second stride, shape (T, n, 8), and their path lengths."""
    constants, spline = muscles
    n = len(constants)
    t = np.arange(0.0, 2.0 * STRIDE, step)
    path, act = spline(t % STRIDE), activations(t, n)
    state = np.zeros((n, f.STATE_SIZE))
    for c, s, p in zip(constants, state, path[0], strict=True):
        along = max((p + c[f.OFFSET] - c[f.SLACK]) / c[f.OPTIMAL], 0.0)
        s[f.LENGTH] = max(np.hypot(along, c[f.WIDTH]), f.shortest(c))
    states = np.zeros((len(t), n, f.STATE_SIZE))
    for k in range(len(t)):
        for i in range(n):
            f.solve_elastic(constants[i], state[i], CURVES, path[k, i], act[k, i], step)
        states[k] = state
    return states, path


@pytest.mark.parametrize(("step", "bound"), [(0.001, 0.002), (0.002, 0.004)])
def test_a_step_agrees_with_twenty_finer_ones(muscles, step, bound):
    fine, _ = run(muscles, step / 20)
    coarse, _ = run(muscles, step)
    half = len(coarse) // 2
    error = (coarse - fine[::20][: len(coarse)])[half:, :, f.TENSION] / muscles[0][:, f.F_MAX]
    rms = np.sqrt((error**2).mean(axis=0))
    assert rms.max() <= bound
    assert np.abs(fine[half:, :, f.TENSION] / muscles[0][:, f.F_MAX]).max() > 0.3


def test_work_of_fibres_and_tendons_is_that_of_the_muscles(muscles):
    step = 0.0001
    constants = muscles[0]
    states, path = run(muscles, step)
    for i, c in enumerate(constants):
        s = states[:, i]
        cosine = np.sqrt(1.0 - (c[f.WIDTH] / s[:, f.LENGTH]) ** 2)
        along = c[f.OPTIMAL] * s[:, f.LENGTH] * cosine
        fibre_force = (s[:, f.ACTIVE] + s[:, f.PASSIVE] + s[:, f.DAMPED]) * cosine

        def work(force, length):
            return float((0.5 * (force[1:] + force[:-1]) * np.diff(length)).sum())

        held = tendon_energy(c[f.EXPONENT] * (1.0 + s[:, f.STRAIN] - TENDON_FOOT))
        held *= c[f.F_MAX] * c[f.SLACK] / c[f.EXPONENT]
        whole = work(s[:, f.TENSION], path[:, i])
        scale = np.abs(np.diff(path[:, i])).sum() * s[:, f.TENSION].mean()
        assert work(fibre_force, along) + held[-1] - held[0] == pytest.approx(whole, abs=1e-4 * scale + 1e-6)


def test_a_rigid_tendon_is_what_a_stiff_one_comes_to(muscles):
    constants, spline = muscles
    t = np.arange(0.0, STRIDE, 0.0005)
    for i in range(len(constants)):
        c = constants[i].copy()
        c[f.EXPONENT] *= 100.0
        path, rate = spline(t)[:, i], spline(t, 1)[:, i]
        stiff, rigid = np.zeros(f.STATE_SIZE), np.zeros(f.STATE_SIZE)
        # The stiff tendon carries its force near 0.995 slack lengths, where its exponent is 0.
        shift = c[f.SLACK] * (1.0 - TENDON_FOOT)
        stiff[f.LENGTH] = 1.0
        errors = []
        for k in range(len(t)):
            f.solve_elastic(c, stiff, CURVES, path[k] - shift, 0.3, 0.0005)
            f.solve_rigid(constants[i], rigid, CURVES, path[k], rate[k], 0.3)
            errors.append((stiff[f.TENSION] - rigid[f.TENSION]) / c[f.F_MAX])
        assert np.sqrt(np.mean(np.square(errors[400:]))) < 0.02


def test_a_slack_muscle_pulls_with_nothing():
    c = np.array([1000.0, 0.1, 0.2, 0.2, -0.2, 10.0, 35.0])
    s = np.zeros(f.STATE_SIZE)
    s[f.LENGTH] = 1.0
    for _ in range(50):
        f.solve_elastic(c, s, CURVES, 0.2, 0.5, 0.001)
    assert s[f.TENSION] == 0.0 and s[f.LENGTH] >= f.shortest(c) and s[f.STRAIN] < 0.0
