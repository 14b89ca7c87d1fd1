"""Fibres over the stride of a person: in the range of the source, and alike on both physics."""

import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.plant.muscle_table import package_table, read_table
from tests.model.plant.isometric import load_samples
from tests.model.plant.strides import gait_paths


def fibre_and_tendon(musculature: int, physics: str = "full"):
    """Return names, lengths of fibre and tendon in optimal lengths, shape (51, n), and the fibres of the right leg."""
    model = ModelConfig(musculature=musculature, physics=physics, muscle_model="elastic")
    walker = build_walker(model, EnvConfig(init_pose="stand"))
    right = [i for i, name in enumerate(walker.layout.muscle_names) if name.endswith("_r")]
    fibres = walker.fibres
    total = (gait_paths(walker) + fibres.offset[right]) / fibres.optimal[right]
    names = [walker.layout.muscle_names[i][:-2] for i in right]
    return names, total, fibres.slack[right] / fibres.optimal[right], np.sin(fibres.pennation[right])


@pytest.mark.parametrize("musculature", [22, 26, 80])
def test_fibres_work_in_the_range_of_the_source(musculature):
    samples = load_samples()
    rows = read_table(package_table(musculature))
    gait = samples["sets"] == 0
    names, total, slack, width = fibre_and_tendon(musculature)
    for i, name in enumerate(names):
        parts = rows[name].source.partition(":")[2].split("+")
        index = [list(samples["muscles"]).index(part) for part in parts]
        force = samples["constants"][index, 2]
        source = samples["fibre"][1][gait][:, index] @ force / force.sum()
        # Under the forces of walking tendons stretch by 1 to 3 %.
        own = np.hypot(np.maximum(total[:, i] - 1.02 * slack[i], 0.0), width[i])
        assert np.abs(own - source).max() < 0.16, name
        assert np.sqrt(((own - source) ** 2).mean()) < 0.09, name


@pytest.mark.parametrize("musculature", [22, 26])
def test_the_fast_geometry_stretches_them_alike(musculature):
    full, fast = (fibre_and_tendon(musculature, physics)[1] for physics in ("full", "fast"))
    np.testing.assert_allclose(fast, full, atol=0.005)
