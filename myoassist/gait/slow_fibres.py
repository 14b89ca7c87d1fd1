"""Share of slow fibres of leg muscles, from one source, as two energy models read it.

Source: Johnson, Polgar, Weightman and Appleton, J Neurol Sci 18:111 (1973); where they measured nothing, half. The
model of before looks actuators up by their whole name and knows those of 22 muscles; the models at 0.60 MPa by how
names begin, so that the parts of a muscle of larger models are found too. Both stay as they are: what was paid for is
not to change.
"""

from collections.abc import Sequence

import numpy as np

USUAL = 0.50
_WHOLE_NAMES = {
    "hamstrings": 0.49,
    "bifemsh": 0.53,
    "glutmax": 0.55,
    "iliopsoas": 0.50,
    "rectfem": 0.39,
    "vasti": 0.50,
    "gastroc": 0.54,
    "soleus": 0.81,
    "tibant": 0.70,
}
_BEGINNINGS = {
    "hamstrings": 0.49,
    "bflh": 0.65,
    "semi": 0.49,
    "bifemsh": 0.53,
    "bfsh": 0.53,
    "glutmax": 0.55,
    "glmax": 0.55,
    "rectfem": 0.39,
    "recfem": 0.39,
    "gas": 0.54,
    "soleus": 0.81,
    "tibant": 0.70,
}


def shares_by_name(muscles: Sequence[str]) -> np.ndarray:
    """Return the share of slow fibres by the name of an actuator without its side, shape (muscles,)."""
    return np.array([_WHOLE_NAMES.get(name.rsplit("_", 1)[0], USUAL) for name in muscles])


def shares_by_beginning(muscles: Sequence[str]) -> np.ndarray:
    """Return the share of slow fibres by how the name of an actuator begins, shape (muscles,)."""
    return np.array(
        [next((share for key, share in _BEGINNINGS.items() if name.startswith(key)), USUAL) for name in muscles]
    )
