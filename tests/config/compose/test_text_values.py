"""Texts reach the run as they are typed, whatever Hydra's grammar would make of them."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from myoassist.config.compose.run import compose_run
from myoassist.config.compose.text_values import keep_text
from myoassist.config.run_names import quote_value
from myoassist.files.content import dump_yaml
from myoassist.files.errors import ConfigError
from myoassist.runs.folder import plan_run

NAMES = ["2026_01_15", "1e3", "1_000", "1.50", "true", "TRUE", "nan", "+1", "-1", ".5", "007", "0x1F", "1__0"]
NAMES += [
    "größe",
    "日本",
    "a&b",
    "a b",
    "a;b",
    "a#b",
    "a~b",
    "a=b",
    "a!b",
    "it's",
    "data (1)",
    "100%",
    "x^2",
    "2026-01-15",
]


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_run_folder_is_called_what_was_typed(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for typed in (name, quote_value(name)):
        run = compose_run(["exp=exo_npoint", "task=fake", f"expname={typed}"])
        assert run.config.expname == name
        assert plan_run(run.config, run.exp, run.all_overrides)[0].name == name


def test_other_texts_are_kept_as_well():
    config = compose_run(["cost.reference=1e3", "optimizer.run_suffix=1_0", "model.path=größe(1).xml"]).config
    assert (config.cost.reference, config.optimizer.run_suffix) == ("1e3", "1_0")
    assert config.model.path == "größe(1).xml"
    assert compose_run(["expname=null"]).config.expname == "run"
    assert compose_run(["seed=1_0", "expname=n_${seed}"]).config.expname == "n_10"
    assert compose_run(["expname=größe_${seed}"]).config.expname == "größe_0"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("expname=1e3,b", "expname='1e3',b"),
        ("expname=choice(1e3,'c d')", "expname=choice('1e3','c d')"),
        ("expname=a&b,c", "expname='a&b',c"),
        ("+expname=1e3", "+expname='1e3'"),
        ("seed=1e3", "seed=1e3"),
        ("exo.n_points=1_0,2", "exo.n_points=1_0,2"),
        ("expname=range(1,3)", "expname=range(1,3)"),
        ("expname='1e3'", "expname='1e3'"),
        ("expname=null,1", "expname=null,'1'"),
        ("hydra.launcher.account=2026_01", "hydra.launcher.account='2026_01'"),
        ("hydra.launcher.exclude=euler[01-05,07]", "hydra.launcher.exclude='euler[01-05,07]'"),
        ("hydra.launcher.exclude=a,b", "hydra.launcher.exclude='a,b'"),
        ("--config-dir=1e3", "--config-dir=1e3"),
        ("~expname", "~expname"),
    ],
)
def test_values_are_quoted_one_by_one(typed, kept):
    assert keep_text(typed) == kept
    assert keep_text(kept) == kept


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=12).filter(lambda text: "${" not in text))
def test_a_quoted_value_is_read_as_the_same_text(text):
    # Line breaks do not occur in names, and the grammar has none.
    text = "".join(sign for sign in text if sign.isprintable())
    assert OverridesParser.create().parse_override(f"expname={quote_value(text)}").value() == text


@pytest.mark.parametrize("typed", ["expname=[a", "expname='a", "expname={a: 1", "plugins=['a"])
def test_what_is_not_closed_is_said(typed):
    with pytest.raises(ConfigError, match="is not closed"):
        compose_run([typed])


@pytest.mark.parametrize("text", ["1e3", "1_0e5", "1e-9", "nan", "on", "2026_01_15", "a", "größe", "12:30", "null"])
def test_files_give_the_same_text_back(text):
    assert OmegaConf.to_container(OmegaConf.create(dump_yaml({"key": text, "list": [text, 1.5]}))) == {
        "key": text,
        "list": [text, 1.5],
    }
