"""What others read of the project agrees with it: how to cite it, what a push runs."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_is_that_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["title"] == PROJECT["name"] and str(citation["version"]) == PROJECT["version"]
    assert citation["license"] == PROJECT["license"] and citation["abstract"] == PROJECT["description"]
    assert {"cff-version", "message", "authors"} <= set(citation)


def test_a_push_runs_the_check_of_every_machine():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8"))
    steps = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    assert ".ci/run" in steps
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
    # The versions of Python that are tested are among those that the project allows.
    for version in workflow["jobs"]["all"]["strategy"]["matrix"]["python"]:
        assert tuple(map(int, version.split("."))) >= (3, 11)
    # A push that fails on the version that is known to pass is not let through.
    assert workflow["jobs"]["all"]["continue-on-error"] == "${{ matrix.python != '3.11' }}"
    packages = (ROOT / "scripts" / "setup.sh").read_text(encoding="utf-8").partition("packages=(")[2].partition(")")[0]
    assert all(name in "".join(steps) for name in packages.split())


def test_only_the_lock_pins_exactly():
    for wanted in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        assert [text for text in wanted if "==" in text] == []
    assert all("==" in line for line in LOCK.splitlines() if line[:1].isalpha())
    assert any(text.startswith("cloudpickle") for text in PROJECT["dependencies"])
