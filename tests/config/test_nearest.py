"""Which known name a mistyped one most likely means, and where none is offered."""

import pytest

from myoassist.config.nearest import nearest_name

JOINTS = ("hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r", "knee_angle_l", "ankle_angle_r")


@pytest.mark.parametrize(
    ("wanted", "known", "near"),
    [
        ("knee_angle_r", JOINTS, "knee_angle_r"),
        ("Knee-Angle R", JOINTS, "knee_angle_r"),
        ("knee_angel_r", JOINTS, "knee_angle_r"),
        ("knee_r", JOINTS, "knee_angle_r"),
        ("KNEE-L", JOINTS, "knee_angle_l"),
        ("kine", ("kinematics", "effort"), "kinematics"),
        # The side is not known, the axis is not, and a word that is there is another one.
        ("knee", JOINTS, None),
        ("knee_angle", ("knee_angle_r", "knee_angle_l"), None),
        ("hip_r", JOINTS, None),
        ("knee_moment_r", JOINTS, None),
        ("target_velocity", ("min_target_velocity", "max_target_velocity"), None),
        ("walk_22", ("walk_26",), None),
        ("r_r", JOINTS, None),
        ("", JOINTS, None),
    ],
)
def test_a_name_is_offered_where_only_one_is_meant(wanted, known, near):
    assert nearest_name(wanted, known) == near
