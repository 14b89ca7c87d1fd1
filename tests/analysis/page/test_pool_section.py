"""What the page of a pool shows of its searches: who went how far, links that lead there, one line each."""

import csv
import dataclasses
import re

import pytest

from myoassist.analysis.page.pool_section import pool_sections
from myoassist.analysis.picture.pool import plot_pool, read_member
from myoassist.config.compose.run import compose_run
from myoassist.optimize.loop.stages import StagedProblem
from myoassist.optimize.pool.run import run_pool
from myoassist.report.builder import render_page
from myoassist.runs.folder import open_run
from tests.optimize.analytic_problem import SMALL_START, PoolSphere, small_table
from tests.report.test_pages import PAGES


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """A pool of four searches on an analytic cost, with a scan and two stages."""
    folder = tmp_path_factory.mktemp("runs") / "pool"
    composed = compose_run(
        [
            "exp=baseline",
            f"logdir={folder}",
            "optimizer.members=4",
            "optimizer.popsize=8",
            "optimizer.maxiter=60",
            "optimizer.scan=16",
            f"optimizer.scan_from={SMALL_START}",
            "optimizer.stages=[{name: near, evaluations: 32}, {name: all}]",
        ]
    )
    with open_run(composed.config, "baseline", composed.overrides) as run:
        run_pool(composed.config, run, StagedProblem(composed.config, lambda _: PoolSphere(small_table(fixed=2))))
    return folder


def test_every_search_is_listed_with_its_milestone_and_a_link(pool):
    (section,) = pool_sections(pool)
    with (pool / "pool.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    last = {row["folder"]: row for row in rows}
    shown = {re.sub(r" .*", "", row.cells[0].text): row.cells for row in section.table.body}
    assert set(shown) == set(last) and len(shown) == 4
    for name, cells in shown.items():
        row = last[name]
        assert [cells[1].text, cells[2].text] == [row["seed"], row["evaluations"]]
        assert float(cells[3].text) == pytest.approx(float(row["best"]), abs=1e-4)
        ended = f"ended at milestone {row['rung']}" if row["kept"] == "0" else "to its end"
        assert cells[5].text == ended
        assert (pool / cells[0].link).is_dir()
    assert [row.cells[5].text for row in section.table.body].count("to its end") == 1
    assert "shown here" in section.table.body[0].cells[0].text
    total = sum(int(row["evaluations"]) for row in last.values())
    assert f"{total} evaluations together" in section.sentences[0]
    page = render_page(dataclasses.replace(PAGES["walk"], sections=[section]))
    assert all(f'<a href="{row.cells[0].link}">' in page for row in section.table.body)
    # A page of its own is the better aim.
    (pool / "member_02" / "report.html").write_text("a page")
    again = pool_sections(pool)[0].table.body
    assert [row.cells[0].link for row in again if row.cells[0].text.startswith("member_02")] == [
        "member_02/report.html"
    ]


def test_lines_are_broken_where_a_stage_begins(pool):
    curve = read_member(pool / "member_00", "member_00", stopped=False)
    assert set(curve.stages) >= {0, 1}
    assert curve.evaluations[0] == 8 and (curve.evaluations[1:] > curve.evaluations[:-1]).all()
    figure = plot_pool([curve], [48], ["scan", "near", "all"])
    axes = figure.axes[0]
    lines = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
    assert len(lines) == len(set(curve.stages))
    assert [text.get_text() for text in axes.texts] == ["scan", "near", "all"][: len(lines)]
    assert plot_pool([], []) is None


def test_other_runs_have_no_such_section(tmp_path, pool):
    assert pool_sections(tmp_path) == [] and pool_sections(pool / "member_00") == []
