"""The names of the package: light to import, and modules that share a name with a function stay modules."""

import inspect
import subprocess
import sys

import pytest

import myoassist as ma
import myoassist.api as api

HEAVY = ("hydra", "matplotlib", "mujoco", "numba", "numpy", "omegaconf", "pandas", "rich", "scipy", "torch", "yaml")


def run(code, cwd):
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_loads_nothing_heavy(tmp_path):
    code = f"import myoassist as ma, sys; dir(ma); print([name for name in {HEAVY} if name in sys.modules])"
    assert run(code, tmp_path).strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_the_functions_load_nothing_heavy_until_they_are_called(tmp_path):
    code = (
        "import myoassist as ma, sys\n"
        "names = [getattr(ma, name) for name in ma.__all__]\n"
        f"print([name for name in {HEAVY} if name in sys.modules and name not in ('numpy',)])"
    )
    # The module `evaluate` is the entry of the command, which reads configurations.
    assert set(eval(run(code, tmp_path))) <= {"hydra", "omegaconf", "yaml"}


def test_every_name_is_there_and_described():
    assert sorted(ma.__all__) == sorted(api.__all__)
    assert set(ma.__all__) <= set(dir(ma))
    for name in ma.__all__:
        assert callable(getattr(ma, name)), name
        assert len(inspect.getdoc(getattr(api, name))) > 20, name
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ma.no_such_name


@pytest.mark.parametrize(
    "code",
    [
        "import myoassist as ma; f = ma.optimize; import myoassist.optimize.names as n",
        "import myoassist.optimize.names as n; import myoassist as ma; f = ma.optimize",
        "from myoassist.optimize import names as n; from myoassist import optimize as f",
        "from myoassist import optimize as f; import myoassist.optimize; n = f.names if hasattr(f, 'names') else "
        "__import__('myoassist.optimize.names', fromlist=['names'])",
    ],
)
def test_modules_with_the_name_of_a_function_are_both(code, tmp_path):
    checks = "print(n.make_run_name.__name__, callable(f), f.__name__)"
    assert run(f"{code}; {checks}", tmp_path).split() == ["make_run_name", "True", "myoassist.optimize"]


def test_the_entry_of_the_evaluation_stays_an_entry(tmp_path):
    code = (
        "from myoassist import evaluate; import myoassist as ma; print(evaluate is ma.evaluate, evaluate.INTERRUPTED)"
    )
    assert run(code, tmp_path).split() == ["True", "130"]


def test_signatures_are_those_of_the_functions():
    assert inspect.signature(ma.optimize) == inspect.signature(api.optimize)
    assert inspect.signature(ma.evaluate) == inspect.signature(api.evaluate)
