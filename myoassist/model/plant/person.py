"""Make the legs of the library those of one person: lengths of the segments, masses, and what follows from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import mujoco
import numpy as np

from myoassist.config.schema.run import ModelConfig
from myoassist.model.devices.device import Device, is_worn
from myoassist.model.plant.body_mass import set_masses
from myoassist.model.plant.fast_fit import check_fit, match_lengths
from myoassist.model.plant.height import scale_height
from myoassist.model.plant.segment_names import SEGMENTS
from myoassist.model.plant.segments import leg_factor, scale_segments


@dataclass(frozen=True)
class Person:
    """How much larger than those of the model library parts of a walker are.

    Attributes:
        foot: Factor of the lengths of the foot.
        joints: Cube root of the factor of the torques of ligaments.
        muscles: Factor of the lengths of muscle and tendon by actuator; all 1 where empty.
    """

    foot: float = 1.0
    joints: float = 1.0
    muscles: Mapping[str, float] = field(default_factory=dict)


def shape_person(
    spec: mujoco.MjSpec,
    model: ModelConfig,
    worn: Device | None,
    compose: Callable[[ModelConfig], mujoco.MjSpec],
) -> Person:
    """Give the segments of a composed spec, already of its height, the lengths and masses of a person, in place.

    Args:
        spec: Composed legs.
        model: segment_scale, body_mass, sex; height_scale and physics.
        worn: Worn device.
        compose: Composes the same legs anew, which the fixed geometry is held against.

    Raises:
        ModelError: if the fixed geometry does not fit such proportions.
    """
    size = model.height_scale
    prefix = worn.prefix if worn is not None else None
    if not model.segment_scale and model.body_mass is None:
        return Person(size, size)
    compiled = spec.compile()
    leg = leg_factor(compiled, model.segment_scale)
    human = [not is_worn(compiled.body(i).name, worn) for i in range(compiled.nbody)]
    before = float(compiled.body_mass[human].sum())
    muscles = scale_segments(spec, model.segment_scale, prefix)
    if model.physics == "fast" and len({model.segment_scale.get(name, 1.0) for name in SEGMENTS}) > 1:
        # The fit is that of legs of other proportions: what it lacks in length differs.
        full = compose(model)
        scale_height(full, model.height_scale, prefix)
        muscles = scale_segments(full, model.segment_scale, prefix)
        check_fit(match_lengths(spec, full))
    torque = (size * leg) ** 3
    if model.body_mass is not None:
        set_masses(spec, model.body_mass, model.sex, prefix)
        # Moments of people are compared per mass and leg length.
        torque = model.body_mass / (before / size**3) * size * leg
    foot = size * model.segment_scale.get("foot", 1.0)
    return Person(foot, float(np.cbrt(torque)), muscles)
