import os
import pickle

import cma
import numpy as np
import pytest

from myoassist.files.errors import UnsafeFileError
from myoassist.optimize.optimizers.cma import random_stream
from myoassist.optimize.optimizers.cma_pickle import ALLOWED, load_state, load_state_bytes


class Call:
    """Pickles as a call of any function."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def make(popsize=8, **options):
    bounds = [[0.0] * 3 + [-np.inf] * 3, [np.inf] * 4 + [5.0] * 2]
    own = {"bounds": bounds, "popsize": popsize, "seed": np.nan, "randn": random_stream(3).randn, "verbose": -9}
    return cma.CMAEvolutionStrategy(np.ones(6), 0.1, own | options)


def step(strategy):
    vectors = strategy.ask()
    strategy.tell(vectors, [float(np.sum((x - 1.3) ** 2)) for x in vectors])
    strategy.stop()
    return np.array(vectors)


@pytest.mark.parametrize("popsize", [2, 4, 5, 8, 33, 40])
def test_state_continues_bit_for_bit(popsize):
    strategy = make(popsize)
    for _ in range(12):
        step(strategy)
    copy = load_state_bytes(pickle.dumps(strategy), "test")
    # Nothing may come from the global generator.
    np.random.seed(1)
    ours = [step(strategy) for _ in range(12)]
    np.random.seed(2)
    theirs = [step(copy) for _ in range(12)]
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_protocols_of_python_3_are_read(protocol):
    strategy = make()
    step(strategy)
    assert load_state_bytes(pickle.dumps(strategy, protocol), "test").countiter == 1


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (os.system, ("touch hacked",)),
        (eval, ("open('hacked', 'w')",)),
        (exec, ("open('hacked', 'w')",)),
        (open, ("hacked", "w")),
        (getattr, (np.ndarray, "tofile")),
        (getattr, (np.random.RandomState(0), "__class__")),
        (__import__, ("os",)),
        (np.load, ("hacked",)),
        (np.savetxt, ("hacked", [1.0])),
    ],
)
def test_code_is_refused_and_not_run(tmp_path, monkeypatch, function, args):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnsafeFileError, match=r"refers to|asks for attribute"):
        load_state_bytes(pickle.dumps(Call(function, *args)), "evil.pkl")
    strategy = make()
    strategy.opts["vv"] = Call(function, *args)
    with pytest.raises(UnsafeFileError):
        load_state_bytes(pickle.dumps(strategy), "evil.pkl")
    assert not (tmp_path / "hacked").exists()


def test_refusal_names_the_class():
    with pytest.raises(UnsafeFileError, match=r"evil.pkl refers to (posix|nt).system"):
        load_state_bytes(pickle.dumps(Call(os.system, "true")), "evil.pkl")


def test_old_style_globals_are_refused():
    with pytest.raises(UnsafeFileError, match=r"os.system"):
        load_state_bytes(b"cos\nsystem\n(S'touch hacked'\ntR.", "evil.pkl")


def test_dotted_names_do_not_reach_further():
    # Protocol 4 lets a name hold dots: cma.logger -> os -> system.
    name = b"CMADataLogger.__init__.__globals__"
    data = b"\x80\x04\x8c\x0acma.logger\x8c" + bytes([len(name)]) + name + b"\x93."
    with pytest.raises(UnsafeFileError, match="refers to"):
        load_state_bytes(data, "evil.pkl")


@pytest.mark.parametrize("data", [b"", b"garbage", pickle.dumps(make())[:-100]])
def test_damaged_pickles_are_refused(data):
    with pytest.raises(UnsafeFileError, match="cannot be read as a pickle"):
        load_state_bytes(data, "bad.pkl")


def test_other_objects_are_refused():
    with pytest.raises(UnsafeFileError, match=r"holds a builtins.dict"):
        load_state_bytes(pickle.dumps({"a": 1}), "other.pkl")


def test_published_release_is_read(data_folder):
    strategy = load_state(data_folder / "pycma_4_0_0.pkl")
    assert (strategy.countiter, strategy.N) == (5, 6)


def test_allowed_names_exist():
    import importlib

    missing = [(m, n) for m, n in ALLOWED if not hasattr(importlib.import_module(m), n)]
    assert missing == []
