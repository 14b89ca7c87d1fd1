import os
import subprocess
import sys

import pytest

from myoassist.analysis.picture.graphics import PACKAGES, VARIABLE
from tests.analysis.broken_graphics import without_graphics

CHOOSE = (
    "import os; from myoassist.analysis.picture.graphics import choose_graphics, use_graphics\n"
    "g = choose_graphics(); use_graphics(g); print(g.backend); print(g.notice); print(os.environ['MUJOCO_GL'])\n"
    "import mujoco"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="EGL and OSMesa are back ends of Linux")


def choose(environ):
    # In a process of its own, because MuJoCo, imported here already, has fixed its back end.
    done = subprocess.run([sys.executable, "-c", CHOOSE], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:3]


@linux
def test_without_any_back_end_the_packages_are_named_and_mujoco_still_loads(tmp_path):
    environ = without_graphics(tmp_path / "lib")
    for asked in ("egl", "", "nonsense"):
        backend, notice, variable = choose({**environ, VARIABLE: asked})
        assert (backend, variable) == ("None", "disable")
        assert notice.startswith("no video: egl and osmesa cannot draw here")
        assert PACKAGES in notice


@pytest.mark.long
@linux
def test_a_back_end_that_does_not_work_is_replaced(tmp_path):
    if choose({**os.environ, VARIABLE: "osmesa"})[0] != "osmesa":
        pytest.skip(f"OSMesa is not installed here ({PACKAGES})")
    environ = without_graphics(tmp_path / "lib", libraries=("EGL",))
    assert choose({**environ, VARIABLE: "egl"}) == [
        "osmesa",
        "MUJOCO_GL=egl does not work here; drawing with osmesa.",
        "osmesa",
    ]
    assert choose(environ) == ["osmesa", "", "osmesa"]


def test_switched_off_by_the_user():
    backend, notice, variable = choose({**os.environ, VARIABLE: "off"})
    assert (backend, variable) == ("None", "disable")
    assert "MUJOCO_GL=off" in notice
