"""Distributions of start vectors that come with the package."""

from pathlib import Path

from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.config.sources.shipped import models_folder, unknown_name
from myoassist.files.content import is_file
from myoassist.files.errors import ConfigError

KEY = "optimizer.scan_from"


def list_starts() -> dict[str, Path]:
    """Return the shipped distributions by name, sorted."""
    return {path.stem: path for path in sorted((models_folder() / "starts").glob("*.yaml"))}


def find_start(text: str) -> Path:
    """Return the file that `optimizer.scan_from` names.

    Raises:
        ConfigError: if there is none.
    """
    if text.startswith(SHIPPED_PREFIX):
        name, known = text.removeprefix(SHIPPED_PREFIX), list_starts()
        if name in known:
            return known[name]
        raise unknown_name(KEY, name, "distribution", known, f"{KEY}={SHIPPED_PREFIX}<one of these>")
    path = Path(text).expanduser()
    if not is_file(path):
        raise ConfigError(
            f"{KEY}={text} does not exist", f"a YAML file, or {SHIPPED_PREFIX}<one of {', '.join(list_starts())}>"
        )
    return path
