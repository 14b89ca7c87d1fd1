"""Keys of the body, a part of `model`."""

from dataclasses import dataclass

from myoassist.config.schema.option import option


@dataclass
class PlantConfig:
    """What the body is made of."""

    plant: str = option(
        "published",
        "What the body is made of. published is the model as it comes; human has fibres, tendons, ligaments and "
        "feet after the literature; a run keeps the version that human means when it starts (docs/body.md).",
        choices=("published", "human", "human_1"),
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
