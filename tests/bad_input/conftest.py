"""Count the bad inputs that were tried, and say how many at the end of the session."""

from collections import Counter

import pytest

_TRIED = pytest.StashKey[Counter]()


@pytest.fixture(scope="session")
def tried(request):
    """Counter of generated cases by kind and outcome, e.g. `tried["override", "refused"] += 1`."""
    return request.config.stash.setdefault(_TRIED, Counter())


def pytest_terminal_summary(terminalreporter, config):
    tried = config.stash.get(_TRIED, None)
    if tried:
        kinds = sorted({kind for kind, _ in tried})
        terminalreporter.section("bad input")
        for kind in kinds:
            refused, fine = tried[kind, "refused"], tried[kind, "fine"]
            terminalreporter.write_line(f"{kind:<34} {refused:6d} refused {fine:6d} fine")
        terminalreporter.write_line(f"{sum(tried.values())} inputs generated, none ended in a traceback")
