"""Continue the exact optimizer state of another run: a run folder, a checkpoint or a pycma pickle (`pickle_path`)."""

import warnings
from pathlib import Path

from myoassist.config.schema.run import RunConfig
from myoassist.files.checkpoint import (
    Checkpoint,
    DamagedCheckpointError,
    has_checkpoint,
    is_checkpoint_file,
    load_newest,
    read_checkpoint,
)
from myoassist.files.errors import ConfigError, ResumeError, UnsafeFileError
from myoassist.optimize.names import PICKLE_SUFFIX, make_run_name
from myoassist.optimize.optimizers.cma import CmaOptimizer
from myoassist.optimize.optimizers.cma_older import complete_older_state
from myoassist.optimize.optimizers.cma_pickle import load_state
from myoassist.optimize.optimizers.factored import FactoredOptimizer
from myoassist.optimize.optimizers.scheduled import ScheduledOptimizer
from myoassist.optimize.store.search_state import Search, check_length, cost_fingerprint, search_from_checkpoint
from myoassist.space.table import ParameterTable


def continue_search(config: RunConfig, table: ParameterTable) -> Search:
    """Return a search that goes on where the state of `optimizer.pickle_path` ended.

    Mean, covariance, step size, evolution paths, bounds, population size and random numbers are those of the stored
    state. Its best candidate is kept only where it was judged by the same cost on the same model; otherwise the best
    counts anew, because totals of different costs cannot be compared.

    Args:
        config: `optimizer.pickle_path` names a run folder, a checkpoint or a pickle.
        table: Parameters of this run.

    Raises:
        UnsafeFileError: for files of others without `optimizer.trust_pickle`, and for anything but a pycma state.
        LayoutError: if the state belongs to another layout.
        ConfigError: if it belongs to another algorithm.
        ResumeError: if there is no state, or only damaged ones.
    """
    path = Path(str(config.optimizer.pickle_path)).expanduser()
    file, checkpoint = _locate(path)
    if checkpoint is not None:
        search = search_from_checkpoint(checkpoint, table, str(file))
    else:
        search = _search_from_pickle(file, config, table)
    optimizer = search.optimizer
    if isinstance(optimizer, ScheduledOptimizer):
        if optimizer.plain is None:
            raise ConfigError(
                f"{file} holds a search that is still scanning",
                "one whose algorithm has begun",
                "optimizer.param_path=<the same folder> (starts from its best vector)",
            )
        if isinstance(optimizer.plain, FactoredOptimizer):
            raise ConfigError(
                f"{file} holds a search over factors of groups of parameters",
                "one over the parameters themselves",
                "optimizer.param_path=<the same folder> (starts from its best vector)",
            )
        optimizer = optimizer.plain
    wanted, found = config.optimizer.algorithm, optimizer.name
    if found != wanted:
        raise ConfigError(
            f"{file} holds a search of optimizer.algorithm={found}, this run has {wanted}",
            "the algorithm that wrote the state",
            f"optimizer.algorithm={found} (or start {wanted} from its best vector: optimizer.param_path)",
        )
    fingerprint = cost_fingerprint(config)
    if search.fingerprint != fingerprint:
        if search.best is not None:
            warnings.warn(
                f"{file} was optimized for another model or cost: its best candidate is not compared with new ones",
                stacklevel=2,
            )
        search.best = search.best_last = None
    optimizer.go_on(config.optimizer)
    return Search(
        optimizer=optimizer,
        table=table,
        run_name=make_run_name(config, table),
        fingerprint=fingerprint,
        base_vector=search.base_vector,
        first_generation=optimizer.generation,
        best=search.best,
        best_last=search.best_last,
    )


def _locate(path: Path) -> tuple[Path, Checkpoint | None]:
    """Return the file to continue from, and its checkpoint if it is one of ours."""
    if path.is_dir():
        if has_checkpoint(path):
            return path, load_newest(path, set_aside=False)
        pickles = sorted(path.glob("*.pkl"))
        if not pickles:
            raise ResumeError(
                f"optimizer.pickle_path={path} holds no optimizer state",
                "a run folder with a checkpoint or a *.pkl file",
                "give the folder of a CMA-ES run, or the pickle itself",
            )
        return pickles[0], None
    if not path.is_file():
        raise ResumeError(f"optimizer.pickle_path={path} does not exist", "a run folder or a *.pkl file")
    if not is_checkpoint_file(path, "a checkpoint or a pycma pickle"):
        return path, None
    try:
        return path, read_checkpoint(path)
    except DamagedCheckpointError as error:
        raise ResumeError(f"{path} is damaged ({error})", "a sound checkpoint") from error


def _search_from_pickle(file: Path, config: RunConfig, table: ParameterTable) -> Search:
    ours = file.name.endswith(PICKLE_SUFFIX) and has_checkpoint(file.parent)
    if not ours and not config.optimizer.trust_pickle:
        raise UnsafeFileError(
            f"{file} was not written by this project",
            "a run folder of this project, or your word that you know where the file comes from",
            "optimizer.trust_pickle=true",
        )
    strategy = load_state(file)
    optimizer = CmaOptimizer(strategy)
    check_length(optimizer, table, str(file))
    if not ours:
        complete_older_state(strategy, str(file))
    optimizer.adopt("")
    if ours:
        checkpoint = load_newest(file.parent, set_aside=False)
        if checkpoint is not None and checkpoint.header.get("generation") == strategy.countiter:
            return search_from_checkpoint(checkpoint, table, str(file))
    return Search(optimizer=optimizer, table=table, run_name="", fingerprint="", base_vector=table.initial.copy())
