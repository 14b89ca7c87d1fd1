"""An own reference gait against the joint ranges of the model that is to follow it."""

import dataclasses

import numpy as np
import pytest

from myoassist.config.schema.run import CostConfig, EnvConfig, ModelConfig
from myoassist.gait.reference.columns import ReferenceFileError
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.model.build import build_walker
from myoassist.optimize.walk.reference_limits import check_limits
from tests.walkers import make_walker

BUILTIN = load_reference_gait()


def moved(column, degrees):
    kinematics = BUILTIN.kinematics.copy()
    # Logged angles fall with clinical ones.
    kinematics[:, column] -= np.deg2rad(degrees)
    return dataclasses.replace(BUILTIN, kinematics=kinematics)


def test_the_built_in_gait_fits_every_model():
    for musculature in (22, 80):
        walker = build_walker(ModelConfig(musculature=musculature), EnvConfig())
        check_limits(walker, BUILTIN, CostConfig(reference="own.csv"))


@pytest.mark.parametrize(
    ("column", "degrees", "words"),
    [
        (3, 28.0, "ankle_dorsiflexion of the left leg"),
        (6, 28.0, "ankle_dorsiflexion of the right leg"),
        (2, -20.0, "knee_flexion of the left leg"),
        (4, -28.0, "hip_flexion of the right leg"),
    ],
)
def test_angles_beyond_a_joint(column, degrees, words):
    walker, config = make_walker(), CostConfig(reference="own.csv")
    with pytest.raises(ReferenceFileError, match=words) as caught:
        check_limits(walker, moved(column, degrees), config)
    assert "cost.reference_offsets" in caught.value.remedy
    check_limits(walker, moved(column, 0.5 * degrees), config)
    name = words.partition(" ")[0]
    check_limits(walker, moved(column, degrees), CostConfig(reference="own.csv", reference_offsets={name: 0.0}))
    check_limits(walker, moved(column, degrees), CostConfig())
