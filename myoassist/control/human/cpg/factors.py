"""Groups of the pattern generator's parameters that a search over factors moves together."""

from myoassist.space.factors import Factor

# The period changes everything at once, so a coordinate moves it less. Times are added, in the unit of the centres.
_PERIOD_STEP, _CENTRE_STEP = 0.1, 0.25


def cpg_factors(muscles: tuple[str, ...]) -> tuple[Factor, ...]:
    """Return the groups: heights of all pulses, and heights, widths and times of those of each muscle."""
    factors = [Factor("heights", ("cpg_*_height",)), Factor("cpg_period", ("cpg_period",), _PERIOD_STEP)]
    for muscle in muscles:
        factors.append(Factor(f"height_{muscle}", (f"cpg_{muscle}_?_height",)))
        factors.append(Factor(f"width_{muscle}", (f"cpg_{muscle}_?_width",)))
        factors.append(Factor(f"time_{muscle}", (f"cpg_{muscle}_?_center",), _CENTRE_STEP, added=True))
    return tuple(factors)
