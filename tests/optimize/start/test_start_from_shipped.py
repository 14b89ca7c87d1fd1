"""Shipped vectors as starts of other runs: by name, refused with those that fit, noted on another body."""

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.sources.shipped import describe_other_body, find_controller
from myoassist.control.table import describe_lengths, table_of
from myoassist.files.errors import LayoutError
from myoassist.model.devices.table import device_of
from myoassist.optimize.start.vector import fitting_controllers, match_layout
from myoassist.optimize.start.vector_file import read_vector


def composed(*overrides):
    config = compose_run([*overrides]).config
    return config, table_of(config, 2 if config.model.musculature == 22 else 3, device_of(config.model))


@pytest.mark.parametrize(
    "overrides", [("exp=prosthesis",), ("exp=human", "control.legs=bilateral"), ("exp=human_exo",)]
)
def test_a_guided_person_starts_other_guided_walks_by_name(overrides):
    _, table = composed(*overrides)
    stored = read_vector(find_controller("human_125"))
    values = dict(zip(stored.names, stored.vector, strict=True))
    vector = match_layout(stored, table)
    n_human = table.group_slice("exo").start
    for name, value in zip(table.names[:n_human], vector, strict=False):
        assert value == values[name if name in values else name[:-2]]
    assert list(vector[n_human:]) == list(table.initial[n_human:])


@pytest.mark.parametrize(
    ("overrides", "fitting"),
    [
        (("exp=prosthesis",), {"human_125", "human_150"}),
        (("exp=human",), {"human_125", "human_150"}),
        (("exp=human_level",), {"human_125", "human_150"}),
        (("exp=baseline", "model=baseline_26"), {"walk_26", "walk_26_full"}),
        (("exp=walk_3d",), {"human_3d"}),
        (("exp=walk_3d", "control=network"), set()),
    ],
)
def test_a_refusal_names_the_shipped_vectors_that_fit(overrides, fitting):
    _, table = composed(*overrides)
    found = set(fitting_controllers(table))
    assert found >= fitting and bool(found) == bool(fitting)
    wrong = "walk_22" if "walk_22" not in found else "walk_26"
    with pytest.raises(LayoutError, match=rf"layout {table.layout} with {len(table)} entries") as caught:
        match_layout(read_vector(find_controller(wrong)), table)
    assert all(f"shipped:{name}" in caught.value.remedy for name in found)
    assert ("no shipped vector fits" in caught.value.remedy) == (not found)


def test_lengths_are_those_of_the_tables():
    text = describe_lengths()
    for control in ("reflex", "cpg", "network", "guided"):
        n, m = (
            len(composed("exp=baseline", f"control={control}", *model)[1]) for model in ((), ("model=baseline_26",))
        )
        assert f"control={control} {n} in 2D, {m} in 3D" in text


def test_a_vector_of_another_body_is_noted_with_what_to_do():
    start = "optimizer.param_path=shipped:walk_22"
    config = compose_run(["exp=baseline", start]).config
    note = describe_other_body(config)
    assert "published" in note and config.model.plant in note
    # Both remedies work as they are written.
    for remedy in (["overlays=published"], ["control=guided", "optimizer.param_path=shipped:human_125"]):
        assert " ".join(remedy) in note
        mended = compose_run(["exp=baseline", start, *remedy]).config
        check(mended)
        assert describe_other_body(mended) is None
    back = ["exp=human_level", "overlays=published", "control=guided", "optimizer.param_path=shipped:human_125"]
    note = describe_other_body(compose_run(back).config)
    remedy = note.partition("nearly anew. ")[2].partition(" gives")[0].split()
    assert describe_other_body(compose_run([*back, *remedy]).config) is None
    for exp in ("human", "human_level", "human_exo"):
        assert describe_other_body(compose_run([f"exp={exp}"]).config) is None
