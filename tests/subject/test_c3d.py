"""Markers of a C3D file are those of the .trc that it was made from."""

from pathlib import Path

import numpy as np
import pytest

from myoassist.subject.recording import read_markers

DATA = Path(__file__).parents[1] / "data" / "opensim" / "subject01"


def test_markers_of_a_c3d_file(tmp_path):
    ezc3d = pytest.importorskip("ezc3d")
    markers = read_markers(DATA / "subject01_walk.trc")
    file = ezc3d.c3d()
    names = list(markers.places)
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"anna:{name}" for name in names]
    file["parameters"]["POINT"]["RATE"]["value"] = [markers.rate]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    points = np.ones((4, len(names), len(markers.time)))
    points[:3] = 1000.0 * np.stack([markers.places[name].T for name in names], axis=1)
    file["data"]["points"] = points
    file.write(str(tmp_path / "walk.c3d"))
    read = read_markers(tmp_path / "walk.c3d")
    assert list(read.places) == names and read.forces is None
    assert read.rate == pytest.approx(60.0, rel=1e-3)
    np.testing.assert_allclose(read.places["R.Heel"], markers.places["R.Heel"], atol=1e-5)
    assert np.isnan(read.places["R.Heel"]).sum() == 0
