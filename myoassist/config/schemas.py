"""The run configuration as dataclasses: one field, one default, one explanation, one range.

The explanation and range of a field live in its metadata, so that validation, error messages and the documentation
read the same source. Units are SI unless the name says otherwise.
"""

from dataclasses import dataclass, field
from typing import Any

MUSCULATURES = (22, 26, 80)
TARGETS = ("effort", "velocity", "kinematics")
INIT_POSES = ("walk_left", "walk_right")
EXO_CONTROLLERS = ("none", "four_param", "npoint")
# Names of the cost terms that a weight can be given for.
TERM_NAMES = ("effort", "kinematics", "trunk", "velocity", "symmetry", "grf", "pain", "emg")
# Start of a param_path that stands for the newest finished run of an exp.
NEWEST_PREFIX = "newest:"


def option(
    default: Any,
    doc: str,
    *,
    choices: tuple | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    unit: str = "",
    change: bool = True,
) -> Any:
    """Declare a configuration field.

    Args:
        default: Default value; mutable defaults are copied per instance.
        doc: What the field means, in one or two sentences.
        choices: Allowed values.
        ge: Smallest allowed value.
        gt: Value that must be exceeded.
        le: Largest allowed value.
        lt: Value that must not be reached.
        unit: Unit shown in the reference.
        change: Whether another value makes a stored run a different one (false for threads, display and limits).
    """
    metadata = {
        "doc": doc,
        "choices": choices,
        "ge": ge,
        "gt": gt,
        "le": le,
        "lt": lt,
        "unit": unit,
        "change": change,
    }
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass
class ModelConfig:
    """Musculoskeletal model and worn device."""

    musculature: int = option(22, "Number of leg muscles: 22 (planar), 26 (3D) or 80 (3D).", choices=MUSCULATURES)
    device: str | None = option(
        None, "Worn device: a name shown by `myoassist list devices`, or null for none. Short names work (tutorial)."
    )
    path: str | None = option(
        None, "Own MJCF file with the same joint, actuator, sensor and site names; replaces musculature and device."
    )
    physics: str = option(
        "full",
        "full keeps every coupled coordinate; fast fits a fixed geometry.",
        choices=("full", "fast"),
    )


@dataclass
class EnvConfig:
    """Simulation: duration, start, ground, delays."""

    sim_time: float = option(20.0, "Length of one evaluation.", gt=0.0, le=600.0, unit="s")
    init_pose: str = option("walk_left", "Key pose at the start, named after the stance leg.", choices=INIT_POSES)
    slope_deg: float = option(0.0, "Inclination of the ground, uphill positive.", ge=-15.0, le=15.0, unit="deg")
    delayed: bool = option(False, "Neural delays with control at 1 kHz; otherwise control at 100 Hz without delays.")
    timestep: float = option(0.001, "Physics time step.", gt=0.0, le=0.001, unit="s")
    render_modes: list[str] = option(
        ["rgb_array"], "What evaluation shows: rgb_array writes a video, empty writes none.", change=False
    )


@dataclass
class ExoConfig:
    """Exoskeleton torque controller."""

    controller: str = option(
        "none",
        "none, four_param (peak, rise, peak time, fall) or npoint (n torques and n times).",
        choices=EXO_CONTROLLERS,
    )
    n_points: int = option(4, "Number of points of the n-point torque curve.", ge=1, le=64)
    max_torque: float = option(
        10.0, "Torque of a parameter value of 1; the actuator may limit it further.", gt=0.0, le=1000.0, unit="N·m"
    )
    fixed: bool = option(False, "Keep the default four-parameter profile and leave it out of the search.")


@dataclass
class CostConfig:
    """What the optimizer minimizes."""

    target: str = option("velocity", "Cost formula once the gates are met.", choices=TARGETS)
    mode: str = option(
        "clean",
        "clean follows the documented formulas; compat reproduces the values of the public implementation.",
        choices=("clean", "compat"),
    )
    weights: dict[str, float] = option({}, "Factor of single terms of the target, by term name; 1 where not given.")
    tgt_vel: float = option(1.25, "Target walking speed.", gt=0.0, le=5.0, unit="m/s")
    num_strides: int = option(5, "Number of strides at the end of the walk that are judged.", ge=1, le=100)
    tgt_sym_th: float = option(0.1, "Symmetry gate.", gt=0.0, le=10.0, unit="m")
    tgt_grf_th: float = option(1.5, "Ground reaction force from which load is penalized.", ge=0.0, le=10.0, unit="BW")
    trunk_err_type: str = option(
        "ref_diff",
        "Trunk term: distance to the reference, to upright, to the reflex target, pitch rate, or none.",
        choices=("ref_diff", "zero_diff", "tgt_diff", "vel_square", "no_trunk"),
    )
    l1_weight: float = option(1.0, "Weight of the parameter distance from 1 (regularizer).", ge=0.0, le=1000.0)


@dataclass
class OptimizerConfig:
    """CMA-ES, its start and its limits."""

    mode: str = option(
        "single", "single optimizes; evaluate simulates one vector as it is.", choices=("single", "evaluate")
    )
    popsize: int = option(16, "Candidates per generation.", ge=2, le=10000)
    maxiter: int = option(1000, "Number of generations; a larger value extends a finished run.", ge=1, change=False)
    threads: int | None = option(None, "Candidates simulated at once; null uses all cores.", ge=1, change=False)
    sigma_gain: float = option(10.0, "Initial standard deviation is 0.01 times this.", gt=0.0, le=1000)
    cma_options: Any = option(None, "Mapping handed to pycma last, e.g. {tolfun: 1e-9}.")
    param_path: str | None = option(
        None,
        "Start from a parameter file or a run folder instead of from ones; newest:EXP takes EXP's newest finished.",
    )
    pickle_path: str | None = option(None, "Continue the exact CMA-ES state of a pickle file or run folder.")
    trust_pickle: bool = option(False, "Read a pickle_path that was not written by this project.", change=False)
    checkpoint_every: int = option(1, "Generations between checkpoints.", ge=1, le=100000, change=False)
    run_suffix: str | None = option(None, "End of the names of the result files.")
    cost_print: bool = option(False, "Print the table of terms of the best at the end.", change=False)


@dataclass
class RLConfig:
    """Reinforcement learning (comes later)."""

    algorithm: str | None = option(None, "Algorithm of the RL trainer; null in reflex tasks.", choices=(None,))


@dataclass
class RunConfig:
    """One run, completely."""

    task: str = option("reflex", "Trainer: reflex (CMA-ES) or rl.", choices=("reflex", "rl"))
    seed: int = option(0, "Seed of every random stream of the run; 0 is a seed like any other.", ge=0, le=2**31 - 1)
    expname: str | None = option(
        None, "Name of the run folder; null is the exp name plus a short label of the changed overrides.", change=False
    )
    logdir: str | None = option(
        None, "Run folder; null is logs/<date>/<expname> below the current directory.", change=False
    )
    resume: str = option(
        "auto",
        "auto continues an unfinished run of the same name and configuration, never starts a new folder, must insists.",
        choices=("auto", "never", "must"),
        change=False,
    )
    fresh: bool = option(False, "Set the existing run folder of this name aside and start anew.", change=False)
    plugins: list[str] = option([], "Python files imported before the run.")
    model: ModelConfig = field(default_factory=ModelConfig)
    env: EnvConfig = field(default_factory=EnvConfig)
    exo: ExoConfig = field(default_factory=ExoConfig)
    cost: CostConfig = field(default_factory=CostConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    rl: RLConfig = field(default_factory=RLConfig)
