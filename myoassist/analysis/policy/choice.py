"""Find the policy to evaluate: of a run folder, or one that comes with the package."""

from dataclasses import dataclass
from pathlib import Path

from omegaconf.errors import OmegaConfBaseException

from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.files.content import parse_json
from myoassist.files.errors import ConfigError, UserError
from myoassist.runs.catalogue import day_folder
from myoassist.runs.named_files import resolve_policy_path
from myoassist.runs.policy_files import DESCRIPTION_NAME, MODELS_NAME, POLICY_NAME, list_models, newest_policy
from myoassist.runs.record import build_config
from myoassist.runs.stored_config import change_config

_GROUPS = ("model", "env", "control", "exo", "rl", "seed")


@dataclass(frozen=True)
class ShippedPolicy:
    """A policy that comes with the package.

    Attributes:
        folder: Where results go: a folder of today below the log root.
        config: Configuration that it was trained with, changed by overrides.
        path: Its file.
    """

    folder: Path
    config: RunConfig
    path: Path


def open_shipped(text: str, overrides: list[str]) -> ShippedPolicy:
    """Return what `shipped:NAME` stands for.

    Args:
        text: `shipped:NAME`.
        overrides: Overrides of its configuration, in Hydra's grammar.

    Raises:
        ConfigError: if no such policy is shipped, it has no description, or an override does not fit.
    """
    folder = resolve_policy_path(text, "run")
    name = text.removeprefix(SHIPPED_PREFIX)
    description = folder / DESCRIPTION_NAME if folder is not None and folder.is_dir() else None
    if folder is None or description is None or not description.is_file() or not (folder / POLICY_NAME).is_file():
        raise ConfigError(
            f"run={text}: {folder} does not say how the policy was trained",
            f"a folder with {POLICY_NAME} and {DESCRIPTION_NAME}",
            "run=<run folder> env.prev_trained_policy_path=... continues a policy of that kind",
        )
    config = change_config(read_description(description), overrides)
    place = day_folder() / f"shipped_{name}"
    return ShippedPolicy(place, config, folder / POLICY_NAME)


def read_description(path: Path) -> RunConfig:
    """Return the configuration in the description of a shipped policy.

    Raises:
        ConfigError: if it cannot be read, or has keys or types that this version does not know.
    """
    try:
        description = parse_json(path.read_text(encoding="utf-8"))
        content = {group: description[group] for group in _GROUPS if group in description} | {"task": "rl"}
        return build_config(content)
    except (OSError, ValueError, TypeError, OmegaConfBaseException) as error:
        raise ConfigError(
            f"{path} describes no policy: {str(error).splitlines()[0]}",
            f"the {DESCRIPTION_NAME} of a shipped policy: a JSON object with model, env, exo and rl",
            "restore the file, or evaluate a run folder: run=<folder>",
        ) from None


def choose_policy_file(params: str | None, folder: Path) -> Path:
    """Return the policy that is asked for, else the best of a run, else its newest.

    Args:
        params: A .zip, with or without the ending; `newest` for the one saved last; None for the best.
        folder: Run folder.

    Raises:
        UserError: if there is none.
    """
    if params == "newest":
        models = list_models(folder)
        found = models[-1][1] if models else None
    elif params is not None:
        path = Path(params).expanduser()
        found = path if path.is_file() else path.with_name(f"{path.name}.zip")
        if not found.is_file():
            raise UserError(
                f"params={params} " + ("is a folder" if path.is_dir() else "does not exist"),
                "a policy (.zip), relative to the current folder, or newest",
                f"leave params out to take the best of {folder.as_posix()}",
            )
    else:
        found = newest_policy(folder)
    if found is None:
        raise UserError(
            f"{folder.as_posix()} holds no trained policy yet",
            f"a run that has saved one in {MODELS_NAME}",
            "continue it with the command that started it",
        )
    return found
