"""Where the configuration groups lie and what they offer."""

import functools
from dataclasses import dataclass
from pathlib import Path

import myoassist
from myoassist.config.schema.subjects import GROUP, subjects_folder
from myoassist.files.errors import ConfigError

RUN_WORDS = "# run:"
PURPOSE_WORDS = "# for:"


@dataclass(frozen=True)
class Experiment:
    """One file of the `exp` group.

    Attributes:
        name: What follows `exp=`.
        command: The command that runs it, from the `# run:` line.
        purpose: What it is for, from the `# for:` line.
    """

    name: str
    command: str
    purpose: str


@functools.cache
def config_folder() -> Path:
    """Return the folder of the configuration groups: inside the installed package, or beside it in a checkout.

    Raises:
        ConfigError: if neither exists.
    """
    package = Path(myoassist.__file__).resolve().parent
    for folder in (package / "configs", package.parent / "configs"):
        if (folder / "config.yaml").is_file():
            return folder
    raise ConfigError(
        "the configuration groups are missing from this installation",
        f"configs/config.yaml inside or beside {package}",
        "install again: pip install --force-reinstall myoassist, or pip install -e . in a checkout",
    )


def group_names() -> list[str]:
    """Return the names of the groups, `exp` among them."""
    return sorted(path.name for path in config_folder().iterdir() if path.is_dir() and path.name != "hydra")


def group_options(group: str) -> list[str]:
    """Return what can follow `group=`, sorted; empty when there is no such group."""
    folders = [config_folder(), *([own] if group == GROUP and (own := subjects_folder()) is not None else [])]
    return sorted({path.stem for folder in folders for path in (folder / group).glob("*.yaml")})


def option_purpose(group: str, name: str) -> str:
    """Return the first comment of an option file that is not addressed to Hydra, or an empty text."""
    file = config_folder() / group / f"{name}.yaml"
    if not file.is_file() and (own := subjects_folder()) is not None:
        file = own / group / f"{name}.yaml"
    return _header(file).get("", "")


def list_experiments() -> list[Experiment]:
    """Return every experiment with its command and purpose, sorted by name."""
    experiments = []
    for name in group_options("exp"):
        header = _header(config_folder() / "exp" / f"{name}.yaml")
        experiments.append(Experiment(name, header.get(RUN_WORDS, ""), header.get(PURPOSE_WORDS, "")))
    return experiments


def describe_experiments() -> str:
    """Return one line per experiment: name and purpose, aligned."""
    experiments = list_experiments()
    width = max((len(item.name) for item in experiments), default=0)
    return "\n".join(f"  {item.name:<{width}}  {item.purpose}" for item in experiments)


def _header(path: Path) -> dict[str, str]:
    """Read the comment lines at the top: the machine-readable ones by their words, the first other one under ''."""
    header: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        for words in (RUN_WORDS, PURPOSE_WORDS):
            if line.startswith(words):
                header[words] = line.removeprefix(words).strip()
                break
        else:
            if "@package" not in line:
                header.setdefault("", line.lstrip("# ").strip())
    return header
