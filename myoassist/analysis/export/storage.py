"""Write tables over time in the text formats of OpenSim, .mot and .sto."""

from pathlib import Path

import numpy as np

from myoassist.files.atomic import write_text_atomic


def write_storage(path: Path, title: str, time: np.ndarray, columns: dict[str, np.ndarray], degrees: bool) -> None:
    """Write a table that OpenSim reads as motion or storage.

    Args:
        path: File to replace, .mot or .sto.
        title: First line of the file.
        time: Sample times, s, strictly increasing, shape (T,).
        columns: Values by column name, each of shape (T,); names without blanks.
        degrees: Whether rotational coordinates are in degrees; OpenSim reads them as rad otherwise.

    Raises:
        OSError: if the file cannot be written.

    Source: header and layout of version 1 of the OpenSim storage format, which versions 3.3 and 4 read.
    """
    names = ["time", *columns]
    lines = [
        title,
        "version=1",
        f"nRows={len(time)}",
        f"nColumns={len(names)}",
        f"inDegrees={'yes' if degrees else 'no'}",
        "endheader",
        "\t".join(names),
    ]
    for row in np.column_stack([time, *columns.values()]):
        lines.append("\t".join(f"{value:.10g}" for value in row))
    write_text_atomic(path, "\n".join(lines) + "\n")
