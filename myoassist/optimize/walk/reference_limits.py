"""Refuse an own reference gait that the joints of the model cannot follow."""

import numpy as np

from myoassist.config.schema.run import CostConfig
from myoassist.gait.angles import CLINICAL_JOINTS, to_clinical
from myoassist.gait.reference.columns import ReferenceFileError
from myoassist.gait.reference.edits import FILE_KEY, ReferenceEdits
from myoassist.gait.reference.gait import ReferenceGait
from myoassist.model.build import Walker
from myoassist.model.layout import LEG_JOINTS

# How far beyond the end of a joint's range a reference may go, deg: knees overstretch by 10, and the ranges of the
# models differ from each other by as much.
MARGIN_DEG = 15.0
# Coordinates that turn about the axis which points right, to the angles of the reference.
_CLINICAL = np.array([1.0, -1.0, 1.0])


def check_limits(walker: Walker, gait: ReferenceGait, config: CostConfig) -> None:
    """Refuse an own reference gait of which an angle lies beyond the range of its joint.

    Args:
        walker: Compiled walker.
        gait: The gait that the cost compares with; the built-in one is left alone.
        config: Its file, for messages; angles that `reference_offsets` names are left alone too.

    Raises:
        ReferenceFileError: naming the angle, both ranges, and the offset that brings it inside.
    """
    if config.reference is None:
        return
    layout, model = walker.layout, walker.model
    for row, side in ((1, "left"), (0, "right")):
        first = 1 if side == "left" else 4
        angles = np.rad2deg(to_clinical(gait.kinematics[:, first : first + 3]))
        for place, name in enumerate(CLINICAL_JOINTS):
            joint = layout.joint_leg[row, place]
            if joint < 0 or not model.jnt_limited[joint] or name in config.reference_offsets:
                continue
            sign = _CLINICAL[place] * layout.sign_leg[row, place]
            low, high = sorted(sign * np.rad2deg(model.jnt_range[joint]))
            below, above = low - angles[:, place].min(), angles[:, place].max() - high
            if max(below, above) <= MARGIN_DEG:
                continue
            move = round(float(below if below > above else -above))
            offsets = dict(config.reference_offsets) | {name: float(move)}
            kept = dict(config.reference_offsets) | {name: 0.0}
            raise ReferenceFileError(
                f"{FILE_KEY}={config.reference}: {name} of the {side} leg goes from {angles[:, place].min():.0f} to "
                f"{angles[:, place].max():.0f} deg",
                f"at most {MARGIN_DEG:g} deg beyond what {LEG_JOINTS[place]} of this model can do, {low:.0f} to "
                f"{high:.0f} deg",
                f"{ReferenceEdits(offsets=offsets).describe()}   (if the file is right: "
                f"{ReferenceEdits(offsets=kept).describe()})",
            )
