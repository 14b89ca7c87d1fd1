"""Schedules of the target speed and the random numbers behind them."""

import numpy as np
import pytest

from myoassist.rl.kernels.draws import (
    HIGH,
    LOW,
    MODE,
    MODES,
    PERIOD,
    PHASE,
    SINUSOIDAL,
    STEP,
    UNIFORM,
    draw,
    follow_schedule,
    seed_streams,
    start_schedule,
)
from tests.rl.walking_batches import make_batch

SPEEDS, PERIODS = np.array([0.8, 1.6]), np.array([2.0, 5.0])
DT = 1.0 / 30.0


def follow(mode, seed=0, steps=600):
    streams, schedule = seed_streams(seed, 1), np.zeros(7)
    start_schedule(schedule, streams, 0, np.array([mode]), SPEEDS, PERIODS)
    drawn = schedule.copy()
    return drawn, np.array([follow_schedule(schedule, streams, 0, k * DT) for k in range(steps)])


def test_uniform_stays():
    starts = []
    for seed in range(40):
        _, values = follow(UNIFORM, seed)
        assert (values == values[0]).all()
        starts.append(values[0])
    assert 0.8 <= min(starts) < 0.95 and 1.45 < max(starts) <= 1.6


def test_sine_follows_its_formula():
    for seed in range(10):
        drawn, values = follow(SINUSOIDAL, seed)
        time = np.arange(600) * DT
        expected = 0.8 + 0.8 * (np.sin(drawn[PHASE] + 2 * np.pi * time / drawn[PERIOD]) + 1) / 2
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        assert 2.0 <= drawn[PERIOD] <= 5.0 and 0.0 <= drawn[PHASE] <= 2 * np.pi
        assert drawn[LOW] == 0.8 and drawn[HIGH] == 1.6


def test_steps_last_a_period():
    for seed in range(10):
        drawn, values = follow(STEP, seed)
        changes = np.flatnonzero(np.diff(values)) + 1
        # The first control step that lies more than a period after the last change.
        assert len(changes) >= 3
        for before, after in zip([0, *changes[:-1]], changes, strict=True):
            assert (after - before) * DT > drawn[PERIOD] >= (after - before - 1) * DT - 1e-9
        assert values.min() >= 0.8 and values.max() <= 1.6


def test_modes_are_drawn_alike():
    counts = np.zeros(3)
    streams = seed_streams(0, 600)
    for i in range(600):
        schedule = np.zeros(7)
        start_schedule(schedule, streams, i, np.arange(3), SPEEDS, PERIODS)
        counts[int(schedule[MODE])] += 1
    assert (np.abs(counts - 200) < 50).all()


def test_streams_are_uniform_and_independent():
    streams = seed_streams(3, 4)
    numbers = np.array([[draw(streams, i) for i in range(4)] for _ in range(4000)])
    assert ((numbers >= 0) & (numbers < 1)).all()
    np.testing.assert_allclose(numbers.mean(axis=0), 0.5, atol=0.02)
    np.testing.assert_allclose(np.corrcoef(numbers.T), np.eye(4), atol=0.06)
    again = seed_streams(3, 2)
    np.testing.assert_array_equal([draw(again, 1) for _ in range(20)], numbers[:20, 1])


def test_an_evaluation_sets_the_schedule():
    batch = make_batch(2, "env.out_of_trajectory_threshold=100", evaluation=True)
    batch.set_target("SINUSOIDAL", 0.0, 1.35, 0.7, 2.0, 5.0)
    batch.reset()
    for k in range(12):
        assert batch.obs[:, -1] == pytest.approx(0.7 + 1.3 * (np.sin(2 * np.pi * max(k - 1, 0) * DT / 5) + 1) / 2)
        batch.step(np.full((2, 24), -0.9))
    batch.set_target("UNIFORM", 0.0, 1.1, 0.7, 1.5, 5.0)
    batch.reset()
    assert batch.obs[:, -1] == pytest.approx(1.1)


def test_a_new_episode_draws_a_new_target():
    batch = make_batch(
        8,
        "env.min_target_velocity=0.5",
        "env.max_target_velocity=2",
        "env.velocity_modes=[UNIFORM]",
        "env.custom_max_episode_steps=2",
        "env.out_of_trajectory_threshold=100",
    )
    batch.reset()
    first = batch.obs[:, -1].copy()
    for _ in range(2):
        batch.step(np.full((8, 24), -0.9))
    assert (batch.ended != 0).all()
    assert (batch.obs[:, -1] != first).all()
    np.testing.assert_array_equal(batch.terminal_obs[:, -1], first)
    assert set(MODES) == {"UNIFORM", "SINUSOIDAL", "STEP"}
