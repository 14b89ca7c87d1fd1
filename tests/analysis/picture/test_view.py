import threading
import urllib.error
import urllib.request

import numpy as np
import pytest

from myoassist.analysis.picture.playback import Playback
from myoassist.analysis.picture.scene import ACTIVE, find_tendons
from myoassist.analysis.picture.view_web import WebView
from myoassist.analysis.picture.view_window import check_screen
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import UserError
from myoassist.model.build import build_walker
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from tests.analysis.page.test_html_report import evaluate_log


@pytest.fixture(scope="module")
def walk():
    """Half a second in which the walker is pushed forward, one muscle active."""
    config = RunConfig()
    walker = build_walker(config.model, config.env)
    names = walker.layout.muscle_names
    layout = LogLayout(names)
    log = WalkLog(layout, np.zeros((50, layout.size)), 0.01, 50, 80.0, Outcome.SURVIVED)
    log.time[:] = 0.01 * np.arange(1, 51)
    log.activation[:, names.index("soleus_r")] = 1.0
    poses = np.repeat(walker.model.key_qpos[walker.layout.keyframe][None], 50, axis=0)
    poses[:, walker.layout.qpos_root[0]] = np.linspace(0.0, 1.0, 50)
    return evaluate_log(log, poses=poses, walker=walker)


def test_playback_goes_where_the_walk_was(walk):
    playback = Playback(walk)
    assert playback.duration == pytest.approx(0.5)
    places = []
    for time in (-1.0, 0.25, 9.0):
        playback.place(time)
        places.append(playback.data.xpos[playback.pelvis, 0])
    assert np.diff(places) == pytest.approx([24 / 49, 25 / 49])
    tendon = find_tendons(playback.model, walk.log.muscle_names)[walk.log.muscle_names.index("soleus_r")]
    assert playback.model.tendon_rgba[tendon, :3] == pytest.approx(ACTIVE)


def test_the_page_is_served_on_this_machine_alone_and_ends(walk):
    pytest.importorskip("mjviser")
    stop = threading.Event()
    with WebView(walk, port=18080, name="a walk") as view:
        assert view.url.startswith("http://127.0.0.1:")
        player = threading.Thread(target=view.run, args=(stop,))
        player.start()
        with urllib.request.urlopen(view.url, timeout=10) as answer:
            assert answer.status == 200
            assert b"<html" in answer.read().lower()
        stop.set()
        player.join(timeout=10)
        assert not player.is_alive()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(view.url, timeout=3)


def test_a_window_needs_a_screen():
    with pytest.raises(UserError, match="no screen"):
        check_screen({}, "linux")
    check_screen({"DISPLAY": ":0"}, "linux")
    check_screen({}, "darwin")
