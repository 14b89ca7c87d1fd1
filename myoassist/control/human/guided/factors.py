"""Groups of the guided reflexes' parameters that a search over factors moves together.

Leads, shifts and targets are in none: a search over factors adds an amount to each.
"""

from myoassist.space.factors import Factor

# The period changes everything at once, so a coordinate moves it less.
_PERIOD_STEP = 0.1


def guided_factors(muscles: tuple[str, ...], joints: tuple[str, ...], loaded: tuple[str, ...]) -> tuple[Factor, ...]:
    """Return the groups: per muscle, per joint, of all rates, of balance and of load reflexes.

    Args:
        muscles: Driven muscles.
        joints: Names of the joints.
        loaded: Muscles with a load reflex.
    """
    factors = [Factor(f"activity_{muscle}", (f"activity_{muscle}",)) for muscle in muscles]
    for muscle in muscles:
        for phase in ("stance", "swing"):
            factors.append(Factor(f"{muscle}_{phase}", (f"{muscle}_*_{phase}_?G",)))
    factors += [Factor(f"rates_{phase}", (f"*_{phase}_DG",)) for phase in ("stance", "swing")]
    factors += [Factor(joint, (f"*_{joint}_*",)) for joint in joints]
    factors.append(Factor("balance", ("theta_PG", "theta_DG")))
    factors += [Factor(name, (name,)) for name in ("theta_HAM", "place_v", "push_v")]
    factors.append(Factor("clock_period", ("clock_period",), _PERIOD_STEP))
    factors += [Factor(f"load_{muscle}", (f"{muscle}_FG",)) for muscle in (*loaded, "HAB")]
    factors += [Factor("roll", ("roll_PG", "roll_DG")), Factor("yaw", ("yaw_PG", "yaw_DG"))]
    return (*factors, *(Factor(name, (name,)) for name in ("side_d", "side_v", "turn_push", "turn_side", "drift_side")))
