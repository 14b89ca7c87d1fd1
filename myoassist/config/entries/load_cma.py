"""Import pycma without what it draws and models with, which takes three times as long to import as the rest of it."""

import sys
import warnings
from types import ModuleType
from typing import Any

# Of `cma.plot` and of surrogate models, neither of which is used here; pycma does without them where they are missing.
_UNUSED = ("matplotlib.pyplot", "scipy.stats")


def load_cma() -> ModuleType:
    """Import pycma, without Pyplot and the statistics of SciPy unless the process has them already."""
    if "cma" in sys.modules:
        return sys.modules["cma"]
    unused = [name for name in _UNUSED if name not in sys.modules]
    # None stands for a package that is not there.
    absent: dict[str, Any] = dict.fromkeys(unused)
    with warnings.catch_warnings():
        # pycma says that it cannot plot.
        warnings.filterwarnings("ignore", message="Could not import matplotlib.pyplot")
        sys.modules.update(absent)
        try:
            import cma
        finally:
            for name in unused:
                del sys.modules[name]
    return cma
