import re

import pytest

from myoassist.analysis.picture.figures import new_figure, render_svg, save_figure, style_axes

POINTS_PER_INCH = 72.0


@pytest.mark.parametrize("title", ["human_125", ""])
def test_a_figure_without_its_title_keeps_the_rest(tmp_path, title):
    figure = new_figure(8.0, 5.0)
    panels = figure.subplots(2, 2)
    for axes in panels.flat:
        style_axes(axes, "Knee", "angle [deg]", "% of gait cycle")
    figure.suptitle(title, fontsize=11)
    save_figure(figure, tmp_path / "figure.png")
    tall = float(re.search(r'height="([\d.]+)pt"', render_svg(figure)).group(1)) / POINTS_PER_INCH
    cut = float(re.search(r'height="([\d.]+)pt"', render_svg(figure, titled=False)).group(1)) / POINTS_PER_INCH
    top = max(axes.get_tightbbox().y1 for axes in panels.flat) / figure.dpi
    assert tall == pytest.approx(5.0)
    # What is left ends a little above the titles of its panels.
    assert top < cut < top + 0.1
    assert (cut < tall) == bool(title) and figure.get_suptitle() == ""
