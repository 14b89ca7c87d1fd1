"""What a target makes of the terms of a walk: gates, penalties and the weighted sum."""

from collections.abc import Mapping

from myoassist.config.schema.cost_formula import Target, find_target
from myoassist.config.schema.run import CostConfig
from myoassist.cost.registry import active_own_terms, built_in_terms, find_term

STAGE_COST = 1000.0
VELOCITY_TOLERANCE = 0.01
PELVIS_LIMIT_DEG = 20.0
SYMMETRY_FACTOR = 100.0
GATES_OFFSET = 10.0 * STAGE_COST
PENALTY_NAMES = ("velocity", "symmetry")


def stage_3_terms(config: CostConfig) -> tuple[str, ...]:
    """Return the names of all summands once the gates are passed: of the target, of `extra_terms`, own ones."""
    extra = [name for name in config.extra_terms if name in built_in_terms()]
    return tuple(dict.fromkeys((*find_target(config).terms, *extra, *active_own_terms(config))))


def needs_people(config: CostConfig) -> bool:
    """Return whether a term that counts compares with people at the target speed."""
    built_in = built_in_terms()
    return any(name in built_in and find_term(name).people for name in stage_3_terms(config))


def gates_passed(target: Target, values: Mapping[str, float], config: CostConfig) -> bool:
    """Return whether a walk passes the gates of a target.

    Args:
        target: The target.
        values: At least velocity (m/s), symmetry (m) and pelvis (deg).
        config: Holds the symmetry gate.
    """
    if not target.gated:
        return True
    passed = {
        "velocity": values["velocity"] < VELOCITY_TOLERANCE,
        "symmetry": values["symmetry"] < config.tgt_sym_th,
        "pelvis": values["pelvis"] < PELVIS_LIMIT_DEG,
    }
    return all(passed[gate] for gate in target.gates)


def assemble(values: Mapping[str, float], config: CostConfig) -> tuple[str, dict[str, float]]:
    """Turn the terms of a walk that could be judged into its stage and summands.

    Args:
        values: Unweighted terms: the names of built-in terms, own terms in use, pelvis (deg, 0 in 2D) and l1.
        config: Target, weights and gates.

    Returns:
        Stage "2" (gates not passed) or "3", and the summands of the cost by name.
    """
    target = find_target(config)
    weights = config.weights
    regularizer = config.l1_weight * values["l1"]
    if gates_passed(target, values, config):
        parts = {"stage": target.offset}
        for name in stage_3_terms(config):
            parts[name] = weights.get(name, 1.0) * target.terms.get(name, 1.0) * values[name]
        return "3", parts | {"l1": regularizer}
    parts = {"stage": GATES_OFFSET, "velocity": 0.0, "symmetry": 0.0}
    if "velocity" in target.gates and values["velocity"] > VELOCITY_TOLERANCE:
        parts["velocity"] = weights.get("velocity", 1.0) * target.velocity_factor * values["velocity"]
    if "symmetry" in target.gates and values["symmetry"] > config.tgt_sym_th:
        parts["symmetry"] = weights.get("symmetry", 1.0) * SYMMETRY_FACTOR * values["symmetry"]
    # Also where it is no gate: a tilted pelvis never helps to pass the others.
    if values["pelvis"] > PELVIS_LIMIT_DEG:
        parts["pelvis"] = values["pelvis"]
    return "2", parts | {"l1": regularizer}
