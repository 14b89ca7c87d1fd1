"""A Matplotlib figure as the bytes of a file."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Without times and versions.
_METADATA = {"png": {"Software": None}, "pdf": {"CreationDate": None, "Producer": None, "Creator": "myoassist"}}


def figure_bytes(figure: "Figure", kind: str, dpi: int) -> bytes:
    """Return a figure as PNG or PDF (`kind`: png, pdf); the same figure gives the same bytes."""
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, dpi=dpi, metadata=_METADATA[kind])
    return stream.getvalue()
