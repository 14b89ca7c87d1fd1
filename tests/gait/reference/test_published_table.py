"""The published gait table, 100 rows of 7 numbers without a header, is a reference as it is."""

import numpy as np
import pytest

from myoassist.gait.reference.columns import ReferenceFileError
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.gait.reference.own import load_reference
from myoassist.gait.reference.published_table import read_published_table

TABLE = load_reference_gait().kinematics


def write(path, table=TABLE, end="\n"):
    path.write_bytes((end.join(",".join(repr(float(value)) for value in row) for row in table) + end).encode())
    return str(path)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_table_is_compared_with_as_it_is(tmp_path, end):
    gait = load_reference(write(tmp_path / "ref_kinematics_radians.csv", end=end))
    np.testing.assert_allclose(gait.kinematics, TABLE, rtol=0, atol=2e-15)
    # It holds no muscle activity.
    assert not gait.emg_known


def test_legs_and_signs_are_not_mixed_up(tmp_path):
    table = TABLE.copy()
    table[:, 4:] *= 1.01
    gait = load_reference(write(tmp_path / "table.csv", table))
    np.testing.assert_allclose(gait.kinematics, table, rtol=0, atol=2e-15)
    columns = read_published_table(tmp_path / "table.csv")
    assert np.rad2deg(columns["knee_flexion_l_rad"].max()) > 50 and np.rad2deg(columns["hip_flexion_l_rad"].max()) > 25


@pytest.mark.parametrize("table", [TABLE[:99], TABLE[:, :6], np.vstack([TABLE, TABLE])])
def test_other_tables_need_names(tmp_path, table):
    with pytest.raises(ReferenceFileError):
        load_reference(write(tmp_path / "table.csv", table))
    assert read_published_table(tmp_path / "table.csv") == {}
