"""Rules of the body: which muscles and feet it may have, and where its figures come from."""

from pathlib import Path

from myoassist.config.schema.plant import is_human, muscles_of
from myoassist.config.schema.run import ModelConfig
from myoassist.files.errors import ConfigError, ModelError


def check_plant(model: ModelConfig) -> None:
    """Refuse a body that the model cannot have.

    Raises:
        ModelError: if an own file is to have fibres and tendons, but no table gives them.
        ConfigError: if a table is given that nothing reads, or muscles or feet that are not those of `human`.
    """
    kind = muscles_of(model)
    if model.plant != "published" and kind == "mujoco":
        raise ConfigError(
            f"model.plant={model.plant} with model.muscle_model=mujoco",
            "muscles with fibres and tendons: they are what this body is about",
            "model.plant=published model.muscle_model=mujoco",
        )
    if is_human(model) and model.foot_contact != "mesh":
        raise ConfigError(
            f"model.foot_contact={model.foot_contact} with model.plant={model.plant}",
            "mesh: the feet of this body are capsules of their own",
            "model.foot_contact=mesh",
        )
    if kind == "mujoco":
        if model.muscle_table is not None:
            raise ConfigError(
                f"model.muscle_table={model.muscle_table}, but MuJoCo's own muscles have no fibres and tendons to set",
                "null, or muscles that read it",
                "model.muscle_model=elastic",
            )
        return
    if model.path is not None and model.muscle_table is None:
        asked = f"model.plant={model.plant}" if model.muscle_model is None else f"model.muscle_model={kind}"
        raise ModelError(
            f"{asked} with model.path={model.path}: no optimal fibre lengths, tendon slack lengths and pennations of "
            "its muscles are known",
            "a model of the library, or a table of the muscles (columns and units: docs/body.md)",
            "model.plant=published model.muscle_model=null    (or model.muscle_table=<muscles.csv>)",
        )
    if model.muscle_table is not None and not Path(model.muscle_table).expanduser().is_file():
        raise ConfigError(
            f"model.muscle_table={model.muscle_table} does not exist", "a CSV file", "model.muscle_table=<muscles.csv>"
        )
