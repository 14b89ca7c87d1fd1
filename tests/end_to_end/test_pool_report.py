"""The page of a real pool of walks lists its searches, and its links lead to their folders."""

import re
import subprocess
import sys

import pytest

RUN = (
    "exp=human_level",
    "optimizer.param_path=shipped:human_125",
    "expname=pool",
    "logdir=pool",
    "cost.draws=1",
    "env.sim_time=12",
    "optimizer.members=2",
    "optimizer.popsize=2",
    "optimizer.maxiter=4",
    "optimizer.sigma_gain=1",
    "optimizer.threads=1",
)


@pytest.mark.long
def test_the_page_of_a_pool_lists_its_searches(tmp_path):
    for arguments in (("myoassist.train", *RUN), ("myoassist.evaluate", "run=pool", "env.render_modes=[]")):
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    page = (tmp_path / "pool/report.html").read_text(encoding="utf-8")
    assert "Searches of the pool" in page and page.count("ended at milestone 1") == 1
    links = re.findall(r'<a href="([^"]*)">', page)
    assert sorted(links) == ["member_00/", "member_01/"] and all((tmp_path / "pool" / link).is_dir() for link in links)
