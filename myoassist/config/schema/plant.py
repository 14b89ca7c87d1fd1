"""Keys of the body, a part of `model`, and what they mean."""

from dataclasses import dataclass

from myoassist.config.schema.option import option

NEWEST_HUMAN = "human_2"
# What the muscles of a body are where model.muscle_model does not say.
_MUSCLES = {"published": "mujoco", "human_1": "elastic", NEWEST_HUMAN: "elastic"}
# Bodies whose kneecap and path points give way under muscle tension.
_YIELDING = ("published", "human_1")


@dataclass
class PlantConfig:
    """What the body is made of."""

    plant: str = option(
        "published",
        "What the body is made of. published is the model as it comes; human has fibres, tendons, ligaments and "
        "feet after the literature; a run keeps the version that human means when it starts (docs/body.md).",
        choices=("published", "human", "human_1", "human_2"),
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


def settle_plant(model: PlantConfig) -> None:
    """Write the version in the place of a name that means the newest, so that a run keeps it."""
    if model.plant == "human":
        model.plant = NEWEST_HUMAN


def is_human(model: PlantConfig) -> bool:
    """Say whether a body has the ligaments, passive joints and feet of people."""
    return model.plant != "published"


def has_firm_couplings(model: PlantConfig) -> bool:
    """Say whether the coupled coordinates of the legs follow their joints under any muscle force of walking."""
    return model.plant not in _YIELDING


def muscles_of(model: PlantConfig) -> str:
    """Return mujoco, rigid or elastic."""
    if model.muscle_model is not None:
        return model.muscle_model
    return _MUSCLES[NEWEST_HUMAN if model.plant == "human" else model.plant]
