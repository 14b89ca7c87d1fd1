"""Short, safe names for runs out of what was changed on the command line."""

import hashlib
import re

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from myoassist.config.keys import run_keys

LABEL_LIMIT = 60
_HASH_LENGTH = 8
# These choose the experiment, the folder or how to go about it, not what is computed.
_NOT_TASK = ("exp", "overlays", "expname", "logdir", "resume", "fresh")


def is_task_override(override: Override) -> bool:
    """Tell whether an override changes the task itself, not Hydra, the experiment or the run folder."""
    return override.key_or_group not in _NOT_TASK and not is_hydra_override(override)


def is_hydra_override(override: Override) -> bool:
    """Tell whether an override configures Hydra itself, such as its launcher."""
    return override.key_or_group.split(".")[0].split("/")[0] == "hydra"


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
    label = "_".join(parts)
    if len(label) <= LABEL_LIMIT:
        return label
    digest = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:_HASH_LENGTH]
    return f"{label[: LABEL_LIMIT - _HASH_LENGTH - 1].rstrip('_')}_{digest}"


def default_expname(exp: str | None, overrides: list[str]) -> str:
    """Return the name of a run folder: the exp (or `run`) and the label of the changed overrides."""
    label = label_overrides(overrides)
    return f"{exp or 'run'}_{label}" if label else exp or "run"


def _safe(text: str) -> str:
    """Write text with letters, digits and underscores only: -1.5 becomes n1p5, [1,2] becomes 1_2."""
    text = re.sub(r"(?<=\d)\.(?=\d)", "p", text)
    text = re.sub(r"(?<![\w])-(?=[\d.])", "n", text)
    return re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9]+", "_", text)).strip("_")
