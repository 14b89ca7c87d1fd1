"""Heights of uneven ground, on the grid of the published height field."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig
from myoassist.files.errors import ModelError
from myoassist.model.world_frame import move_geom

# The published grid: columns along x, rows along y.
ROWS, COLUMNS = 100, 500
HALF_LENGTH, HALF_WIDTH, BASE = 50.0, 10.0, 30.0  # m
CENTRE_X = 40.0  # m
_CELL = 0.2  # m, the cell that published periods and slopes are counted in
_ORIGIN_COLUMN, _ORIGIN_ROW = 50, 50
_RAMP_START = 5  # columns past the origin
_SAFE_CELLS = 15  # 3 m around the origin
_SAFE_SCALE = 3.0


@dataclass(frozen=True)
class HeightField:
    """Ground above z = 0 on a regular grid.

    Attributes:
        heights: Heights of the nodes, rows along y, columns along x, m, shape (rows, columns).
        x: Place of the first column, m.
        y: Place of the first row, m.
        dx: Distance of columns, m.
        dy: Distance of rows, m.
    """

    heights: np.ndarray
    x: float
    y: float
    dx: float
    dy: float

    @property
    def lowest(self) -> float:
        """Lowest node, m."""
        return float(self.heights.min())

    @property
    def relief(self) -> float:
        """Highest minus lowest node, m."""
        return float(np.ptp(self.heights))

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the height of points, m; of the nearest edge beyond the grid.

        Each cell is two triangles that meet on the diagonal from its first to its last node, as in MuJoCo.
        """
        rows, columns = self.heights.shape
        u = np.clip((np.asarray(x, dtype=float) - self.x) / self.dx, 0.0, columns - 1.0)
        v = np.clip((np.asarray(y, dtype=float) - self.y) / self.dy, 0.0, rows - 1.0)
        c = np.minimum(u.astype(np.int64), columns - 2)
        r = np.minimum(v.astype(np.int64), rows - 2)
        u, v = u - c, v - r
        h = self.heights
        first, last = h[r, c], h[r + 1, c + 1]
        below = first + (h[r, c + 1] - first) * u + (last - h[r, c + 1]) * v
        above = first + (last - h[r + 1, c]) * u + (h[r + 1, c] - first) * v
        return np.where(u >= v, below, above)

    def smoothed(self, reach: float) -> "HeightField":
        """Return the same ground with every node averaged over a square that reaches as far to each side, m."""
        heights = self.heights
        for axis, spacing in ((0, self.dy), (1, self.dx)):
            n = max(round(reach / spacing), 0)
            padded = np.pad(heights, [(n, n) if a == axis else (0, 0) for a in range(2)], mode="edge")
            total = np.cumsum(np.insert(padded, 0, 0.0, axis=axis), axis=axis)
            window, length = 2 * n + 1, heights.shape[axis]
            ends = np.take(total, np.arange(window, window + length), axis=axis)
            heights = (ends - np.take(total, np.arange(length), axis=axis)) / window
        return HeightField(heights, self.x, self.y, self.dx, self.dy)


def make_height_field(env: EnvConfig, seed: int) -> HeightField | None:
    """Return the uneven ground of a configuration; None on level ground and with tiles.

    Args:
        env: `terrain` and `terrain_params`, which are checked.
        seed: Seed of random ground.

    Raises:
        ModelError: if the numbers do not fit the kind of ground.
    """
    if env.terrain in ("flat", "tile"):
        return None
    numbers = _read_numbers(env)
    if env.terrain == "random":
        heights = np.random.default_rng(seed).uniform(0.0, numbers[0], (ROWS, COLUMNS)) * _safe_zone()
    elif env.terrain == "slope":
        ramp = np.maximum(np.arange(COLUMNS) - _ORIGIN_COLUMN - _RAMP_START, 0) * numbers[0] * _CELL
        heights = np.tile(ramp, (ROWS, 1))
    else:
        heights = _waves(numbers) * _safe_zone()
    return published_grid(heights)


def published_grid(heights: np.ndarray) -> HeightField:
    """Return heights of shape (100, 500) in the place of the published height field."""
    return HeightField(
        heights,
        CENTRE_X - HALF_LENGTH,
        -HALF_WIDTH,
        2.0 * HALF_LENGTH / (COLUMNS - 1),
        2.0 * HALF_WIDTH / (ROWS - 1),
    )


def _read_numbers(env: EnvConfig) -> list[float]:
    try:
        numbers = [float(word) for word in env.terrain_params.split()]
    except ValueError:
        numbers = []
    count = len(numbers)
    if not (count and count % 4 == 0 if env.terrain == "harmonic_sinusoidal" else count == 1):
        raise ModelError(
            f"env.terrain={env.terrain} with env.terrain_params={env.terrain_params!r}",
            "groups of four numbers" if env.terrain == "harmonic_sinusoidal" else "one number",
            "docs/rl-environment.md lists them",
        )
    return numbers


def _waves(numbers: list[float]) -> np.ndarray:
    """Return the published sum of sines, lifted so that nothing lies below 0; periods count cells."""
    rows, columns = np.arange(ROWS)[:, None], np.arange(COLUMNS)[None, :]
    heights = np.zeros((ROWS, COLUMNS))
    for a_row, period_row, a_column, period_column in np.reshape(numbers, (-1, 4)):
        heights = heights + a_row * np.sin(2.0 * np.pi * rows / period_row)
        phase = 2.0 * np.pi * columns / period_column - 2.0 * np.pi * _ORIGIN_COLUMN - 0.5 * np.pi
        heights = heights + a_column * np.sin(phase)
    return heights - min(float(heights.min()), 0.0)


def _safe_zone() -> np.ndarray:
    """Return the factor that lets heights vanish at the start, shape (100, 500)."""
    dy = (np.arange(ROWS) - _ORIGIN_ROW)[:, None] * _CELL
    dx = (np.arange(COLUMNS) - _ORIGIN_COLUMN)[None, :] * _CELL
    near = np.clip(np.sqrt(dy**4 + dx**4) / _SAFE_SCALE, 0.0, 1.0)
    inside = np.zeros((ROWS, COLUMNS), dtype=bool)
    inside[
        _ORIGIN_ROW - _SAFE_CELLS : _ORIGIN_ROW + _SAFE_CELLS,
        _ORIGIN_COLUMN - _SAFE_CELLS : _ORIGIN_COLUMN + _SAFE_CELLS,
    ] = True
    return np.where(inside, near, 1.0)


def scale_height_field(model: mujoco.MjModel, geom: int, field: HeightField, factor: float) -> None:
    """Multiply the heights of a compiled height field, in place; no simulation of the model may be running.

    Args:
        model: Compiled model, whose elevations are normalized.
        geom: Its height-field geom.
        field: Heights at factor 1.
        factor: From 0, level, to 1.
    """
    move_geom(model, geom, (None, None, factor * field.lowest))
    model.hfield_size[model.geom_dataid[geom], 2] = factor * max(field.relief, 1e-6)
