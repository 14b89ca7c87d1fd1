"""Which body a run has: the human one by default, the published one where it is meant, and what was stored stays."""

import copy
import json
from pathlib import Path

import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.groups import group_options
from myoassist.config.schema.plant import USUAL_HUMAN
from myoassist.runs.differences import find_changes, to_plain
from myoassist.runs.record import build_config
from myoassist.runs.stored_config import change_config, load_shipped_config

HUMAN, PUBLISHED = (USUAL_HUMAN, "contact"), ("published", "touch")
# What the presets composed to when the published body was the default; others than the first by what differs.
STORED = json.loads((Path(__file__).parents[2] / "data" / "published_presets.json").read_text(encoding="utf-8"))
# Soft toes, which walks over uneven ground are found with.
SOFT_TOES = {"human": ("human_5", "contact"), "human_exo": ("human_5", "contact")}
# Policies whose figures are of that body.
ON_PUBLISHED = {name for name in group_options("exp") if name.startswith("rl_")}


def body(*words):
    model = compose_run([*words]).config.model
    return model.plant, model.sensing


def merge(base, changes):
    merged = copy.deepcopy(base)
    for key, value in changes.items():
        inner = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merge(merged[key], value) if inner else value
    return merged


@pytest.mark.long
@pytest.mark.parametrize("exp", group_options("exp"))
def test_every_experiment_has_the_human_body_but_those_of_the_published_one(exp):
    assert body(f"exp={exp}") == (PUBLISHED if exp in ON_PUBLISHED else SOFT_TOES.get(exp, HUMAN))
    assert body(f"exp={exp}", "overlays=published") == PUBLISHED


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["model=dephy"], HUMAN),
        (["model=baseline_80"], HUMAN),
        (["exp=baseline", "model.path=a.xml"], PUBLISHED),
        (["exp=baseline", "model=custom", "model.path=a.xml"], PUBLISHED),
        (
            ["exp=baseline", "model.path=a.xml", "model.plant=human", "model.muscle_table=m.csv"],
            (USUAL_HUMAN, "touch"),
        ),
        (["exp=baseline", "model.path=a.xml", "model.sensing=contact"], ("published", "contact")),
        (["exp=baseline", "model.plant=human_1"], ("human_1", "contact")),
        (["exp=baseline", "model.plant=published"], ("published", "contact")),
        (["exp=rl_test", "model.plant=human"], (USUAL_HUMAN, "touch")),
        (["exp=baseline", "overlays=published", "model.plant=human"], (USUAL_HUMAN, "touch")),
    ],
)
def test_what_is_named_holds_and_the_rest_follows_from_what_walks(words, expected):
    assert body(*words) == expected


def test_no_run_keeps_a_word_that_stands_for_others():
    plain = to_plain(compose_run(["exp=human"]).config)
    assert "auto" not in (plain["model"]["plant"], plain["model"]["sensing"])
    assert "auto" not in str(change_config(compose_run(["exp=human"]).config, ["model.plant=auto"]).model)


@pytest.mark.parametrize("exp", STORED)
def test_one_word_gives_a_published_preset_as_it_was(exp):
    stored = build_config(merge(STORED["baseline"], {} if exp == "baseline" else STORED[exp]))
    now = compose_run([f"exp={exp}", "overlays=published"]).config
    assert (now.expname, stored.model.plant, stored.cost.l1_weight) == (exp, "published", 1.0)
    assert now == stored
    # Without the word it is the same search on another body, without L1.
    assert set(find_changes(stored, compose_run([f"exp={exp}"]).config)) == {
        "model.plant",
        "model.sensing",
        "model.steady_paths",
        "cost.l1_weight",
    }


def test_runs_and_walks_of_before_keep_their_body():
    content = merge(STORED["baseline"], {})
    # Folders that are older than these keys.
    del content["model"]["plant"], content["model"]["sensing"]
    old = build_config(content)
    assert (old.model.plant, old.model.sensing) == PUBLISHED
    changed = change_config(old, ["env.sim_time=7", "model.device=dephy"])
    assert (changed.model.plant, changed.model.sensing, changed.env.sim_time) == (*PUBLISHED, 7.0)
    shipped = load_shipped_config("walk_22").model
    assert (shipped.plant, shipped.sensing) == PUBLISHED
