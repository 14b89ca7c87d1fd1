"""Pages are current: generated tables match the source, every command composes, every link leads somewhere."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from doc_tables import TABLES, format_key_tables
from doc_tables import main as make_tables
from hydra.core.override_parser.overrides_parser import OverridesParser
from markdown_pages import replace_section
from parameter_meanings import explain

from myoassist import cli
from myoassist.check.run import check
from myoassist.commands.evaluate.command import COMMAND as EVALUATE
from myoassist.commands.table import format_usage
from myoassist.commands.watch import COMMAND as WATCH
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.keys import run_keys
from myoassist.control.table import build_table
from myoassist.cost.registry import built_in_terms
from myoassist.files.errors import ConfigError, UserError
from myoassist.gait.reference.own import format_template
from myoassist.model.devices.table import find_device
from tests.test_readme_commands import README, list_commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
COMMAND = "python scripts/dev/doc_tables.py"
GENERATED = {
    "survey": "devices.md",
    "people_walks": "shipped-walks.md",
    "changed_walks": "shipped-walks.md",
    "old_walks": "shipped-walks.md",
    "speed_walks": "shipped-walks.md",
    "both_physics": "shipped-walks.md",
    "gallery": "gallery.md",
    "targets": "cost.md",
    "terms": "cost.md",
    "keys": "configuration.md",
    "experiments": "experiments.md",
    "parameters": "reflex-controller.md",
    "commands": "commands.md",
    "settings": "evolution.md",
    "entries": "rl-evaluation.md",
    "plots": "rl-evaluation.md",
}
# Read from files that only a user has.
_START_KEYS = ("param_path", "pickle_path")
COMMANDS = [(page.name, command) for page in PAGES for command in list_commands(page.read_text(encoding="utf-8"))]
COMMANDS += [("README.md", command) for command in list_commands(README)]


@pytest.mark.long
@pytest.mark.parametrize("name", GENERATED)
def test_generated_tables_are_current(name):
    page = (ROOT / "docs" / GENERATED[name]).read_text(encoding="utf-8")
    assert replace_section(page, name, TABLES[name]()) == page, f"run: {COMMAND} docs/{GENERATED[name]}"


def test_every_table_is_on_a_page():
    assert set(GENERATED) == set(TABLES)


def test_every_key_and_parameter_is_explained():
    keys = format_key_tables()
    assert [name for name in run_keys() if f"| `{name}`" not in keys] == []
    legs = build_table(2, controller="impedance", device=find_device("osl_ka"))
    for table in (build_table(3, controller="four_param"), build_table(2, controller="npoint", n_points=7), legs):
        assert [name for name in table.names if len(explain(name)) < 10] == []
    with pytest.raises(KeyError):
        explain("no_such_gain")


def test_every_term_of_a_target_is_explained():
    page = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    assert [name for name in built_in_terms() if f"| {name} |" not in page] == []


def test_generator_replaces_its_section_alone(tmp_path, capsys, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- begin x -->\nold\n<!-- end x -->\nbelow\n")
    monkeypatch.setitem(TABLES, "x", lambda: "new")
    assert make_tables([str(page)]) == 0
    assert page.read_text() == "above\n<!-- begin x -->\nnew\n<!-- end x -->\nbelow\n"
    page.write_text("<!-- begin x --> and no end")
    assert make_tables([str(page)]) == 2
    assert "<!-- end x -->" in capsys.readouterr().err
    page.write_text("no mark")
    assert make_tables([str(page)]) == 2
    assert make_tables([str(tmp_path)]) == 2
    with pytest.raises(UserError):
        replace_section("<!-- end x --> <!-- begin x -->", "x", "new")


def first_of_a_sweep(words):
    """Return overrides with the first value of each sweep and without what is Hydra's own."""
    overrides = []
    # Flags and what follows --cfg are no overrides.
    texts = [word for word in words if "=" in word and not word.startswith("-")]
    for override in OverridesParser.create().parse_overrides(texts):
        if override.key_or_group.startswith("hydra"):
            continue
        if override.is_sweep_override():
            value = next(iter(override.sweep_string_iterator()), None)
            overrides.append(f"{override.key_or_group}={value}")
        else:
            overrides.append(override.input_line)
    return overrides


def check_run(words):
    if "model=anna" in words:
        # A person of the reader.
        option = Path("models/subjects/model/anna.yaml")
        option.parent.mkdir(parents=True)
        option.write_text(
            "# @package _global_\nmodel: {segment_scale: {thigh: 1.02}, body_mass: 61}\n", encoding="utf-8"
        )
    config = compose_run(first_of_a_sweep(words)).config
    for key in _START_KEYS:
        setattr(config.optimizer, key, None)
    config.env.prev_trained_policy_path = None
    config.model.path, config.model.mujoco_compat = None, None
    # Files of the reader; what is in plugins is not looked at.
    for plugin in config.plugins:
        Path(plugin).write_text("", encoding="utf-8")
    if config.cost.reference is not None:
        Path(config.cost.reference).write_text(format_template(), encoding="utf-8")
    if config.model.device is None and config.exo.controller != "none":
        # An own model file brings its own device.
        config.model.device = "tutorial"
    try:
        check(config)
    except ConfigError as refusal:
        # A tracker is an extra, which this environment may lack; the refusal says what installs it.
        missing = {"mlflow": "python -m pip install mlflow", "wandb": "python -m pip install wandb"}
        if config.tracking == "none" or importlib.util.find_spec(config.tracking) is not None:
            raise
        assert missing[config.tracking] in str(refusal)
        config.tracking = "none"
        check(config)


@pytest.mark.long
@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_command_fits_the_configuration(page, command, tmp_path, monkeypatch, capsys):
    # Of steps joined by && the last is the command; what precedes it makes room.
    words = shlex.split(command.rpartition("&&")[2], comments=True)
    for word in words:
        if word.startswith("scripts/"):
            assert (ROOT / word).is_file()
    monkeypatch.chdir(tmp_path)
    if words[0] == "myoassist" and any("<" in word for word in words):
        # The folder is the reader's own; that there is such a sub-command can be checked.
        assert f"myoassist {words[1]} " in format_usage()
    elif words[:2] == ["myoassist", "watch"]:
        # It would wait for a run.
        assert WATCH.parse(words[2:]).exp
    elif words[0] == "myoassist":
        assert cli.main(words[1:]) == 0
    elif "scripts/eval.sh" in words or "myoassist.evaluate" in words:
        request = EVALUATE.parse(words[3:])
        assert request.exp or request.run
        check_run([f"exp={request.exp or 'tutorial'}", *request.overrides])
    elif "scripts/train.sh" in words or "myoassist.train" in words:
        # Without arguments it lists the experiments.
        if words[3:]:
            check_run(words[3:])
    elif words[:3] in (["python", "-m", "mkdocs"], ["python", "-m", "mypy"]):
        assert {"mkdocs": ROOT / "mkdocs.yml", "mypy": ROOT / "pyproject.toml"}[words[2]].is_file()
    elif words[:2] == ["python", "-m"]:
        assert (ROOT / f"{words[2].replace('.', '/')}.py").is_file()
    elif words[0] == "python" and words[1].endswith(".py"):
        assert (ROOT / words[1]).is_file()
        if overrides := [word for word in words[2:] if "=" in word and not word.startswith("-")]:
            check_run(overrides)
    else:
        assert words[0] in ("bash", "pip", "source", "git", "cd", "sbatch"), command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_pages_that_the_readme_promises_exist():
    linked = {Path(target).name for target in re.findall(r"\]\((docs/[^)]+\.md)\)", README)}
    assert linked >= {
        "getting-started.md",
        "configuration.md",
        "results.md",
        "developer.md",
        "coming-from-myoassist.md",
    }
