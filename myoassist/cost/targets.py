"""The optimization targets: which gates a walk has to pass and which terms count after them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from myoassist.config.errors import ConfigError
from myoassist.config.nearest import nearest_name
from myoassist.config.schemas import TERM_NAMES, CostConfig
from myoassist.cost.own_terms import active_own_terms, registered_terms
from myoassist.gait.own_reference import load_reference

STAGE_COST = 1000.0
VELOCITY_TOLERANCE = 0.01
PELVIS_LIMIT_DEG = 20.0
SYMMETRY_FACTOR = 100.0
GATES_OFFSET = 10.0 * STAGE_COST
PENALTY_NAMES = ("velocity", "symmetry")


@dataclass(frozen=True)
class Target:
    """One cost formula.

    Attributes:
        terms: Summands once the gates are passed.
        gated: Whether speed and symmetry have to be right first.
        pelvis_gate: Whether the pelvis has to be level too; means something in 3D only.
        velocity_factor: Penalty per m/s of velocity error while the gates are not passed.
        offset: Cost that remains after the gates.
    """

    terms: tuple[str, ...]
    gated: bool = True
    pelvis_gate: bool = True
    velocity_factor: float = 100.0
    offset: float = 0.0


TARGETS = {
    "effort": Target(("effort",), gated=False, pelvis_gate=False),
    "effort_knee": Target(("effort", "pain"), gated=False, pelvis_gate=False),
    "velocity": Target((), offset=GATES_OFFSET),
    "velocity_grf": Target(("effort", "grf", "trunk"), pelvis_gate=False),
    "classic": Target(("effort", "trunk", "pain"), velocity_factor=1000.0),
    "kinematics": Target(("effort", "kinematics", "trunk")),
    "kinematics_grf": Target(("effort", "kinematics", "trunk", "grf")),
    "kinematics_grf_musc": Target(("effort", "kinematics", "trunk", "grf", "emg")),
    "vel_musc": Target(("effort", "emg"), pelvis_gate=False),
    "vel_musc_grf": Target(("effort", "trunk", "grf", "emg"), pelvis_gate=False),
    "combined": Target(("effort", "kinematics", "trunk", "pain")),
    "metabolic": Target(("metabolic",)),
}


def find_target(name: str) -> Target:
    """Return the formula of a target.

    Raises:
        ConfigError: if there is no such target.
    """
    if name not in TARGETS:
        near = nearest_name(name, TARGETS)
        raise ConfigError(
            f"cost.target={name}", f"one of {', '.join(TARGETS)}", f"cost.target={near or '<one of these>'}"
        )
    return TARGETS[name]


def stage_3_terms(config: CostConfig) -> tuple[str, ...]:
    """Return the names of all summands once the gates are passed: of the target, of `extra_terms`, own ones."""
    extra = [name for name in config.extra_terms if name in TERM_NAMES]
    return tuple(dict.fromkeys((*find_target(config.target).terms, *extra, *active_own_terms(config))))


def check_cost(config: CostConfig) -> None:
    """Refuse a cost configuration that names no target, unknown terms, useless weights, or a faulty reference.

    Plugins have to be imported before, because they register terms.

    Raises:
        ConfigError: naming the key.
        ReferenceFileError: naming the file of `cost.reference` and what is wrong in it.
    """
    target = find_target(config.target)
    if config.mode not in ("clean", "compat"):
        raise ConfigError(f"cost.mode={config.mode}", "clean or compat")
    _check_extra_terms(config, target)
    used = stage_3_terms(config) + (PENALTY_NAMES if target.gated else ())
    for name, weight in config.weights.items():
        if name not in TERM_NAMES and name not in registered_terms():
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
    if config.reference is not None:
        reference = load_reference(config.reference)
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
        if name not in TERM_NAMES and name not in registered_terms():
            raise _unknown_term(f"{shown}, {name}", name)


def _unknown_term(shown: str, name: str) -> ConfigError:
    own = registered_terms()
    near = nearest_name(name, [*TERM_NAMES, *own])
    return ConfigError(
        f"{shown}: there is no such term",
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
    level = not target.pelvis_gate or values["pelvis"] < PELVIS_LIMIT_DEG
    return values["velocity"] < VELOCITY_TOLERANCE and values["symmetry"] < config.tgt_sym_th and level


def assemble(values: Mapping[str, float], config: CostConfig) -> tuple[str, dict[str, float]]:
    """Turn the terms of a walk that could be judged into its stage and summands.

    Args:
        values: Unweighted terms: the names of TERM_NAMES, own terms in use, pelvis (deg, 0 in 2D) and l1.
        config: Target, weights and gates.

    Returns:
        Stage "2" (gates not passed) or "3", and the summands of the cost by name.
    """
    target = find_target(config.target)
    weights = config.weights
    regularizer = config.l1_weight * values["l1"]
    if gates_passed(target, values, config):
        parts = {"stage": target.offset}
        parts |= {name: weights.get(name, 1.0) * values[name] for name in stage_3_terms(config)}
        return "3", parts | {"l1": regularizer}
    parts = {"stage": GATES_OFFSET, "velocity": 0.0, "symmetry": 0.0}
    if values["velocity"] > VELOCITY_TOLERANCE:
        parts["velocity"] = weights.get("velocity", 1.0) * target.velocity_factor * values["velocity"]
    if values["symmetry"] > config.tgt_sym_th:
        parts["symmetry"] = weights.get("symmetry", 1.0) * SYMMETRY_FACTOR * values["symmetry"]
    if values["pelvis"] > PELVIS_LIMIT_DEG:
        parts["pelvis"] = values["pelvis"]
    return "2", parts | {"l1": regularizer}
