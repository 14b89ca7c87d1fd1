"""What a person can do on the live page, in a real browser, with a pool that has run and a member of it as a ghost."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("mjviser", reason="the extra viewer is not installed")
from tests.watch.chromium import Browser, find_chromium, wait

pytestmark = [pytest.mark.long, pytest.mark.skipif(find_chromium() is None, reason="no chromium")]
ROOT = Path(__file__).resolve().parents[2]
# Two members of which one ends; steps this small leave every walk close to the shipped one.
POOL = [
    "exp=human_level",
    "cost=human_gait",
    "optimizer=pool",
    "optimizer.members=2",
    "optimizer.scan=4",
    "optimizer.scan_from=shipped:around",
]
POOL += ["optimizer.popsize=4", "optimizer.maxiter=6", "optimizer.sigma_gain=0.1", "optimizer.threads=1"]
POOL += ["env.sim_time=12", "cost.draws=1", "logdir=pool"]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Open the page of a pool in a browser."""
    folder = tmp_path_factory.mktemp("pool")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    train = [sys.executable, "-m", "myoassist.train", *POOL]
    done = subprocess.run(train, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "page.log").open("w") as log:
        words = ["watch", "pool", "compare=pool/member_01", "port=18360"]
        command = [sys.executable, "-u", "-m", "myoassist", *words]
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        found = wait(lambda: re.search(r"is at (http://\S+) ", (folder / "page.log").read_text()), 300.0)
        with Browser(folder / "profile", (1400, 900)) as browser:
            browser.open(found.group(1))
            browser.wait_for("People at", 600.0)
            yield browser
    finally:
        server.terminate()
        server.wait(timeout=60)
        assert "Traceback" not in (folder / "page.log").read_text()


@pytest.fixture(autouse=True)
def as_in_run(page):
    """Begin every test with the walks of the run, at full speed."""
    page.tick("Play", True)
    page.tick("Side by side", False)
    page.choose("Speed of play", "1")
    page.click_text("As in the run")
    wait(lambda: page.text().count("as stored") == 2, 600.0, page.text)
    yield
    assert not re.search(r"Traceback|cannot be", page.text())


def settled(page, label="Time [s]"):
    """Return the value of a slider that has come to rest."""

    def look():
        # Drawn by the processor, the browser of a busy machine stands still for a second.
        values = set()
        for _ in range(6):
            values.add(page.slider(label))
            time.sleep(0.5)
        return values if len(values) == 1 else None

    return wait(look, 120.0).pop()


def pace(page, option):
    """Return how fast the walk is played with an option, s of the walk per second."""
    page.choose("Speed of play", option)
    page.drag_slider("Time [s]", 0.0)
    begin = settled(page)
    # What the browser shows lags behind on a busy machine; where the walk stands once it is paused does not.
    began = time.monotonic()
    page.tick("Play", True)
    time.sleep(6.0)
    page.tick("Play", False)
    passed = time.monotonic() - began
    return (settled(page) - begin) / passed


def test_the_walk_of_a_pool_and_its_ghost_are_those_of_the_run(page):
    text = page.text()
    assert "Run: finished" in text and "rung 2/2" in text
    assert re.search(r"Best of member_0\d: [\d.]+, stage 3", text)
    assert re.search(r"member_01: walks to the end, 12 s; .* as stored", text)


def test_members_of_a_pool_have_a_tab(page, tmp_path):
    page.click_text("Members")
    text = page.wait_for("member_00")
    lines = [line.split("\t") for line in text.splitlines() if line.startswith("member_0") and "\t" in line]
    assert {line[0] for line in lines} == {"member_00", "member_01"}
    assert sorted(line[-1] for line in lines) == ["ended", "goes on"]
    # The best first.
    assert [float(line[1]) for line in lines] == sorted(float(line[1]) for line in lines)
    page.screenshot(tmp_path / "members.png")
    page.click_text("Terms")
    assert "part of the total" in page.wait_for("calf_shape")
    page.click_text("Score card")
    page.wait_for("People at")


def test_pause_any_instant_and_slower(page):
    page.tick("Play", False)

    def rests():
        before = page.slider("Time [s]")
        time.sleep(4.0)
        return page.slider("Time [s]") == before

    # A walk that is played moves on all the time; a busy browser may draw one that is not for some seconds more.
    wait(rests, 60.0)
    page.drag_slider("Time [s]", 0.5)
    wait(lambda: page.slider("Time [s]") == pytest.approx(6.0, abs=0.5), 30.0)
    assert settled(page) == pytest.approx(6.0, abs=0.5)
    assert pace(page, "1") == pytest.approx(1.0, abs=0.25)
    assert pace(page, "1/2") == pytest.approx(0.5, abs=0.15)
    assert pace(page, "1/8") == pytest.approx(0.125, abs=0.05)


def test_a_target_speed_is_followed(page):
    before = distance(page.text())
    page.press_slider("Target speed [m/s]", -4)
    text = page.wait_for("Tried: target speed 1.05 m/s", 600.0)
    assert "People at 1.05 m/s" in text
    # The guided reflexes follow it: slower is less far in the same time.
    assert distance(text) < before - 0.5
    wait(lambda: page.text().count("Tried: target speed 1.05 m/s") == 2, 600.0)


def distance(text):
    return float(re.search(r"walks to the end, 12 s; ([\d.]+) m; human_gait [\d.]+", text)[1])


def test_a_slope_is_walked_by_both_and_a_push_after_it_too(page, tmp_path):
    page.press_slider("Slope [deg]", 4)
    wait(lambda: page.text().count("Tried: slope +2 deg.") == 2, 600.0, page.text)
    assert "as stored" not in page.text()
    page.screenshot(tmp_path / "slope.png")
    # The scene was made anew with the ground; it has to take clicks as before.
    page.press_shift(True)
    page.click(600, 600, shift=True)
    page.press_shift(False)
    wait(lambda: page.text().count("Pushed: +10 N·s") == 2, 600.0, page.text)
    assert page.text().count("Tried: slope +2 deg.") == 2


def test_a_backward_push_of_another_size(page):
    page.drag_slider("Push [N·s]", 0.0)
    wait(lambda: page.slider("Push [N·s]") == 1.0, 30.0)
    page.click_text("backward")
    wait(lambda: page.text().count("Pushed: -1 N·s") == 2, 600.0, page.text)


def test_ghosts_step_aside_while_the_walk_stands_still(page, tmp_path):
    page.tick("Play", False)
    settled(page)
    pictures = []
    for name in ("together", "again", "beside"):
        if name == "beside":
            page.tick("Side by side", True)
        time.sleep(3.0)
        page.screenshot(tmp_path / f"{name}.png")
        pictures.append(read_scene(tmp_path / f"{name}.png"))
    together, again, beside = pictures
    assert abs(together - again).mean() < 0.2
    assert abs(together - beside).mean() > 0.6


def read_scene(file):
    """Return the middle of a picture of the page, where the scene is, shape (height, width, 3)."""
    from matplotlib.image import imread

    return imread(file)[150:-100, 420:-420, :3].astype(float) * 255.0
