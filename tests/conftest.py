"""The table of faults, which tests in several processes fill together."""

from pathlib import Path

import pytest
from fault_table import FaultTable
from markdown_pages import replace_section

_FAULTS = pytest.StashKey[FaultTable]()


def pytest_addoption(parser):
    parser.addoption("--faults-table", metavar="PAGE", help="put the table of the faults that were tried into a page")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    # Files with long tests first: at the end the processes share what is short, and none waits for the other.
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


def _table(config):
    return config.stash.setdefault(_FAULTS, FaultTable())


@pytest.fixture
def faults(request):
    """The table that every test of a fault adds its row to."""
    return _table(request.config)


def pytest_sessionfinish(session):
    # A process that runs a share of the tests hands its rows to the one that prints them.
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["faults"] = _table(session.config).packed()


class _Processes:
    """Takes the rows of processes that have run a share of the tests."""

    @pytest.hookimpl
    def pytest_testnodedown(self, node):
        _table(node.config).unpack(getattr(node, "workeroutput", {}).get("faults", []))


def pytest_configure(config):
    if config.pluginmanager.hasplugin("dsession") or config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_Processes())


def pytest_terminal_summary(terminalreporter, config):
    table = _table(config)
    if not table.rows:
        return
    terminalreporter.section("faults")
    for line in table.plain():
        terminalreporter.write_line(line)
    terminalreporter.write_line(table.summary())
    if path := config.getoption("--faults-table", None):
        page = Path(path)
        page.write_text(replace_section(page.read_text(encoding="utf-8"), "faults", table.markdown()), encoding="utf-8")
