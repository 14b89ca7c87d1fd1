"""Read the gait table of MyoAssist, which has neither names nor units."""

import csv
import io
from pathlib import Path

import numpy as np

from myoassist.gait.angles import to_clinical
from myoassist.gait.reference.columns import JOINTS
from myoassist.gait.strides import STRIDE_POINTS

# Trunk lean, then hip, knee and ankle of the left and of the right leg, as the cost compares them.
_COLUMNS = 7


def read_published_table(file: Path) -> dict[str, np.ndarray]:
    """Return the columns of a table of 100 rows of 7 numbers without a header under our names; empty for other files.

    Args:
        file: File of comma-separated values; angles as the cost compares them (`gait.angles`), rad, row i at i percent
            of the cycle from left heel strike.

    Returns:
        Columns by name in clinical signs, rad, each of shape (100,).
    """
    if file.suffix.lower() != ".csv":
        return {}
    try:
        rows = [row for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))) if row]
        table = np.array(rows, dtype=np.float64)
    except ValueError:
        # Names, ragged rows, or text of another encoding.
        return {}
    if table.shape != (STRIDE_POINTS, _COLUMNS):
        return {}
    columns = {"trunk_pitch_rad": table[:, 0]}
    for leg, side in enumerate("lr"):
        angles = to_clinical(table[:, 1 + 3 * leg : 4 + 3 * leg])
        columns |= {f"{item.name}_{side}_rad": angles[:, joint] for joint, item in enumerate(JOINTS)}
    return columns
