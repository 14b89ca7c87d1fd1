"""Groups of the reflexes' parameters that a search over factors moves together: modules, and what acts on a muscle.

Target angles and the balance of foot placement are in none: a search over factors adds an amount to each.
"""

from myoassist.control.signals import MUSCLE_NAMES
from myoassist.space.factors import Factor

N_MODULES = 10


def reflex_factors() -> tuple[Factor, ...]:
    """Return a group per module of Song & Geyer, and one per muscle that gains and thresholds are named after."""
    modules = [Factor(f"M{number}", (f"{number}_*",)) for number in range(1, N_MODULES + 1)]
    return (*modules, *(Factor(muscle, (f"?_{muscle}_*", f"10_{muscle}_*")) for muscle in MUSCLE_NAMES))
