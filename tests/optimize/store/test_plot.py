import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from myoassist.files.errors import UserError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.store.plot import COST_COLORS, COST_EDGES, draw_convergence, plot_convergence
from myoassist.optimize.store.plot_data import read_convergence
from tests.optimize.analytic_problem import StagedSphere, open_folder, small_config, small_table


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    result = minimize(StagedSphere(small_table()), small_config(30, popsize=12), open_folder(path), plot=False)
    return path, result


def test_data_are_those_of_the_run(run):
    path, result = run
    data = read_convergence(path, result.run_name)
    assert data.totals.shape == (30, 12) and data.best_vectors.shape == (30, 6)
    assert np.nanmin(data.totals) == result.best.result.total
    assert (np.diff(data.totals, axis=1) >= 0).all()
    assert data.evaluations[-1] == result.evaluations
    np.testing.assert_array_equal(data.best_vectors[-1], result.best_last.vector)


@pytest.mark.parametrize("generations", [1, 30])
def test_panels_do_not_overlap(tmp_path, run, generations):
    path, result = run
    if generations == 1:
        # All labels of an axis differ in their last digit alone, so they are the longest that there are.
        path, config = tmp_path, small_config(1, popsize=12)
        result = minimize(StagedSphere(small_table()), config, open_folder(path), plot=False)
    figure = draw_convergence(read_convergence(path, result.run_name), result.run_name)
    FigureCanvasAgg(figure).draw()
    assert len(figure.axes) == 6
    boxes = [panel.get_tightbbox() for panel in figure.axes]
    if generations == 1:
        # What a single generation has can be seen.
        assert {line.get_marker() for line in figure.axes[0].lines} == {"."}
        for panel in figure.axes[1:4]:
            points = panel.collections[1].get_offsets()
            assert len(points) == 6 and np.isfinite(points).all()
    for i, box in enumerate(boxes):
        for other in boxes[i + 1 :]:
            width = min(box.x1, other.x1) - max(box.x0, other.x0)
            height = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert width <= 1.0 or height <= 1.0
    for box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 1200 and box.y1 <= 800


@pytest.mark.long
def test_files_are_reproducible(run):
    path, result = run
    first = [file.read_bytes() for file in plot_convergence(path, result.run_name)]
    second = [file.read_bytes() for file in plot_convergence(path, result.run_name)]
    assert first == second


def test_classes():
    assert len(COST_EDGES) == len(COST_COLORS) + 1
    assert list(COST_EDGES) == sorted(COST_EDGES)


def test_no_generation_gives_a_notice(run):
    figure = draw_convergence(None, "myorfl_x")
    assert "no complete generation" in " ".join(text.get_text() for text in figure.texts)


def test_missing_history_is_an_error(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        plot_convergence(tmp_path, "myorfl_x")
