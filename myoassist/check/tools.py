"""What a run is shown by while it goes on: trackers of experiments and the live page."""

import importlib.util

from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from myoassist.optimize.conditions import choose_strategy

# Tracker -> package, and what installs it.
_TRACKERS = {
    "mlflow": ("mlflow", "python -m pip install mlflow-skinny alembic sqlalchemy"),
    "wandb": ("wandb", "python -m pip install wandb"),
}
_VIEWERS = ("mjviser", "viser")


def check_tracking(config: RunConfig) -> None:
    """Refuse a tracker whose package is missing, and an address without a tracker.

    Raises:
        ConfigError: saying what installs it.
    """
    if config.tracking == "none":
        if config.tracking_uri is not None:
            raise ConfigError(
                f"tracking_uri={config.tracking_uri} with tracking=none",
                "a tracker that sends there",
                f"tracking=mlflow tracking_uri={config.tracking_uri}",
            )
        return
    package, command = _TRACKERS[config.tracking]
    if importlib.util.find_spec(package) is None:
        raise ConfigError(
            f"tracking={config.tracking} needs the package {package}, which is not installed",
            "the package, which is an extra of this project, or tracking=none",
            command,
        )


def check_watch(config: RunConfig) -> None:
    """Refuse a live page of what has none, and one whose packages are missing.

    Raises:
        ConfigError: saying what shows the run instead, or installs them.
    """
    if not config.watch:
        return
    evaluates = config.task == "search" and config.optimizer.mode == "evaluate"
    if config.task == "rl":
        raise ConfigError("watch=true with task=rl", "a search", "rl.flag_rendering=true, which shows a training")
    if config.task != "search" or evaluates or choose_strategy(config.optimizer) == "chain":
        found = f"task={config.task}" if config.task != "search" else f"mode={config.optimizer.mode}"
        raise ConfigError(
            f"watch=true with {found if config.task != 'search' or evaluates else 'a chain of searches'}",
            "one search; of a chain each condition has a folder, which `myoassist watch` shows",
            "watch=false",
        )
    missing = [name for name in _VIEWERS if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"watch=true needs a package that is missing: {missing[0]}",
            " and ".join(_VIEWERS),
            "python -m pip install mjviser viser",
        )
