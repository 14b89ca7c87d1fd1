"""What a target makes of the terms of a walk: gates, penalties and the weighted sum."""

import math
from collections.abc import Mapping

from myoassist.config.cost_formula import KEY, Target, find_target
from myoassist.config.nearest import nearest_name
from myoassist.config.schemas import TERM_NAMES, CostConfig
from myoassist.cost import builtin_terms  # noqa: F401 - registers the terms of the package
from myoassist.cost.registry import active_own_terms, own_terms, registered_terms
from myoassist.files.errors import ConfigError
from myoassist.gait.own_reference import load_reference
from myoassist.gait.reference_edits import edits_of

STAGE_COST = 1000.0
VELOCITY_TOLERANCE = 0.01
PELVIS_LIMIT_DEG = 20.0
SYMMETRY_FACTOR = 100.0
GATES_OFFSET = 10.0 * STAGE_COST
PENALTY_NAMES = ("velocity", "symmetry")


def stage_3_terms(config: CostConfig) -> tuple[str, ...]:
    """Return the names of all summands once the gates are passed: of the target, of `extra_terms`, own ones."""
    extra = [name for name in config.extra_terms if name in TERM_NAMES]
    return tuple(dict.fromkeys((*find_target(config).terms, *extra, *active_own_terms(config))))


def check_cost(config: CostConfig) -> None:
    """Refuse a cost configuration that names no target, unknown terms, useless weights, or a faulty reference.

    Plugins have to be imported before, because they register terms.

    Raises:
        ConfigError: naming the key.
        ReferenceFileError: naming the file of `cost.reference` and what is wrong in it.
    """
    target = find_target(config)
    if config.mode not in ("clean", "compat"):
        raise ConfigError(f"cost.mode={config.mode}", "clean or compat")
    for name in target.terms:
        if name not in registered_terms():
            raise _unknown_term(f"{KEY}.terms", name)
        if name in PENALTY_NAMES and name in target.gates:
            raise ConfigError(
                f"{KEY}.terms.{name} is judged by the gate {name} already",
                "one of them: a term of the sum, or a gate",
                f"leave {name} out of {KEY}.terms or of {KEY}.gates",
            )
    _check_extra_terms(config, target)
    used = stage_3_terms(config) + tuple(name for name in PENALTY_NAMES if name in target.gates)
    for name, weight in config.weights.items():
        if name not in registered_terms():
            raise _unknown_term(f"cost.weights.{name}={weight}", name)
        if name not in used:
            raise ConfigError(
                f"cost.weights.{name}={weight} with cost.target={config.target}",
                f"a term of this target: {', '.join(used)}",
                f"leave the weight out, choose a target with the term {name}, or add it: cost.extra_terms=[{name}]",
            )
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not number or not math.isfinite(weight) or weight < 0.0:
            raise ConfigError(f"cost.weights.{name}={weight}", "a finite number, 0 or larger")
    edits = edits_of(config)
    if config.reference is not None:
        reference = load_reference(config.reference, edits)
        if "emg" in used and config.weights.get("emg", 1.0) > 0.0 and not reference.emg_known:
            raise ConfigError(
                f"cost.reference={config.reference} has no muscle activity, but the term emg counts",
                "columns such as emg_sol_l",
                "add them to the file, choose a target without emg, or set cost.weights.emg=0",
            )


def _check_extra_terms(config: CostConfig, target: Target) -> None:
    for name in config.extra_terms:
        shown = f"cost.extra_terms={list(config.extra_terms)}"
        if name in PENALTY_NAMES or name in target.terms or config.extra_terms.count(name) > 1:
            reason = "is judged by the gates" if name in PENALTY_NAMES else "is in the sum already"
            raise ConfigError(f"{shown}: {name} {reason}", "each further term once", f"leave {name} out")
        if name not in registered_terms():
            raise _unknown_term(shown, name)


def _unknown_term(shown: str, name: str) -> ConfigError:
    own = own_terms()
    near = nearest_name(name, [*TERM_NAMES, *own])
    return ConfigError(
        f"{shown}: there is no such term" + ("" if f".{name}=" in shown else f" as {name}"),
        f"one of {', '.join(TERM_NAMES)}" + (f", or of your plugins: {', '.join(own)}" if own else ""),
        f"write {near} for {name}"
        if near
        else 'correct the name, or name the file with its @cost_term("...") in plugins=[file.py]',
    )


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
        values: Unweighted terms: the names of TERM_NAMES, own terms in use, pelvis (deg, 0 in 2D) and l1.
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
