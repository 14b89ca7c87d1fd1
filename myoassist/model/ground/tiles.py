"""Ground made of the tiles of `myoassist-terrains`: stairs, gaps, stones, boulders and more, from a JSON file."""

import tempfile
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from myoassist.config.nearest import nearest_name
from myoassist.config.sources.shipped import models_folder
from myoassist.files.errors import ModelError
from myoassist.model.ground.height_field import HeightField

_SPACING = 0.1  # m, of the heights that are kept beside the geoms
_MOST_NODES = 200_000
_KINDS: tuple[mujoco.mjtGeom, ...] = (
    mujoco.mjtGeom.mjGEOM_BOX,
    mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    mujoco.mjtGeom.mjGEOM_HFIELD,
)
_KINDS += (mujoco.mjtGeom.mjGEOM_PLANE,)


def list_tiles() -> dict[str, Path]:
    """Return the grounds in `models/terrains` by name, sorted."""
    return {path.stem: path for path in sorted((models_folder() / "terrains").glob("*.json"))}


def read_tiles(name: str) -> Any:
    """Read the description of a ground.

    Args:
        name: Name of a file in `models/terrains`, or a path.

    Returns:
        Configuration of `myoassist_terrains`.

    Raises:
        ModelError: if there is no such file or the package refuses what is in it.
    """
    from myoassist_terrains.config import load_config

    known = list_tiles()
    path = known.get(name, Path(name).expanduser())
    if not path.is_file():
        near = nearest_name(name, known)
        raise ModelError(
            f"env.terrain=tile with env.terrain_params={name}: there is no such ground",
            f"a JSON file, or one of {', '.join(known) or 'none'}",
            f"env.terrain_params={near or '<one of these>'}",
        )
    try:
        return load_config(path)
    except (OSError, ArithmeticError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refuse(name, error) from error


def _refuse(name: str, error: Exception) -> ModelError:
    return ModelError(
        f"env.terrain_params={name} is not a ground: {error}",
        "a JSON file of myoassist-terrains",
        "docs/rl-environment.md shows one",
    )


def add_tiles(spec: mujoco.MjSpec, name: str, contact: dict) -> None:
    """Add the geoms of a ground to a spec.

    Args:
        spec: Spec to add to.
        name: Name or path of its JSON file.
        contact: Properties of the contact with the ground.

    Raises:
        ModelError: if it cannot be built.
    """
    from myoassist_terrains import build_terrain

    config = read_tiles(name)
    try:
        with tempfile.TemporaryDirectory() as folder:
            # Elevations go through picture files, which have to be there until this is compiled.
            tiles = build_terrain(config, output_dir=Path(folder)).compile()
    except (ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise _refuse(name, error) from error
    for i in range(tiles.ngeom):
        geom = tiles.geom(i)
        kind = mujoco.mjtGeom(int(geom.type[0]))
        if kind not in _KINDS:
            raise ModelError(f"tile {geom.name} of {name} is a {kind.name}", "boxes, ellipsoids, fields and planes")
        if geom.rgba[3] == 0.0:
            # An invisible floor under the tiles; an episode ends before a walker lands on it.
            continue
        added = spec.worldbody.add_geom(
            name=f"ground_{geom.name or i}", type=kind, pos=geom.pos, quat=geom.quat, **contact
        )
        added.rgba = geom.rgba
        if kind == mujoco.mjtGeom.mjGEOM_HFIELD:
            added.hfieldname = _copy_field(spec, tiles, int(tiles.geom_dataid[i]))
        else:
            added.size = geom.size


def _copy_field(spec: mujoco.MjSpec, tiles: mujoco.MjModel, field: int) -> str:
    name = f"ground_{tiles.hfield(field).name}"
    rows, columns = int(tiles.hfield_nrow[field]), int(tiles.hfield_ncol[field])
    data = tiles.hfield_data[tiles.hfield_adr[field] :][: rows * columns]
    spec.add_hfield(name=name, nrow=rows, ncol=columns, size=tiles.hfield_size[field], userdata=data)
    return name


def sample_tiles(name: str) -> HeightField:
    """Return the heights of a ground on a grid over all of it.

    Args:
        name: Name or path of its JSON file.
    """
    from myoassist_terrains.config import UniformTerrainConfig
    from myoassist_terrains.surface import TerrainSurface

    config = read_tiles(name)
    if isinstance(config, UniformTerrainConfig):
        width = length = config.extent
    else:
        grid, border = config.grid, config.border.width
        width = grid.cols * grid.tile_size[0] + (grid.cols - 1) * border
        length = grid.rows * grid.tile_size[1] + (grid.rows - 1) * border
    spacing = max(_SPACING, float(np.sqrt(width * length / _MOST_NODES)))
    x, y = (np.linspace(-0.5 * size, 0.5 * size, max(round(size / spacing), 1) + 1) for size in (width, length))
    surface = TerrainSurface(config)
    heights = np.array([[surface.height_at(float(a), float(b)) for a in x] for b in y])
    return HeightField(heights, float(x[0]), float(y[0]), float(x[1] - x[0]), float(y[1] - y[0]))
