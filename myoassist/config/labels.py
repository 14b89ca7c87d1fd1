"""Short, safe names for runs out of what was changed on the command line."""

import hashlib
import re

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from myoassist.config.run_names import PLACE_KEYS
from myoassist.config.schema.keys import run_keys

LABEL_LIMIT = 60
_HASH_LENGTH = 8
# These choose the experiment, the folder or how to go about it, not what is computed.
_NOT_TASK = ("exp", "overlays", *PLACE_KEYS)
# They configure Hydra's sweeper and nothing else.
SWEEPER_GROUPS = ("evo", "exp/mutations", "exp/constraints")


def is_task_override(override: Override) -> bool:
    """Tell whether an override changes the task itself, not Hydra, the experiment or the run folder."""
    return override.key_or_group not in _NOT_TASK and not is_hydra_override(override)


def is_hydra_override(override: Override) -> bool:
    """Tell whether an override configures Hydra itself, such as its launcher."""
    name = override.key_or_group
    return name in SWEEPER_GROUPS or name.split(".")[0].split("/")[0] == "hydra"


def label_overrides(overrides: list[str]) -> str:
    """Build a label such as `popsize_8_seed_2` out of overrides; empty when none of them changes the run.

    Only keys that make another run of it enter (not threads, maxiter, display), each with its last component and value,
    sorted by key so that the order on the command line does not matter. Labels stay below `LABEL_LIMIT` characters; a
    longer one is cut and ends in a hash of the whole.
    """
    values: dict[str, str] = {}
    for override in OverridesParser.create().parse_overrides(overrides):
        name = override.key_or_group
        key = run_keys().get(name)
        if is_task_override(override) and (key is None or key.metadata["change"]):
            # The last one wins, as in composition.
            values[name] = "off" if override.is_delete() else override.get_value_element_as_str()
    tails = [name.rsplit(".", 1)[-1] for name in values]
    parts = []
    for name in sorted(values):
        tail = name.rsplit(".", 1)[-1]
        parts.append(f"{_safe(name if tails.count(tail) > 1 else tail)}_{_safe(values[name])}")
    return _shorten("_".join(parts), values)


def sweep_label(overrides: list[str]) -> str:
    """Build the name of a run's folder within its sweep, such as `popsize_8_sigma_gain_0p5/seed_2`.

    Every override of the task enters with the last component of its key and its value, in the order given; the seed
    becomes a folder of its own. Dots are written p, minus signs n and commas _; brackets, braces, quotes and spaces are
    dropped. Longer than `LABEL_LIMIT`, the first part is cut and ends in a hash of the whole.

    Args:
        overrides: The swept overrides of one run, one value each.
    """
    values: dict[str, str] = {}
    for override in OverridesParser.create().parse_overrides(overrides):
        if is_task_override(override):
            values[override.key_or_group] = "off" if override.is_delete() else override.get_value_element_as_str()
    seed = values.pop("seed", None)
    tails = [_tail(name) for name in values]
    parts = [
        f"{_safe(name if tails.count(_tail(name)) > 1 else _tail(name))}_{_plain(value)}".strip("_")
        for name, value in values.items()
    ]
    folders = [_shorten("_".join(parts), values), "" if seed is None else f"seed_{_plain(seed)}"]
    return "/".join(folder for folder in folders if folder)


def default_expname(exp: str | None, overrides: list[str]) -> str:
    """Return the name of a run folder: the exp (or `run`) and the label of the changed overrides."""
    label = label_overrides(overrides)
    return f"{exp or 'run'}_{label}" if label else exp or "run"


def _shorten(label: str, values: dict[str, str]) -> str:
    """Cut a label that is too long, and keep it distinct with a hash of the values that it stands for."""
    if len(label) <= LABEL_LIMIT:
        return label
    digest = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:_HASH_LENGTH]
    return f"{label[: LABEL_LIMIT - _HASH_LENGTH - 1].rstrip('_')}_{digest}"


def _tail(name: str) -> str:
    """Return the last component of a key or group."""
    return re.split(r"[./]", name)[-1]


def _plain(text: str) -> str:
    """Write a value with letters, digits and underscores: -1.5 becomes n1p5, [1, -2] becomes 1_n2."""
    text = re.sub(r"[\s\[\](){}$'\"\\]", "", text).translate(str.maketrans(".-,", "pn_"))
    return re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", text)).strip("_")


def _safe(text: str) -> str:
    """Write text with letters, digits and underscores only: -1.5 becomes n1p5, [1,2] becomes 1_2."""
    text = re.sub(r"(?<=\d)\.(?=\d)", "p", text)
    text = re.sub(r"(?<![\w])-(?=[\d.])", "n", text)
    return re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9]+", "_", text)).strip("_")
