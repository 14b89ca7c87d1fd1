"""Which body a configuration means, and what is refused."""

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.own_code import loop_name
from myoassist.config.schema.plant import muscles_of
from myoassist.files.errors import UserError
from myoassist.model.build import build_walker

TABLE = "name,optimal_m,slack_m,f_max_n,pennation_rad,offset_m,fastest_per_s,strain_at_peak\n"
MUSCLES = (
    "hamstrings", "bifemsh", "edl", "fdl", "glutmax", "iliopsoas", "rectfem", "vasti", "gastroc", "soleus", "tibant",
)  # fmt: skip


def compose(*words):
    return compose_run(["exp=baseline", *words]).config


@pytest.mark.parametrize(
    ("words", "plant", "muscles"),
    [
        ((), "human_4", "elastic"),
        (("model.plant=published",), "published", "mujoco"),
        (("model.plant=human",), "human_4", "elastic"),
        (("model.plant=human_1",), "human_1", "elastic"),
        (("model.plant=human_1", "model.muscle_model=rigid"), "human_1", "rigid"),
        (("model.plant=published", "model.muscle_model=elastic"), "published", "elastic"),
    ],
)
def test_a_run_keeps_the_version_and_knows_its_muscles(words, plant, muscles):
    config = compose(*words)
    check(config, starts=False)
    assert config.model.plant == plant and muscles_of(config.model) == muscles
    assert loop_name(config).endswith(f"_{muscles}")


def refuse(*words):
    config = compose(*words)
    with pytest.raises(UserError) as caught:
        check(config, starts=False)
        build_walker(config.model, config.env)
    return str(caught.value)


def test_human_with_the_muscles_of_mujoco_is_refused():
    assert "model.plant=published" in refuse("model.plant=human", "model.muscle_model=mujoco")


def test_human_with_the_feet_of_another_body_is_refused():
    assert "model.foot_contact=mesh" in refuse("model.plant=human", "model.foot_contact=primitive")


def test_a_table_that_nothing_reads_is_refused(tmp_path):
    assert "model.muscle_model=elastic" in refuse("model.plant=published", f"model.muscle_table={tmp_path / 'a.csv'}")


def test_an_own_file_without_a_table_is_refused_with_both_remedies(tmp_path):
    path = tmp_path / "own.xml"
    path.write_text("<mujoco/>")
    message = refuse("model=custom", f"model.path={path}", "model.plant=human")
    assert "model.plant=published" in message and "model.muscle_table=" in message
    assert "optimal fibre lengths" in message


def write(tmp_path, lines, head=TABLE):
    path = tmp_path / "muscles.csv"
    path.write_text(head + "".join(f"{line}\n" for line in lines))
    return f"model.muscle_table={path}"


def rows():
    return [f"{name},0.1,0.2,1000,0.1,0.2,10,0.049" for name in MUSCLES]


def test_a_table_replaces_that_of_the_package(tmp_path):
    config = compose("model.plant=human", write(tmp_path, rows()))
    check(config, starts=False)
    fibres = build_walker(config.model, config.env).fibres
    assert (fibres.optimal == 0.1).all() and (fibres.f_max == 1000.0).all()


def test_a_side_of_its_own_counts_more(tmp_path):
    config = compose("model.plant=human", write(tmp_path, [*rows(), "soleus_l,0.05,0.2,1000,0.1,0.2,10,0.049"]))
    walker = build_walker(config.model, config.env)
    lengths = dict(zip(walker.layout.muscle_names, walker.fibres.optimal, strict=True))
    assert lengths["soleus_l"] == 0.05 and lengths["soleus_r"] == 0.1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines[1:], "no line for hamstrings"),
        (lambda lines: [*lines, lines[0]], "given twice"),
        (lambda lines: [lines[0].replace("0.1,", "100,", 1), *lines[1:]], "optimal_m of hamstrings is '100'"),
        (lambda lines: [lines[0].replace("1000", "strong"), *lines[1:]], "f_max_n of hamstrings is 'strong'"),
        (lambda lines: [lines[0].replace("1000", "nan"), *lines[1:]], "f_max_n of hamstrings is 'nan'"),
        (lambda lines: [lines[0].rpartition(",")[0], *lines[1:]], "strain_at_peak of hamstrings"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, change, says):
    assert says in refuse("model.plant=human", write(tmp_path, change(rows())))


def test_a_table_without_a_column_or_of_bytes_is_refused(tmp_path):
    message = refuse("model.plant=human", write(tmp_path, rows(), TABLE.replace("slack_m", "slack_mm")))
    assert "lacks the column slack_m" in message
    path = tmp_path / "other.csv"
    path.write_bytes(b"\xff\xfe\x00name")
    assert "cannot be read" in refuse("model.plant=human", f"model.muscle_table={path}")
    assert "does not exist" in refuse("model.plant=human", f"model.muscle_table={tmp_path / 'none.csv'}")
