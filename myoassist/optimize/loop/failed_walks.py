"""Keep the first simulations of a run that failed, for `myoassist replay`."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from myoassist.cost.result import CostResult
from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.command_words import localize_command, quote_path
from myoassist.optimize.loop.workers import evaluation_seed
from myoassist.rollout.fault.file import WalkFault, dump_fault
from myoassist.rollout.log import Outcome

FAULT_FOLDER = "faults"
# Each is some ten kilobytes, and a search that fails a lot does so in the same way.
MAX_FAULTS = 5
_PHYSICAL = (Outcome.UNSTABLE, Outcome.NAN_CONTROL)

Capture = Callable[[np.ndarray, int], WalkFault | None]


def keep_fault(folder: Path, fault: WalkFault) -> Path | None:
    """Write a fault into the folder `faults` of a run, named by its place in the run.

    Returns:
        The file; None if there are enough already.

    Raises:
        OSError: if it cannot be written.
    """
    place = folder / FAULT_FOLDER
    path = place / ("_".join(f"{name}_{value}" for name, value in fault.place.items()) + ".npz")
    if not path.exists() and sum(1 for _ in place.glob("*.npz")) >= MAX_FAULTS:
        return None
    place.mkdir(exist_ok=True)
    write_bytes_atomic(path, dump_fault(fault))
    return path


class FaultKeeper:
    """Keeps candidates of a search whose physics failed.

    Args:
        folder: Run folder.
        capture: Simulates a vector with a seed again up to its failure.
        run_seed: Seed of the run.
        common: Whether all candidates of a generation had the same seed.
    """

    def __init__(self, folder: Path, capture: Capture | None, run_seed: int, common: bool = False) -> None:
        self._common = common
        self._folder = folder
        self._capture = capture
        self._run_seed = run_seed
        self._left = MAX_FAULTS

    def add(self, generation: int, vectors: Sequence[np.ndarray], results: Sequence[CostResult]) -> list[str]:
        """Keep what failed in a generation; return what to say about it.

        Args:
            generation: Its number, from 1.
            vectors: Candidates, each of shape (D,).
            results: Their results.

        Raises:
            OSError: if the run folder cannot be written.
        """
        notes = []
        for index, (vector, result) in enumerate(zip(vectors, results, strict=True)):
            if self._capture is None or self._left == 0 or result.outcome not in _PHYSICAL:
                continue
            self._left -= 1
            try:
                fault = self._capture(vector, evaluation_seed(self._run_seed, generation, index, self._common))
            except Exception as error:
                notes.append(f"a failed walk could not be repeated ({type(error).__name__}: {error})")
                continue
            path = None if fault is None else keep_fault(self._folder, fault.at(generation=generation, index=index))
            if path is not None:
                notes.append(f"{result.reason}; {localize_command(f'myoassist replay {quote_path(path)}')} shows how")
        return notes
