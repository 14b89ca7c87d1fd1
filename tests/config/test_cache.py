import os
import subprocess
import sys
from pathlib import Path

from myoassist.config.cache import has_kernels, keep_own_kernels, kernel_folder
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.own_code import loop_name

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


def test_loops_of_own_controllers_that_are_not_used_any_more_go(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = kernel_folder("rollout")
    folder.mkdir()
    for number in range(6):
        for part in ("walk", "control", "finish_step"):
            for end in ("nbi", "1.nbc"):
                file = folder / f"loop.{part}_own{number}_curve_mujoco-100.py311.{end}"
                file.touch()
                os.utime(file, (number, number))
    built_in = folder / "loop.walk_reflex_curve_mujoco-100.py311.nbi"
    built_in.touch()
    assert has_kernels("rollout", "walk_own0_curve_mujoco")
    # The oldest is used again, so that the next older ones go.
    keep_own_kernels("own0_curve_mujoco", kept=3)
    left = {file.name.split("_own")[1][0] for file in folder.glob("*_own*")}
    assert left == {"0", "4", "5"}
    assert built_in.is_file()
    assert len(list(folder.glob("*_own4_*"))) == 6
    assert not has_kernels("rollout", "walk_own1_curve_mujoco")


def test_a_loop_counts_as_cached_only_by_its_own_name(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = kernel_folder("rollout")
    folder.mkdir()
    (folder / "loop.walk_reflex_curve_mujoco-100.py311.nbi").touch()
    found = {name: loop_name(compose_run(command).config) for name, command in COMMANDS.items()}
    assert found == {
        "reflex": "reflex_curve_mujoco", "impedance": "reflex_impedance_mujoco", "cpg": "cpg_curve_mujoco",
    }  # fmt: skip
    assert [has_kernels("rollout", f"walk_{name}") for name in found.values()] == [True, False, False]
    assert has_kernels("rollout") and not has_kernels("rl/kernels")


PUBLISHED = ["exp=debug", "overlays=published"]
COMMANDS = {
    "reflex": PUBLISHED,
    "impedance": [*PUBLISHED, "model=osl_a", "exo=impedance"],
    "cpg": [*PUBLISHED, "control=cpg"],
}
