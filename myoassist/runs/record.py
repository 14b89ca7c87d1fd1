"""Read what run folders hold, without changing them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from myoassist.config.schema.aliases import renew_stored
from myoassist.config.schema.run import RunConfig
from myoassist.files.content import parse_yaml
from myoassist.files.errors import ConfigError
from myoassist.files.lock import LOCK_NAME
from myoassist.runs.catalogue import CONFIG_NAME, STATUS_NAME, VERSIONS_NAME, read_status

CONFIG_HEADER = "# Complete configuration of a myoassist run. Changing it does not change the run."


@dataclass(frozen=True)
class Inspection:
    """What a folder is.

    Attributes:
        kind: absent, blank (nothing of value in it), run, broken (a run whose configuration cannot be read) or foreign.
        config: Stored configuration of a run.
        status: Content of status.json, `{"status": "unknown"}` where there is none.
        problem: Why the configuration of a broken run cannot be read.
    """

    kind: str
    config: RunConfig | None = None
    status: dict[str, Any] | None = None
    problem: str = ""


def read_run_config(path: Path) -> RunConfig:
    """Read the configuration of a run from its folder or its config.yaml.

    Raises:
        ConfigError: if it is missing, truncated, or has keys or types that this version does not know.
    """
    file = path / CONFIG_NAME if path.is_dir() else path
    remedy = "name the folder of a run, logs/<date>/<expname>, or use the version of myoassist that wrote it"
    try:
        content = parse_yaml(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{file} does not exist", "the config.yaml of a run", remedy) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{file} cannot be read: {_first_line(error)}", "the config.yaml of a run", remedy) from None
    if not isinstance(content, dict):
        raise ConfigError(f"{file} is empty or truncated", "the config.yaml of a run", remedy)
    missing = [key for key in ("task", "optimizer") if key not in content]
    if missing:
        raise ConfigError(
            f"{file} lacks {' and '.join(missing)}", "the complete config.yaml of a run, not a truncated one", remedy
        )
    try:
        return build_config(content)
    except (OmegaConfBaseException, TypeError, ValueError) as error:
        named = getattr(error, "full_key", None)
        key = f"{named}: " if named else ""
        raise ConfigError(f"{file}: {key}{_first_line(error)}", "the keys and types of this version", remedy) from None


def build_config(content: dict[str, Any]) -> RunConfig:
    """Return stored values, completed by the defaults of the schema, as a configuration.

    Raises:
        OmegaConfBaseException, TypeError, ValueError: if there are keys or types that this version does not know.
    """
    # No interpolation is left in a resolved configuration, so nothing but values and types is looked at.
    stored = OmegaConf.create(renew_stored(content))
    return OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(RunConfig), stored))  # type: ignore[return-value]


def inspect_folder(path: Path) -> Inspection:
    """Tell what a folder is, see `Inspection`.

    Raises:
        OSError: if it is not a folder or cannot be listed.
    """
    if not path.exists():
        return Inspection("absent")
    # Hidden files are ours (half-written ones), the system's, or a scheduler's.
    names = [entry.name for entry in path.iterdir() if not entry.name.startswith(".") and entry.name != LOCK_NAME]
    if not names:
        return Inspection("blank")
    if CONFIG_NAME not in names:
        return Inspection("foreign")
    status = read_status(path)
    try:
        return Inspection("run", read_run_config(path), status)
    except ConfigError as error:
        ours = STATUS_NAME in names or VERSIONS_NAME in names or _has_our_header(path / CONFIG_NAME)
        return Inspection("broken" if ours else "foreign", None, status, error.found)


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split("\n")[:1])


def _has_our_header(file: Path) -> bool:
    try:
        start = file.read_bytes()[:200]
    except OSError:
        return True
    return not start.strip() or start.startswith(CONFIG_HEADER[:20].encode())
