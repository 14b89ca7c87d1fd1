"""The run configuration as dataclasses: one field, one default, one explanation, one range.

The explanation and range of a field live in its metadata, so that validation, error messages and the documentation
read the same source. Units are SI unless the name says otherwise.
"""

from dataclasses import dataclass, field
from typing import Any

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.draws import DrawsConfig, PerturbationConfig
from myoassist.config.schema.fake import FakeConfig
from myoassist.config.schema.option import option
from myoassist.config.schema.plant import PlantConfig
from myoassist.config.schema.rl import RLConfig, WalkEnvConfig
from myoassist.config.schema.schedule import ScheduleConfig
from myoassist.config.schema.shown import ShownConfig

MUSCULATURES = (22, 26, 80)
# Search algorithms: CMA-ES, the same with two kinds of restarts, and any of nevergrad's.
SEARCH_ALGORITHMS = {
    "cma": "myoassist.optimize.optimizers.cma:CmaOptimizer",
    "ipop": "myoassist.optimize.optimizers.restarts:IpopOptimizer",
    "bipop": "myoassist.optimize.optimizers.restarts:BipopOptimizer",
    "nevergrad": "myoassist.optimize.optimizers.nevergrad:NevergradOptimizer",
}
INIT_POSES = ("walk_left", "walk_right")
EXO_CONTROLLERS = ("none", "four_param", "npoint", "impedance")
# Angles of a reference gait by the names of their columns; flexion and dorsiflexion are positive.
REFERENCE_ANGLES = ("trunk_pitch", "hip_flexion", "knee_flexion", "ankle_dorsiflexion")
# `newest:EXP` stands for the newest finished run of an exp.
NEWEST_PREFIX = "newest:"
# `optimizer.param_path=shipped:NAME` stands for a controller that comes with the package.
SHIPPED_PREFIX = "shipped:"


@dataclass
class ModelConfig(PlantConfig):
    """Musculoskeletal model and worn device."""

    musculature: int = option(22, "Number of leg muscles: 22 (planar), 26 (3D) or 80 (3D).", choices=MUSCULATURES)
    device: str | None = option(
        None, "Worn device: a name shown by `myoassist list devices`, or null for none. Short names work (tutorial)."
    )
    path: str | None = option(
        None, "Own MJCF file with the same joint, actuator, sensor and site names; replaces musculature and device."
    )
    trust_path: bool = option(False, "Let model.path name files outside of its folder.", change=False)
    mujoco_compat: float | None = option(
        None,
        "With model.path: version of MuJoCo whose contact margins and solver tolerance hold. 3.3 is what published "
        "numbers come from; null is the installed one.",
        choices=(3.3,),
    )
    physics: str = option(
        "full", "full keeps every coupled coordinate; fast fits a fixed geometry.", choices=("full", "fast")
    )
    steady_paths: bool = option(
        False,
        "With physics=fast: lead the hamstrings around their guide on the right side in all poses. false is as in runs "
        "that do not name this: near 53 deg of knee flexion they jump by 80 mm and kick (docs/fast-physics.md). "
        "Commands begin with true.",
    )
    foot_contact: str = option(
        "mesh",
        "What meets the ground: the meshes of the feet or soles, or capsules fitted to them.",
        choices=("mesh", "primitive"),
    )
    reflex_mode: str | None = option(
        None, "Old place of control.reflex_mode.", choices=("uni", "ind"), alias="control.reflex_mode", moved=True
    )
    hip_rotation_stiffness: float = option(
        50.0,
        "Passive stiffness of hip rotation in 3D, which no muscle of the 26 holds; damped critically for a swinging "
        "leg.",
        ge=0.0,
        le=10000.0,
        unit="N·m/rad",
    )
    mass_scale: float = option(1.0, "Factor of all masses and inertias of the human.", gt=0.0, le=10.0)
    height_scale: float = option(
        1.0,
        "Factor of all lengths; areas, and so muscle forces, follow its square, masses its cube, inertias its fifth "
        "power.",
        ge=0.8,
        le=1.25,
    )
    muscle_strength: dict[str, float] = option(
        {},
        "Factors of peak muscle forces: `all`, a side (`r`, `l`), a muscle of both legs (`soleus`) or of one "
        "(`soleus_r`); they multiply. 0 takes a muscle away.",
        ge=0.0,
        le=100.0,
    )


@dataclass
class EnvConfig(WalkEnvConfig):
    """Simulation: duration, start, ground; with task=rl also what an episode is."""

    sim_time: float = option(20.0, "Length of one evaluation.", gt=0.0, le=600.0, unit="s", task="search")
    init_pose: str = option("walk_left", "Key pose at the start, named after the stance leg.", choices=INIT_POSES)
    slope_deg: float = option(
        0.0, "Inclination of the ground, uphill positive.", ge=-15.0, le=15.0, unit="deg", task="search"
    )
    slope_mode: str = option(
        "clean",
        "clean is a plane of the true angle; compat the published height field, truly 0.223 times as steep.",
        choices=("clean", "compat"),
        task="search",
    )
    perturbation: PerturbationConfig = field(default_factory=PerturbationConfig, metadata={"task": "search"})
    support: float = option(
        0.0,
        "How strongly springs and dampers hold the pelvis upright and at cost.tgt_vel: for the first stages of a "
        "search from nothing, see optimizer.stages. 0 is a walk of one's own.",
        ge=0.0,
        le=1.0,
        task="search",
    )
    delayed: bool | None = option(None, "Old place of control.delayed.", alias="control.delayed", moved=True)
    timestep: float = option(0.001, "Physics time step.", ge=1e-6, le=0.002, unit="s")
    render_modes: list[str] = option(
        ["rgb_array"], "What evaluation shows: rgb_array writes a video, empty writes none.", change=False
    )
    video_speed: float = option(1.0, "Playback speed of the video, 1: real time.", ge=0.05, le=10.0, change=False)


@dataclass
class ExoConfig:
    """Exoskeleton torque controller."""

    controller: str = option(
        "none",
        "none, four_param (peak, rise, peak time, fall), npoint (n torques and n times), impedance (powered "
        "prostheses: stiffness, damping and angle per phase), or a controller of your own.",
        choices=EXO_CONTROLLERS,
        own=True,
    )
    timing: str = option(
        "auto",
        "What a torque curve is timed by: stance, the whole stride from heel strike, or auto: ankles by stance, hips "
        "by stride.",
        choices=("auto", "stance", "stride"),
    )
    n_points: int = option(4, "Number of points of the n-point torque curve.", ge=1, le=64)
    max_torque: float = option(
        10.0, "Torque of a parameter value of 1; the actuator may limit it further.", gt=0.0, le=1000.0, unit="N·m"
    )
    fixed: bool = option(False, "Keep the default four-parameter profile and leave it out of the search.")
    mass: float | None = option(
        None, "Mass of the whole worn device; null keeps the modelled one.", ge=0.0, le=100.0, unit="kg"
    )


@dataclass
class CostConfig(DrawsConfig):
    """What the optimizer minimizes."""

    target: str = option("velocity", "Name of the cost formula: a file of `configs/cost`, or that of an own one.")
    formula: Any = option(
        None,
        "What counts: {terms: {effort: 1, trunk: 0.5}, gates: [velocity, symmetry, pelvis], velocity_factor: 100, "
        "offset: 0}; null is that of the target's file. Terms may be those of plugins.",
    )
    mode: str = option(
        "clean",
        "clean follows the documented formulas; compat reproduces the values of the public implementation.",
        choices=("clean", "compat"),
    )
    weights: dict[str, float] = option(
        {},
        "Factor of single terms of the target, besides that of the formula, by term name; 1 where not given.",
        ge=0.0,
        le=1e6,
    )
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
    extra_terms: list[str] = option(
        [], "Terms added to those of the target once the gates are met: built-in ones, or own ones of plugins."
    )
    people: str | None = option(
        None,
        "Whom graded targets and scores compare with: null is people at the speed (Schwartz 2008), a file one person's "
        "own strides, as `myoassist subject` writes them.",
    )
    reference: str | None = option(
        None, "Own reference gait, .csv, .mot, .sto, .npz: one stride from left heel strike; null is the built-in one."
    )
    reference_shift: float | None = option(
        None,
        "Where in the file the left foot strikes, percent of the cycle; null is 0, and refuses a file that fits a walk "
        "far better from elsewhere.",
        ge=-100.0,
        le=100.0,
        unit="%",
    )
    reference_signs: dict[str, float] = option(
        {},
        "Signs of angles in the file, 1 or -1, e.g. {knee_flexion: -1}; what is named is not judged.",
        ge=-1.0,
        le=1.0,
    )
    reference_offsets: dict[str, float] = option(
        {},
        "Added to angles of the file, e.g. {trunk_pitch: -12}; what is named is not judged.",
        ge=-180.0,
        le=180.0,
        unit="deg",
    )


@dataclass
class OptimizerConfig(ScheduleConfig):
    """The search: its algorithm, its start and its limits."""

    algorithm: str = option(
        "cma",
        "cma: CMA-ES; ipop: CMA-ES that starts again with a doubled population where it has converged; bipop: with "
        "large and small ones in turn; nevergrad: the algorithm that optimizer.nevergrad names.",
        choices=tuple(SEARCH_ALGORITHMS),
    )
    nevergrad: str = option("TwoPointsDE", "With algorithm=nevergrad, a name of its registry, e.g. TwoPointsDE or PSO.")
    restarts: int = option(9, "With ipop and bipop, restarts at most.", ge=0, le=1000)
    mode: str = option(
        "single",
        "single optimizes one walking condition, multispeed and multislope several; evaluate simulates one vector.",
        choices=("single", "evaluate", "multispeed", "multislope"),
    )
    optim_params: list[float] = option(
        [], "Conditions: speeds in m/s for multispeed, inclinations in deg for multislope, uphill positive."
    )
    optim_weights: list[float] | None = option(
        None, "Weight of each condition, scaled to a sum of 1; null weights all the same.", le=1e6
    )
    multi_strategy: str | None = option(
        None,
        "shared: one vector for all conditions; affine: with a slope per reflex parameter; chain: one search after the "
        "other. null is affine for multispeed, shared for multislope.",
        choices=("shared", "affine", "chain"),
    )
    evaluate_over: str | None = option(
        None, "In mode evaluate: what optim_params are; null simulates one condition.", choices=("speed", "slope")
    )
    popsize: int = option(16, "Candidates per generation.", ge=2, le=10000)
    maxiter: int = option(
        1000, "Number of generations; a larger value extends a finished run.", ge=1, le=10**9, change=False
    )
    threads: int | None = option(
        None, "Candidates simulated at once; null uses all cores.", ge=1, le=4096, change=False
    )
    executor: str = option(
        "threads",
        "Where candidates are simulated: threads of this process, or processes with a model each. Same results.",
        choices=("threads", "processes"),
        change=False,
    )
    candidate_timeout: float | None = option(
        None,
        "Longest time of one evaluation; then the candidate fails. Results then depend on the speed of the machine: it "
        "is there for evaluations that would hang. null for none.",
        gt=0.0,
        le=1e6,
        unit="s",
        change=False,
    )
    sigma_gain: float = option(10.0, "Initial standard deviation is 0.01 times this.", gt=0.0, le=1000)
    cma_options: Any = option(None, "With cma, ipop and bipop, mapping handed to pycma last, e.g. {tolfun: 1e-9}.")
    param_path: str | None = option(
        None,
        "Start from a parameter file, a run folder, the newest finished run of EXP (newest:EXP) or a controller of the "
        "package (shipped:NAME) instead of from ones.",
    )
    pickle_path: str | None = option(None, "Continue the exact state of a search: a run folder, for cma also a pickle.")
    trust_pickle: bool = option(False, "Read a pickle_path that was not written by this project.", change=False)
    checkpoint_every: int = option(1, "Generations between checkpoints.", ge=1, le=100000, change=False)
    run_suffix: str | None = option(None, "End of the names of the result files.")
    cost_print: bool = option(False, "Print the table of terms of the best at the end.", change=False)


@dataclass
class RunConfig(ShownConfig):
    """One run, completely."""

    task: str = option("search", "Trainer: search (CMA-ES), rl, or fake (synthetic).", choices=("search", "rl", "fake"))
    seed: int = option(0, "Seed of every random stream of the run; 0 is a seed like any other.", ge=0, le=2**31 - 1)
    expname: str | None = option(
        None, "Name of the run folder; null is the exp name plus a short label of the changed overrides.", change=False
    )
    logdir: str | None = option(None, "Run folder; null is logs/<date>/<expname> below the current one.", change=False)
    expsubdir: str | None = option(
        None, "Folder of the run below that of its name; auto names it after what is swept.", change=False
    )
    allow_shared_dir: bool = option(False, "Let several runs of a sweep use the same run folder.", change=False)
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
    control: ControlConfig = field(default_factory=ControlConfig)
    exo: ExoConfig = field(default_factory=ExoConfig)
    cost: CostConfig = field(default_factory=CostConfig, metadata={"task": "search"})
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig, metadata={"task": "search"})
    rl: RLConfig = field(default_factory=RLConfig)
    fake: FakeConfig = field(default_factory=FakeConfig)
