"""Turn a preset of MyoAssist into an experiment file and check that it composes."""

import tempfile
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir

from myoassist.check.run import check
from myoassist.compat.draft import Draft
from myoassist.compat.preset.file import Preset
from myoassist.compat.preset.map_model import map_exo, map_ground, map_model
from myoassist.compat.preset.map_search import map_cost, map_mode, map_optimizer, map_plain
from myoassist.compat.session_file import Session
from myoassist.config.compose.run import ROOT_CONFIG, convert_composed, register_schemas, rewording_errors
from myoassist.config.schema.groups import PURPOSE_WORDS, RUN_WORDS, config_folder
from myoassist.config.schema.run import RunConfig
from myoassist.files.content import dump_yaml
from myoassist.files.errors import UserError

_GROUPS = ("model", "env", "exo", "cost", "optimizer", "rl")


def map_preset(preset: Preset) -> Draft:
    """Return what a preset becomes here, each value checked against the schema."""
    draft = Draft(unmapped=list(preset.notes))
    map_model(preset, draft)
    map_ground(preset, draft)
    map_exo(preset, draft)
    map_cost(preset, draft)
    map_plain(preset, draft)
    map_mode(preset, draft)
    map_optimizer(preset, draft)
    return draft


def draft_experiment(preset: Preset) -> Draft:
    """Return what a preset becomes here, composed and validated as a whole.

    A configuration that this version would refuse at the start keeps its values; the reason is among what is unmapped.
    """
    draft = map_preset(preset)
    try:
        config = compose_experiment(format_experiment(preset, draft, preset.name), preset.name)
        check(config)
    except UserError as error:
        draft.lack("the whole", f"it will be refused: {error.found}; expected {error.expected}")
    return draft


def format_experiment(preset: Preset | Session, draft: Draft, name: str, command: str | None = None) -> str:
    """Return the text of an experiment file.

    Args:
        preset: Where it comes from.
        draft: What it becomes.
        name: What follows `exp=`.
        command: What runs it, where the name alone does not.
    """
    lines = [
        "# @package _global_",
        f"{RUN_WORDS} {command or f'bash scripts/local.sh scripts/train.sh exp={name}'}",
        f"{PURPOSE_WORDS} Imported from {preset.origin}.",
        *(f"# {_one_line(text)}" for text in draft.comments),
        *(f"# not mapped: {_one_line(text)}" for text in draft.unmapped),
        "defaults:",
        *(f"  - override /{group}: {draft.groups[group]}" for group in _GROUPS if group in draft.groups),
    ]
    nested: dict[str, Any] = {}
    for key, value in draft.values.items():
        *groups, last = key.split(".")
        node = nested
        for group in groups:
            node = node.setdefault(group, {})
        node[last] = value
    body = dump_yaml(nested, width=1000) if nested else ""
    return "\n".join(lines) + "\n" + (f"\n{body}" if body else "")


def compose_experiment(text: str, name: str) -> RunConfig:
    """Compose an experiment that does not lie in the configuration folder.

    Args:
        text: Content of its file.
        name: Its name.

    Raises:
        ConfigError: if it does not fit the schema.
    """
    register_schemas()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "exp" / "imported.yaml"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        overrides = ["exp=imported", f"hydra.searchpath=['file://{Path(folder).as_posix()}']"]
        with rewording_errors(overrides), initialize_config_dir(str(config_folder()), job_name="import"):
            composed = compose(ROOT_CONFIG, overrides, return_hydra_config=True)
            config = convert_composed(composed, {**composed.hydra.runtime.choices, "exp": name}, []).config
    return config


def _one_line(text: str) -> str:
    return " ".join(text.split())
