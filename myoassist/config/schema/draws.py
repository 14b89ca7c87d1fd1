"""Keys of costs over several walks, a part of `cost`, and what disturbs walks."""

from dataclasses import dataclass, field

from myoassist.config.schema.option import option

RISKS = ("mean", "worst", "cvar")


@dataclass
class DrawNoiseConfig:
    """What disturbs the further walks of a candidate, with cost.draws above 1; 0 leaves a disturbance out."""

    start_angle_sd: float = option(
        1.0, "Standard deviation of the joint angles and the pelvis tilt at the start.", ge=0.0, le=20.0, unit="deg"
    )
    start_speed_sd: float = option(0.02, "Standard deviation of the speed at the start.", ge=0.0, le=1.0, unit="m/s")
    push_impulse: float = option(
        10.0,
        "Largest push on the pelvis, forward or backward; each lasts 0.1 s and has between half of it and all.",
        ge=0.0,
        le=200.0,
        unit="N·s",
    )
    push_interval: float = option(
        4.0, "Time between pushes; the first comes after one, each up to half of it later.", ge=1.0, le=1e6, unit="s"
    )
    sensor_noise: float = option(1.0, "Factor of sensor noise, as env.perturbation.sensor_noise.", ge=0.0, le=100.0)
    parameter_sd: float = option(
        0.01, "Standard deviation of the parameters of the human controller, as a share of each.", ge=0.0, le=0.5
    )
    ground: float = option(
        0.02,
        "Heights of the ground above and below its mean, uniform on a grid of 0.2 m; level for the first 3 m.",
        ge=0.0,
        le=0.2,
        unit="m",
    )
    footholds: float = option(
        0.0,
        "Heights of the ground above and below its mean as in the trials of robustness: every 0.5 m, level for the "
        "first metre, other ground in every walk.",
        ge=0.0,
        le=0.2,
        unit="m",
    )
    in_turn: bool = option(
        False,
        "Every disturbed walk has one disturbance alone, in turn: start, pushes, sensors, parameters, ground, without "
        "those that are 0. Otherwise each has all at once.",
    )


@dataclass
class DrawsConfig:
    """Judging a candidate over several walks."""

    draws: int = option(
        1,
        "Walks that a candidate is judged on: one undisturbed, the others disturbed as cost.draw_noise says, the same "
        "way for all candidates of a generation.",
        ge=1,
        le=64,
    )
    risk: str = option(
        "mean",
        "How the costs of the walks become one: their mean, or the mean moved by cost.risk_weight towards the worst "
        "one, or towards the mean of the worse half (cvar).",
        choices=RISKS,
    )
    risk_weight: float = option(
        0.5, "With cost.risk=worst or cvar: 0 is the mean alone, 1 the risk alone.", ge=0.0, le=1.0
    )
    hopeless_time: float | None = option(
        None,
        "When a walk is looked at and ended if it has made less than 0.3 of its way or one foot has not struck the "
        "ground for 2 s; it counts as a fall. null lets every walk go on.",
        ge=3.0,
        le=600.0,
        unit="s",
    )
    draw_noise: DrawNoiseConfig = field(default_factory=DrawNoiseConfig)


@dataclass
class PerturbationConfig:
    """Disturbances of a walk; all off by default. Their random numbers follow the seed of the candidate."""

    push_force: float = option(0.0, "Force on the pelvis, forward positive.", ge=-2000.0, le=2000.0, unit="N")
    push_interval: float = option(3.0, "Time from push to push; the first comes after one.", gt=0.0, le=1e6, unit="s")
    push_duration: float = option(0.1, "Length of a push.", gt=0.0, le=10.0, unit="s")
    sensor_noise: float = option(
        0.0,
        "Factor of the noise on the controller's signals; 1 is 0.01 rad, 0.1 rad/s, 0.02 body weights, 0.02 of F_max.",
        ge=0.0,
        le=100.0,
    )
