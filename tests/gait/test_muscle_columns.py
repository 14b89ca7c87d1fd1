import pytest
from synthetic_walk import FRONTAL_NAMES, PLANAR_NAMES

from myoassist.config.errors import ModelError
from myoassist.gait.muscles import find_muscle_columns


def test_columns_follow_names_in_any_order():
    for names, count in ((PLANAR_NAMES, 9), (tuple(reversed(FRONTAL_NAMES)), 11)):
        found = find_muscle_columns(names)
        assert found.columns.shape == (2, count)
        assert found.planar == (count == 9)
        assert names[found.columns[0, found.muscles.index("SOL")]] == "soleus_r"
        assert names[found.columns[1, found.muscles.index("BFSH")]] == "bifemsh_l"


@pytest.mark.parametrize("lost", ["soleus_l", "abd_r"])
def test_a_missing_muscle_is_named(lost):
    with pytest.raises(ModelError, match=lost):
        find_muscle_columns(tuple(n for n in FRONTAL_NAMES if n != lost))
