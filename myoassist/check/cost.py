"""Rules of the group `cost`: the formula, its terms and weights, and the reference gait."""

import math

from myoassist.check.files import check_once
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.control import CLOCKED_CONTROLLERS, HUMAN_CONTROLLERS
from myoassist.config.schema.cost_formula import GATED, GRADED, KEY, MOMENTS, Target, find_target
from myoassist.config.schema.keys import format_override, format_value
from myoassist.config.schema.run import CostConfig, RunConfig
from myoassist.cost.graded import LEAST_STRIDES
from myoassist.cost.registry import built_in_terms, find_term, own_terms, registered_terms
from myoassist.cost.targets import PENALTY_NAMES, stage_3_terms
from myoassist.files.errors import ConfigError
from myoassist.gait.reference.edits import edits_of
from myoassist.gait.reference.own import load_reference
from myoassist.gait.reference.person import check_speed, read_person
from myoassist.optimize.conditions import condition_kind

# Shortest walk in which people take the strides that are judged, s.
LEAST_TIME = 12.0


def check_cost(config: RunConfig) -> None:
    """Refuse a target that does not exist, and weights of terms that nobody has.

    Raises:
        ConfigError: naming the key.
    """
    find_target(config.cost)
    # Which terms a plugin adds is known only once it is imported; they are checked then.
    if not config.plugins:
        _check_weights(config.cost.weights)


def check_reference(cost: CostConfig) -> None:
    """Refuse a faulty reference gait.

    Raises:
        ReferenceFileError: naming the file of `cost.reference` and what is wrong in it.
    """
    person = cost.people
    if person is not None:
        check_once(person, f"{cost.tgt_vel}", lambda: check_speed(person, read_person(person), cost.tgt_vel))
    if cost.reference is not None:
        edits = edits_of(cost)
        check_once(cost.reference, edits.describe(), lambda: load_reference(cost.reference, edits))


def check_terms(config: CostConfig) -> None:
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
        _check_grading(f"{KEY}.terms.{name}", name, target)
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
        _check_grading(shown, name, target)


def _check_grading(shown: str, name: str, target: Target) -> None:
    """Refuse a term that the strides of a target do not tell."""
    term = find_term(name)
    if term.moments != target.moments:
        fitting = [other for other in built_in_terms() if find_term(other).moments == target.moments]
        kind = "targets that judge moments" if term.moments else "targets that judge strides"
        raise ConfigError(
            f"{shown}: {name} is a term of {kind}",
            f"one of {', '.join(fitting)}",
            f"{KEY}.grading={MOMENTS if term.moments else GRADED}, or leave {name} out",
        )
    if term.graded and not target.graded:
        graded = [other for other in registered_terms() if not (find_term(other).graded or find_term(other).moments)]
        raise ConfigError(
            f"{shown}: {name} is a term of graded targets",
            f"one of {', '.join(graded)}",
            f"{KEY}.grading={GRADED} without gates, or cost=human_gait",
        )
    if target.graded and name == "symmetry":
        raise ConfigError(
            f"{shown}: symmetry is not known of feet that do not alternate, and a graded target judges these too",
            "knee_symmetry",
            f"write knee_symmetry for symmetry in {KEY}.terms",
        )


def check_clock(config: RunConfig) -> None:
    """Refuse a target that judges moments by a clock which the controller has not.

    Raises:
        ConfigError: naming the keys.
    """
    controller = config.control.controller
    if find_target(config.cost).moments and controller in HUMAN_CONTROLLERS and controller not in CLOCKED_CONTROLLERS:
        raise ConfigError(
            f"cost.target={config.cost.target} with control.controller={controller}, which has no clock",
            "a controller whose clock tells where in the stride each leg is",
            "control=guided, or cost=human_gait",
        )


def check_draws(config: RunConfig) -> None:
    """Refuse further walks that do not fit the ground, risk without them, and giving up after the end.

    Raises:
        ConfigError: naming the key.
    """
    cost, env = config.cost, config.env
    if cost.draws == 1 and cost.risk != "mean":
        raise ConfigError(
            f"cost.risk={cost.risk} with cost.draws=1", "two walks or more, or the mean of the one", "cost.draws=4"
        )
    if cost.hopeless_time is not None and cost.hopeless_time >= env.sim_time:
        raise ConfigError(
            f"cost.hopeless_time={cost.hopeless_time:g} with env.sim_time={env.sim_time:g}",
            "a time before the end of the walk",
            "cost.hopeless_time=null",
        )
    if cost.draws > 1:
        _check_ground(config)


def _check_ground(config: RunConfig) -> None:
    """Refuse uneven ground for further walks where there is none to be made of the ground that is set."""
    noise, env = config.cost.draw_noise, config.env
    if noise.ground > 0.0 and noise.footholds > 0.0:
        raise ConfigError(
            f"cost.draw_noise.ground={noise.ground:g} with cost.draw_noise.footholds={noise.footholds:g}",
            "one kind of uneven ground",
            "cost.draw_noise.ground=0",
        )
    slopes = env.slope_deg != 0.0 or condition_kind(config.optimizer) == "slope"
    # A plane under each foot follows a slope, but not the published height field of one.
    for key, height, unfit in (
        ("ground", noise.ground, slopes),
        ("footholds", noise.footholds, slopes and env.slope_mode == "compat"),
    ):
        if height > 0.0 and (unfit or config.model.path is not None or env.terrain != "flat"):
            own = "model.path" if config.model.path is not None else f"env.terrain={env.terrain}"
            where = "slopes" if unfit else own
            raise ConfigError(
                f"cost.draw_noise.{key}={height:g} with {where}",
                "level ground of the package, which is made rough; elsewhere 0",
                f"cost.draw_noise.{key}=0",
            )


def check_strides(config: RunConfig) -> None:
    """Refuse a graded target over too few strides or too short a walk, and one that is not published in compat mode.

    Raises:
        ConfigError: naming the key.
    """
    cost = config.cost
    target = find_target(cost)
    if target.grading != GATED and cost.mode == "compat":
        raise ConfigError(
            f"cost.mode=compat with cost.target={cost.target}",
            "clean: the public implementation has no graded targets",
            "cost.mode=clean, or cost=kinematics",
        )
    if not target.graded:
        return
    if cost.num_strides < LEAST_STRIDES:
        raise ConfigError(
            f"cost.num_strides={cost.num_strides} with the graded target {cost.target}",
            f"{LEAST_STRIDES} or more: fewer strides flatter irregular walks",
            f"cost.num_strides=10   (cost={cost.target} sets it, cost.target={cost.target} does not)",
        )
    if config.env.sim_time < LEAST_TIME:
        raise ConfigError(
            f"env.sim_time={config.env.sim_time:g} with the graded target {cost.target}",
            f"{LEAST_TIME:g} s or more, in which {LEAST_STRIDES} strides fit",
            "env.sim_time=20",
        )


def _unknown_term(shown: str, name: str) -> ConfigError:
    own = own_terms()
    near = nearest_name(name, [*built_in_terms(), *own])
    return ConfigError(
        f"{shown}: there is no such term" + ("" if f".{name}=" in shown else f" as {name}"),
        f"one of {', '.join(built_in_terms())}" + (f", or of your plugins: {', '.join(own)}" if own else ""),
        f"write {near} for {name}"
        if near
        else 'correct the name, or name the file with its @cost_term("...") in plugins=[file.py]',
    )


def _check_weights(weights: dict[str, float]) -> None:
    for name, weight in weights.items():
        if name not in built_in_terms():
            near = nearest_name(name, built_in_terms())
            raise ConfigError(
                f"cost.weights.{name}={format_value(weight)}: there is no cost term {name}",
                f"one of {', '.join(built_in_terms())}",
                format_override(f"cost.weights.{near}", weight) if near else f"leave cost.weights.{name} out",
            )
