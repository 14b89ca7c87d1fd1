"""Read pickled pycma states without running code: only the classes that such a state consists of are looked up."""

import importlib
import io
import pickle
from pathlib import Path
from typing import Any

from myoassist.config.entries.load_cma import load_cma
from myoassist.files.errors import UnsafeFileError

# What a pickled CMAEvolutionStrategy of pycma 4.x refers to, over all population sizes and most options.
_PYCMA = {
    "cma.boundary_handler": ("BoundTransform", "BoundNone", "BoundPenalty"),
    # The same class in pickles of older releases.
    "cma.constraints_handler": ("BoundTransform",),
    "cma.evolution_strategy": (
        "CMAEvolutionStrategy",
        "_CMASolutionDict_empty",
        "_CMASolutionDict_functional",
        "_CMAStopDict",
        "_StopTolXStagnation",
        "_pass",
    ),
    "cma.logger": ("CMADataLogger",),
    "cma.optimization_tools": ("BestSolution",),
    "cma.options_parameters": ("CMAOptions", "CMAParameters", "is_feasible"),
    "cma.recombination_weights": ("RecombinationWeights",),
    "cma.sampler": ("GaussFullSampler", "GaussStandardConstant"),
    "cma.sigma_adaptation": ("CMAAdaptSigmaCSA", "CMAAdaptSigmaNone"),
    "cma.transformations": (
        "BoxConstraintsLinQuadTransformation",
        "DiagonalDecoding",
        "GenoPheno",
        "RoundIntegerVariables",
    ),
    "cma.utilities.utils": (
        "BlancClass",
        "DictFromTagsInString",
        "ElapsedWCTime",
        "MoreToWrite",
        "SolutionDict",
    ),
}
_PYTHON = {
    # Populations below 6 keep which of their members mirror each other.
    "builtins": ("range",),
    "collections": ("OrderedDict",),
}
_NUMPY = {
    "numpy": ("dtype", "ndarray"),
    "numpy._core.multiarray": ("_reconstruct", "scalar"),
    "numpy._core.numeric": ("_frombuffer",),
    "numpy.linalg": ("eigh",),
    "numpy.random._mt19937": ("MT19937",),
    "numpy.random._pickle": ("__bit_generator_ctor", "__randomstate_ctor"),
}
ALLOWED = frozenset(
    (module, name) for group in (_PYCMA, _PYTHON, _NUMPY) for module, names in group.items() for name in names
)

# The same things under the names of older releases.
_RENAMED_MODULES = {
    "numpy.core.multiarray": "numpy._core.multiarray",
    "numpy.core.numeric": "numpy._core.numeric",
    "numpy.linalg.linalg": "numpy.linalg",
}
_GENERATOR_METHODS = ("randn", "standard_normal")


def _generator_method(owner: object, name: str) -> Any:
    """Stand in for `getattr`, which a pickled bound method asks for: methods of a NumPy random state alone."""
    from numpy.random import RandomState

    if type(owner) is not RandomState or name not in _GENERATOR_METHODS:
        raise UnsafeFileError(
            f"a pickle asks for attribute {name!r} of a {type(owner).__module__}.{type(owner).__name__}",
            "nothing but the normal generator of a numpy.random.RandomState",
            "do not use this file",
        )
    return getattr(owner, name)


class _StateUnpickler(pickle.Unpickler):
    """An unpickler that finds nothing outside of `ALLOWED`."""

    def __init__(self, stream: io.BytesIO, source: str) -> None:
        super().__init__(stream)
        self._source = source

    def find_class(self, module: str, name: str) -> Any:
        """Return an allowed class or function.

        Raises:
            UnsafeFileError: for everything else, naming it.
        """
        module = _RENAMED_MODULES.get(module, module)
        if (module, name) in (("builtins", "getattr"), ("__builtin__", "getattr")):
            return _generator_method
        if (module, name) not in ALLOWED:
            raise UnsafeFileError(
                f"{self._source} refers to {module}.{name}",
                "a pycma state, which consists of pycma and NumPy classes only",
                "do not use this file; it could run code",
            )
        return getattr(importlib.import_module(module), name)


def dump_state(strategy: Any) -> bytes:
    """Return a pycma optimizer as a plain pickle, in a protocol that every Python 3 since 3.4 reads."""
    return pickle.dumps(strategy, protocol=4)


def load_state_bytes(data: bytes, source: str) -> Any:
    """Return the pycma optimizer that `data` holds.

    Args:
        data: Pickle of a `cma.CMAEvolutionStrategy`.
        source: Name of the file for error messages.

    Raises:
        UnsafeFileError: if anything outside of `ALLOWED` is asked for, if the data are damaged, or if they hold
            something else than a pycma optimizer.
    """
    cma = load_cma()
    try:
        state = _StateUnpickler(io.BytesIO(data), source).load()
    except UnsafeFileError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        raise UnsafeFileError(
            f"{source} cannot be read as a pickle ({type(error).__name__}: {error})",
            "a complete pickle of a pycma optimizer",
            "use another file",
        ) from error
    if not isinstance(state, cma.CMAEvolutionStrategy):
        raise UnsafeFileError(
            f"{source} holds a {type(state).__module__}.{type(state).__name__}", "a pickled pycma optimizer"
        )
    return state


def load_state(path: Path) -> Any:
    """Return the pycma optimizer pickled in a file; errors as in `load_state_bytes`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnsafeFileError(f"{path} cannot be read ({error.strerror})", "a pickled pycma optimizer") from error
    return load_state_bytes(data, str(path))
