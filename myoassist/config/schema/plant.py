"""Keys of the body, a part of `model`, and what they mean."""

from dataclasses import dataclass

from myoassist.config.schema.option import option

# Versions of the human body, oldest first; docs/body.md says what each changed.
HUMANS = ("human_1", "human_2", "human_3", "human_4", "human_5")
NEWEST_HUMAN = HUMANS[-1]
# What `human` means: the newest one that the shipped walks stand on.
USUAL_HUMAN = "human_4"
PUBLISHED = "published"
# What configs/config.yaml says of plant and sensing: it tells a configuration that names them from one that does not.
AUTO = "auto"
# What auto means for a walker of the library in a search, and for all others. Here alone the default body is chosen.
DEFAULT_BODY = ("human", "contact")
PUBLISHED_BODY = (PUBLISHED, "touch")


@dataclass
class PlantConfig:
    """What the body is made of."""

    plant: str = option(
        PUBLISHED,
        "What the body is made of. published is the model as it comes; human has fibres, tendons, ligaments and "
        "feet after the literature; a run keeps the version that human means when it starts (docs/body.md). Commands "
        "begin with auto: human, but published for model.path and task=rl.",
        choices=(AUTO, PUBLISHED, "human", *HUMANS),
    )
    muscle_model: str | None = option(
        None,
        "Muscles: mujoco, or with fibres and pennation on tendons that are rigid or elastic. null is what the plant "
        "has: mujoco for published, elastic for human.",
        choices=("mujoco", "rigid", "elastic"),
    )
    muscle_table: str | None = option(
        None, "CSV file with fibres and tendons of all muscles, for rigid and elastic; null is the one of the package."
    )
    sensing: str = option(
        "touch",
        "Load that reflexes, cost and policies feel: touch is that of the touch sensors, which miss a part of it; "
        "contact the whole force of the ground on each foot. Gait events, metrics and plots always know the latter. "
        "Commands begin with auto: contact, but touch for model.path and task=rl.",
        choices=(AUTO, "touch", "contact"),
    )
    segment_scale: dict[str, float] = option(
        {},
        "Factors of the lengths of pelvis, thigh, shank, foot and trunk, with muscle paths, fibres and tendons, "
        "besides height_scale; masses follow their cubes unless body_mass is given, muscle forces stay. "
        "`myoassist subject` writes them.",
        ge=0.7,
        le=1.4,
    )
    body_mass: float | None = option(
        None,
        "Mass of the person without a device, divided among the segments after de Leva 1996, with their inertias; null "
        "keeps those of the model.",
        ge=20.0,
        le=250.0,
        unit="kg",
    )
    sex: str | None = option(
        None, "With body_mass, whose shares the segments have; null is the mean of both.", choices=("female", "male")
    )


def settle_plant(model: PlantConfig, published: bool) -> None:
    """Write values in the place of names that stand for others, so that a run keeps them.

    Args:
        model: Changed in place.
        published: Whether auto is the published body: an own file brings its own, policies were trained with it.
    """
    plant, sensing = PUBLISHED_BODY if published else DEFAULT_BODY
    model.plant = plant if model.plant == AUTO else model.plant
    model.sensing = sensing if model.sensing == AUTO else model.sensing
    if model.plant == "human":
        model.plant = USUAL_HUMAN


def human_version(model: PlantConfig) -> int:
    """Return the number of the version of the human body; 0 for the published one."""
    if model.plant in (PUBLISHED, AUTO):
        return 0
    return HUMANS.index(USUAL_HUMAN if model.plant == "human" else model.plant) + 1


def is_human(model: PlantConfig) -> bool:
    """Say whether a body has the ligaments, passive joints and feet of people."""
    return human_version(model) > 0


def has_firm_couplings(model: PlantConfig) -> bool:
    """Say whether the coupled coordinates of the legs follow their joints under any muscle force of walking."""
    return human_version(model) >= 2


def has_relaxed_fibres(model: PlantConfig) -> bool:
    """Say whether passive fibres are as stiff as the relaxed legs of people, and not as the source's curve."""
    return human_version(model) >= 3


def muscles_of(model: PlantConfig) -> str:
    """Return mujoco, rigid or elastic."""
    if model.muscle_model is not None:
        return model.muscle_model
    return "elastic" if is_human(model) else "mujoco"
