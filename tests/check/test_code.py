"""What only code of the user can tell is checked when it is imported, and not before."""

from pathlib import Path

import numpy as np
import pytest

from myoassist.check.code import import_code
from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.cost import registry
from myoassist.files.errors import ConfigError, LayoutError
from tests.control.own_files import write_page_files

TERM = '''"""A term."""
from myoassist.cost.own_terms import cost_term


@cost_term("late_{name}")
def late(walk):
    """Nothing."""
    return 0.0
'''


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    # Terms of these tests are gone after them.
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))


def test_without_code_nothing_is_done():
    config = compose_run(["exp=exo_4param"]).config
    check(config)
    # Refused by what is checked with code; `check` has done that already where there is none.
    config.cost.weights = {"nobody": 1.0}
    assert import_code(config) == []


def test_terms_of_plugins_are_known_after_the_import():
    Path("good_term.py").write_text(TERM.replace("{name}", "good"))
    config = compose_run(["exp=exo_4param", "plugins=[good_term.py]", "cost.extra_terms=[late_good]"]).config
    check(config)
    assert import_code(config) == ["good_term.py"]
    config.cost.weights = {"late_goood": 2.0}
    check(config)
    with pytest.raises(ConfigError, match="there is no such term") as caught:
        import_code(config)
    assert "write late_good for late_goood" in caught.value.remedy


def test_a_start_vector_is_held_against_parameters_of_an_own_controller():
    write_page_files(Path())
    np.savetxt("short.txt", np.ones(13))
    arguments = ["exp=exo_4param", "exo.controller=spring.py", "optimizer.param_path=short.txt"]
    config = compose_run(arguments).config
    check(config)
    import_code(config, starts=False)
    with pytest.raises(LayoutError, match=r"short\.txt has 13 entries"):
        import_code(config)
