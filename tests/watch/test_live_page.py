"""The live page in a real browser, while a search goes on."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from myoassist.watch.walk import Push, pushing_force

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("dt", [0.01, 0.001])
def test_a_push_has_its_impulse_whatever_the_control_interval(dt):
    force = pushing_force([Push(1.0, 12.0), Push(1.05, -4.0)], round(3.0 / dt), dt)
    assert force.sum() * dt == pytest.approx(8.0)
    assert force[: round(1.0 / dt)] == pytest.approx(0.0)
    assert force[round(1.02 / dt)] == pytest.approx(120.0)
    assert force[round(1.12 / dt)] == pytest.approx(-40.0)


def test_a_click_behind_pushes_forward():
    pytest.importorskip("mjviser")
    from myoassist.watch.cockpit import push_direction

    camera, pelvis = np.array([0.0, -3.8, 0.3]), np.zeros(3)
    assert push_direction(camera, np.array([-0.2, 1.0, 0.0]), pelvis) == 1
    assert push_direction(camera, np.array([0.2, 1.0, 0.0]), pelvis) == -1
    assert push_direction(camera, np.array([0.2, -1.0, 0.0]), pelvis) == 0
    assert push_direction(camera, np.array([1.0, 0.0, 0.0]), pelvis) == 0


def test_other_machines_need_a_token_and_no_tunnel_is_opened():
    pytest.importorskip("viser")
    from myoassist.watch.server import PageServer

    with PageServer(port=18300) as page:
        assert page.token is None
        assert page.url == f"http://127.0.0.1:{page.viser.get_port()}"
        assert listening(page.viser.get_port()) == {"127.0.0.1"}
        assert page.viser.request_share_url() is None
    with PageServer("0.0.0.0", 18320) as page:
        assert page.url.endswith(f"/?token={page.token}")
        assert listening(page.viser.get_port()) == {"127.0.0.1"}
        assert listening(int(page.url.split(":")[2].split("/")[0])) == {"0.0.0.0"}


def listening(port):
    """Return the addresses that a port of this machine listens on."""
    if not Path("/proc/net/tcp").is_file():
        pytest.skip("no /proc/net/tcp")
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        address, number = local.split(":")
        if state == "0A" and int(number, 16) == port:
            found.add(".".join(str(byte) for byte in bytes.fromhex(address)[::-1]))
    return found


@pytest.mark.long
def test_a_search_is_watched_in_chromium(tmp_path):
    pytest.importorskip("mjviser")
    from tests.watch.chromium import Browser, find_chromium, wait

    if find_chromium() is None:
        pytest.skip("no chromium")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    small = ["env.sim_time=3", "optimizer.popsize=3", "optimizer.maxiter=400", "optimizer.threads=1"]
    search = start(
        ["-m", "myoassist.train", "exp=baseline", "expname=watched", *small, "env.render_modes=[]"],
        tmp_path,
        environment,
        "search.log",
    )
    page = None
    try:
        folder = wait(lambda: next((path.parent for path in tmp_path.glob("logs/*/watched/config.yaml")), None), 300)
        page = start(["-m", "myoassist", "watch", str(folder), "port=18340"], tmp_path, environment, "page.log")
        printed = wait(lambda: re.search(r"is at (http://127\.0\.0\.1:\d+) ", (tmp_path / "page.log").read_text()), 300)
        url = printed.group(1)
        with Browser(tmp_path / "profile") as browser:
            browser.open(url)
            browser.wait_for("Score card", 300)
            browser.wait_for("found in generation", 300)
            text = browser.wait_for("People at", 600)
            assert "bound" in text
            browser.wait_for("Total cost by generation", 300)
            browser.click_text("forward")
            assert "+10 N·s" in browser.wait_for("Pushed:", 300)
            browser.screenshot(tmp_path / "page.png")
            assert (tmp_path / "page.png").stat().st_size > 20_000
    finally:
        for process in (page, search):
            if process is not None:
                process.terminate()
                process.wait(timeout=120)


def start(words, folder, environment, log):
    with (folder / log).open("w") as file:
        return subprocess.Popen(
            [sys.executable, "-u", *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
