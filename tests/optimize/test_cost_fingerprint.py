"""States of older versions stay comparable: keys that came later leave their hash unless they are given."""

import pytest

from myoassist.config.compose.run import compose_run
from myoassist.optimize.store.search_state import cost_fingerprint

# Of the code that wrote tests/data/old_runs.
BEFORE = {"": "035b552475d1", "cost.draws=3 cost.draw_noise.ground=0": "4397096c26dd"}


@pytest.mark.parametrize("more", BEFORE)
def test_hash_is_that_of_before(more):
    overrides = ["exp=baseline", "overlays=published", *more.split()]
    assert cost_fingerprint(compose_run(overrides).config).startswith(BEFORE[more])


@pytest.mark.parametrize(
    "change", ["cost.reference_shift=50", "cost.reference_signs={knee_flexion: -1}", "control.delayed=true"]
)
def test_what_changes_the_cost_changes_the_hash(change):
    before, after = (cost_fingerprint(compose_run(["exp=baseline", *more]).config) for more in ([], [change]))
    assert before != after
