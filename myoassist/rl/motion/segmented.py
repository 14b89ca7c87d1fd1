"""The published mean stride: an archive of plain arrays, one stride of 100 points per channel."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from myoassist.rl.motion.motion import FORWARD, ReferenceMotionError

NAME = "segmented.npz"
_PREFIXES = ("q_", "dq_")
_HEIGHT = "q_pelvis_ty"
# The height of the published stride is counted from another zero than that of the models, m.
_HEIGHT_SHIFT = 0.924
# Heights of a standing pelvis are far above this, those of the published stride close to zero, m.
_LOW = 0.3
# Duration of the published stride, s. The file tells it in a pickled object, which is not read.
_STRIDE = 1.125
# What the duration that speed and distance imply may differ from it, as a part: means over strides of several lengths.
_STRIDE_TOLERANCE = 0.03


def is_segmented(names: list[str]) -> bool:
    """Say whether an archive with members of these names holds a mean stride: channels of its own at the top."""
    ours = any(name.partition("/")[0] == "series_data" for name in names)
    return not ours and any(name.startswith(_PREFIXES) for name in names)


def stride_channels(names: list[str]) -> list[str]:
    """Return the members to read; the `meta_data` of published files is a pickled object and none of them."""
    return [name for name in names if name.startswith(_PREFIXES)]


def describe_stride(content: Mapping[str, Any], source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return channels and metadata of a mean stride as those of a periodic motion.

    Args:
        content: Array of each channel.
        source: Name of the file, for messages.

    Raises:
        ReferenceMotionError: if the duration of the stride cannot be told.
    """
    series = dict(content)
    place, speed = (np.asarray(series.get(f"{prefix}{FORWARD}", ()), dtype=float) for prefix in _PREFIXES)
    if place.ndim != 1 or len(place) < 2 or place.shape != speed.shape:
        raise ReferenceMotionError(
            f"{source} has no q_{FORWARD} and dq_{FORWARD}",
            "a mean stride with them: distance and speed tell how long it lasts",
            "use another env.reference_data_path",
        )
    count = len(place)
    mean_speed = 0.5 * float(np.mean(speed[:-1] + speed[1:]))
    stride = (place[-1] - place[0]) / mean_speed * count / (count - 1) if mean_speed > 0.0 else np.nan
    if not np.isfinite(stride) or stride <= 0.0:
        raise ReferenceMotionError(
            f"{source} does not move forward: {place[-1] - place[0]:g} m at {mean_speed:g} m/s",
            "a stride whose distance and speed are positive",
            "use another env.reference_data_path",
        )
    if abs(stride / _STRIDE - 1.0) <= _STRIDE_TOLERANCE:
        stride = _STRIDE
    series[f"q_{FORWARD}"] = place - place[0]
    if _HEIGHT in series:
        height = np.asarray(series[_HEIGHT], dtype=float)
        series[_HEIGHT] = height + (_HEIGHT_SHIFT if abs(float(np.mean(height))) < _LOW else 0.0)
    metadata = {"sample_rate": count / stride, "periodic": True, "advance": mean_speed * stride}
    return series, metadata | {"made_from": "a mean stride"}
