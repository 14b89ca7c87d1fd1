import numpy as np
import pytest

from myoassist.files.errors import ModelError
from myoassist.gait.muscles import find_muscle_columns
from myoassist.model.plant.muscle_groups import GROUPS
from tests.gait.synthetic_walk import FRONTAL_NAMES, PLANAR_NAMES


def test_columns_follow_names_in_any_order():
    for names, count in ((PLANAR_NAMES, 9), (tuple(reversed(FRONTAL_NAMES)), 11)):
        found = find_muscle_columns(names)
        assert found.columns.shape == (2, count, 1)
        assert found.planar == (count == 9)
        assert names[found.columns[0, found.muscles.index("SOL"), 0]] == "soleus_r"
        assert names[found.columns[1, found.muscles.index("BFSH"), 0]] == "bifemsh_l"


def test_a_group_reads_as_the_mean_of_its_actuators():
    names = tuple(f"{actuator}_{side}" for side in "rl" for group in GROUPS.values() for actuator in group)
    found = find_muscle_columns(names)
    assert len(names) == len(set(names)) == 80
    assert not found.planar
    activation = np.random.default_rng(0).random((3, len(names)))
    read = found.read(activation)
    assert read.shape == (3, 2, 11)
    expected = activation[:, [names.index(f"vas{part}_l") for part in ("int", "lat", "med")]].mean(axis=1)
    np.testing.assert_allclose(read[:, 1, found.muscles.index("VAS")], expected)
    np.testing.assert_allclose(read[:, 0, found.muscles.index("TA")], activation[:, names.index("tibant_r")])


@pytest.mark.parametrize("lost", ["soleus_l", "abd_r"])
def test_a_missing_muscle_is_named(lost):
    with pytest.raises(ModelError, match=lost):
        find_muscle_columns(tuple(n for n in FRONTAL_NAMES if n != lost))
