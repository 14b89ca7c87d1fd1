"""Pages are current: generated tables match the source, every command composes, every link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from myoassist import cli, evaluate
from myoassist.check.run import check
from myoassist.config.compose import compose_run
from myoassist.config.errors import UserError
from myoassist.config.keys import run_keys
from myoassist.config.reference import format_key_tables, replace_section, run_generator
from myoassist.control.reference import explain, format_parameter_tables
from myoassist.control.table import build_table
from myoassist.cost.reference import format_target_table, format_term_table
from myoassist.cost.registry import built_in_terms
from myoassist.gait.own_reference import format_template
from myoassist.model.devices import find_device
from myoassist.model.survey import format_survey, load_survey
from tests.test_readme_commands import README, list_commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
GENERATED = {
    "devices.md": (
        "survey",
        lambda: format_survey(load_survey()),
        "python -m myoassist.model.survey",
    ),
    "cost.md": ("targets", format_target_table, "python -m myoassist.cost.reference"),
    "cost.md#terms": ("terms", format_term_table, "python -m myoassist.cost.reference"),
    "configuration.md": ("keys", format_key_tables, "python -m myoassist.config.reference"),
    "reflex-controller.md": (
        "parameters",
        format_parameter_tables,
        "python -m myoassist.control.reference",
    ),
}
# Read from files that only a user has.
_START_KEYS = ("param_path", "pickle_path")
COMMANDS = [(page.name, command) for page in PAGES for command in list_commands(page.read_text(encoding="utf-8"))]
COMMANDS += [("README.md", command) for command in list_commands(README)]


@pytest.mark.parametrize("name", GENERATED)
def test_generated_tables_are_current(name):
    section, make, command = GENERATED[name]
    name = name.partition("#")[0]
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert replace_section(page, section, make()) == page, f"run: {command} docs/{name}"


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


def test_generator_replaces_its_section_alone(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- begin x -->\nold\n<!-- end x -->\nbelow\n")
    assert run_generator("x", lambda: "new", [str(page)]) == 0
    assert page.read_text() == "above\n<!-- begin x -->\nnew\n<!-- end x -->\nbelow\n"
    assert run_generator("y", lambda: "new", [str(page)]) == 2
    assert "<!-- begin y -->" in capsys.readouterr().err
    assert run_generator("x", lambda: "new", [str(tmp_path)]) == 2
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
    check(config)


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
        assert f"myoassist {words[1]} " in cli.USAGE
    elif words[0] == "myoassist":
        assert cli.main(words[1:]) == 0
    elif "scripts/eval.sh" in words or "myoassist.evaluate" in words:
        request = evaluate._parse(words[3:])
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
