"""Say which keys make the numbers of a run those of the public MyoAssist implementation."""

from myoassist.config.schema.run import RunConfig

# The word that gives an experiment the body, the sensors, the cost and the start of the published presets.
PUBLISHED_OVERLAY = "overlays=published"
OLDER_MUJOCO = "model.mujoco_compat=3.3"


def recommend_older(config: RunConfig) -> str | None:
    """Return the sentence that recommends `model.mujoco_compat` where published costs are computed on an own file.

    None where they are not, or where it is set.
    """
    model = config.model
    if config.cost.mode != "compat" or model.path is None or model.mujoco_compat is not None:
        return None
    return (
        f"{OLDER_MUJOCO} would give this file the contact margins and solver tolerance of MuJoCo 3.3, which published "
        "totals come from."
    )
