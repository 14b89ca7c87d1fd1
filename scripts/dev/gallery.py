"""The gallery of the documentation: every shipped walk with its picture, main figures and the command that shows it.

`python scripts/dev/doc_tables.py docs/gallery.md` writes it anew; nothing but descriptions and pictures in `models` is
read, so that a walk is in it as soon as it is shipped.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from myoassist.config.schema.plant import PUBLISHED
from myoassist.config.sources.shipped import DESCRIPTION, list_controllers, list_policies, models_folder
from myoassist.files.errors import UserError
from myoassist.gait.score.gate import ENERGY_MODEL
from myoassist.runs.policy_files import DESCRIPTION_NAME

FRAME = "frame.png"
_FIGURES = (
    "| speed | stride | stance, right and left | distance from people | metabolic cost | body |\n" + 6 * "|---" + "|"
)
_POLICY_FIGURES = "| speed | walked from start phases | time walked | steps of training | body |\n" + 5 * "|---" + "|"


def format_gallery() -> str:
    """Return the gallery as Markdown: walks of people, with a device, of the published body, policies.

    Raises:
        UserError: if a shipped walk has no picture.
    """
    walks = dict(_read("controllers", DESCRIPTION, [item.name for item in list_controllers()]))
    policies = dict(_read("policies", DESCRIPTION_NAME, list(list_policies())))
    people = {name: item for name, item in walks.items() if "robustness" in item}
    worn = {name: item for name, item in walks.items() if name not in people and item["model"].get("device")}
    rest = {name: item for name, item in walks.items() if name not in people and name not in worn}
    groups: tuple[tuple[str, str, dict[str, Any], Callable[[dict[str, Any]], str]], ...] = (
        ("Walks of people", "controllers", people, _figures),
        ("With a device", "controllers", worn, _figures),
        ("Published body, without a device", "controllers", rest, _figures),
        ("Policies of reinforcement learning", "policies", policies, _policy_figures),
    )
    parts = []
    for title, kind, items, figures in groups:
        if items:
            parts.append(f"## {title}")
            parts += [_entry(kind, name, item, figures(item)) for name, item in items.items()]
    return "\n\n".join(parts)


def _read(kind: str, description: str, names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in names:
        folder = models_folder() / kind / name
        if not (folder / FRAME).is_file():
            raise UserError(
                f"models/{kind}/{name} has no {FRAME}",
                "a picture of every shipped walk",
                f"python scripts/dev/ship.py --picture {name}",
            )
        yield name, json.loads((folder / description).read_text(encoding="utf-8"))


def _entry(kind: str, name: str, item: dict[str, Any], figures: str) -> str:
    purpose = item["purpose"].rstrip(".")
    sentence = purpose[:1].upper() + purpose[1:]
    lines = [f"### {name}", f"{sentence}.", f"![{name}](../models/{kind}/{name}/{FRAME})", figures]
    return "\n\n".join([*lines, f"```bash\nbash scripts/local.sh scripts/eval.sh run=shipped:{name}\n```"])


def _body(model: dict[str, Any]) -> str:
    worn = f", {model['device']}" if model.get("device") else ""
    return f"`{model.get('plant') or PUBLISHED}`, {model['musculature']} muscles{worn}"


def _figures(item: dict[str, Any]) -> str:
    score = item["score"]
    stance, cost = score["stance_percent"], score["cot_j_kg_m"].get(ENERGY_MODEL)
    cells = (
        f"{score['speed_m_s']:.2f} m/s",
        f"{score['stride_length_m']:.2f} m in {score['stride_time_s']:.2f} s",
        f"{stance['right']:.0f}, {stance['left']:.0f} %",
        f"{score['overall_sd']:.2f} SD",
        "–" if cost is None else f"{cost:.1f} J/(kg·m)",
        _body(item["model"]),
    )
    return f"{_FIGURES}\n| {' | '.join(cells)} |"


def _policy_figures(item: dict[str, Any]) -> str:
    walked = item["evaluation"]
    cells = (
        f"{walked['speed']:.2f} m/s",
        f"{walked['survived']} of {walked['starts']}",
        f"{walked['walked_time']:.0f} s",
        f"{item['steps']:,}".replace(",", " "),
        _body(item["model"]),
    )
    return f"{_POLICY_FIGURES}\n| {' | '.join(cells)} |"
