import os
import subprocess
import sys
from pathlib import Path

PRINT = "import os, myoassist; print(os.environ['NUMBA_CACHE_DIR'])"


def chosen_folder(**variables):
    env = {key: value for key, value in os.environ.items() if key not in ("NUMBA_CACHE_DIR", "MYOASSIST_KERNEL_CACHE")}
    done = subprocess.run(
        [sys.executable, "-c", PRINT], env=env | variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_kernels_lie_in_the_cache_folder(tmp_path):
    folder = Path(chosen_folder(MYOASSIST_CACHE=str(tmp_path)))
    assert folder.parent == tmp_path / "kernels"


def test_choice_of_the_user_stands(tmp_path):
    assert chosen_folder(NUMBA_CACHE_DIR=str(tmp_path), MYOASSIST_CACHE="/elsewhere") == str(tmp_path)


def test_job_with_a_cache_of_its_own_does_not_inherit_that_of_its_daemon(tmp_path):
    daemon = chosen_folder(MYOASSIST_CACHE=str(tmp_path / "shared"))
    inherited = {"NUMBA_CACHE_DIR": daemon, "MYOASSIST_KERNEL_CACHE": daemon}
    assert Path(chosen_folder(MYOASSIST_CACHE=str(tmp_path / "node"), **inherited)).parent.parent == tmp_path / "node"
