"""Make runs ready for an evaluation, whoever made them, before MuJoCo is loaded."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from myoassist.analysis.policy.choice import choose_policy_file, open_shipped
from myoassist.check.run import check
from myoassist.commands.evaluate.request import Evaluate
from myoassist.compat.result.batch_file import is_batch_file, read_batch
from myoassist.compat.result.folder import LABELS, is_result_folder
from myoassist.compat.result.run import ResultRun, ResultWishes, open_results
from myoassist.compat.session.checkpoint_run import is_session_folder, open_session
from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.config.sources.shipped import find_controller, list_controllers
from myoassist.files.errors import UserError
from myoassist.runs.catalogue import day_folder
from myoassist.runs.choice import choose_evaluated, choose_parameters, choose_runs
from myoassist.runs.plugin_trust import check_stored_code
from myoassist.runs.stored_config import change_config, load_shipped_config, load_stored_config


@dataclass(frozen=True)
class PreparedRun:
    """A run that can be simulated.

    Attributes:
        folder: Where results go.
        config: Checked configuration.
        parameters: Parameter file or policy; None for the initial values.
        name: Name in reports.
        result: The result of MyoAssist that it is, if it is one.
        any_start: Whether a policy may be shown from whichever start phase it walks longest.
    """

    folder: Path
    config: RunConfig
    parameters: Path | None
    name: str
    result: ResultRun | None = None
    any_start: bool = False


@dataclass(frozen=True)
class Prepared:
    """All runs of a command.

    Attributes:
        runs: What can be simulated.
        asked: Number of runs that were asked for.
        refused: Number of those that cannot be simulated, which has been printed.
    """

    runs: list[PreparedRun]
    asked: int
    refused: int


def prepare_runs(request: Evaluate) -> Prepared:
    """Return the runs that a command asks for; a single one that cannot be simulated is an error.

    Raises:
        UserError: if no run can be evaluated, or the one that was asked for cannot.
    """
    if request.exp is None and (request.run or "").startswith(SHIPPED_PREFIX):
        return Prepared([_prepare_shipped(request)], 1, 0)
    if request.exp is None and is_session_folder(request.run):
        return Prepared([_prepare_session(request)], 1, 0)
    wishes = _wishes(request)
    missing: list[str] = []
    if is_batch_file(request.run):
        batch = read_batch(Path(str(request.run)).expanduser())
        folders = [folder for folder in batch.folders.values() if folder is not None]
        missing = [name for name, folder in batch.folders.items() if folder is None]
        sim_time = [] if batch.sim_time is None else [f"env.sim_time={batch.sim_time:g}"]
        labels = wishes.labels or batch.labels
        wishes = replace(wishes, labels=labels, root=batch.root, overrides=[*sim_time, *wishes.overrides])
    else:
        folders = choose_runs(request.exp, request.run, is_result_folder)
        if request.preset is not None and not all(is_result_folder(folder) for folder in folders):
            raise UserError("preset= for a run of ours", "a result folder of MyoAssist: runs of ours say what they are")
    runs: list[PreparedRun] = []
    taken: set[Path] = set()
    refused = 0
    for name in missing:
        error = UserError(
            f"results_dir {name} does not exist",
            "a result folder, relative to the current folder, to that of the file, or to a checkout of MyoAssist",
            f"write the name of your results folder into {request.run}, or give run=<folder>",
        )
        if len(missing) + len(folders) == 1:
            raise error
        print(error, file=sys.stderr)
        refused += 1
    for folder in folders:
        try:
            runs += prepare_folder(request, folder, request.params, wishes, taken)
        except UserError as error:
            if len(missing) + len(folders) == 1:
                raise
            print(f"{folder.as_posix()}: {error}", file=sys.stderr)
            refused += 1
    return Prepared(runs, len(runs) + refused, refused)


def prepare_others(request: Evaluate) -> list[PreparedRun]:
    """Return the runs to compare with, each with its own best; none where none is asked for."""
    if request.compare is None:
        return []
    wishes = replace(_wishes(request), labels=(), params=None)
    folders = choose_runs(None, request.compare, is_result_folder, key="compare")
    return [prepare_folder(request, folder, None, wishes, set())[0] for folder in folders]


def prepare_folder(
    request: Evaluate, folder: Path, params: str | None, wishes: ResultWishes, taken: set[Path]
) -> list[PreparedRun]:
    """Return what is to be simulated of a folder: one run, or the results of MyoAssist in it.

    Args:
        request: The command.
        folder: Run folder, or result folder of MyoAssist.
        params: Parameter file or policy instead of the best.
        wishes: How result folders are evaluated.
        taken: Folders that other results of this command go into; those of this one are added.

    Raises:
        UserError: if it cannot be simulated.
    """
    if is_result_folder(folder):
        if request.starts is not None:
            raise UserError(f"starts={request.starts} for a result of a search", "repeats=N", "leave starts out")
        results = open_results(folder, wishes, taken)
        for result in results:
            check(result.config, starts=False)
        return [PreparedRun(item.folder, item.config, item.file.path, item.name, item) for item in results]
    config = load_stored_config(folder, request.overrides)
    check_stored_code(config, folder.as_posix(), request.overrides, request.trust_plugins)
    if config.task == "rl":
        path = choose_policy_file(params, folder)
        return [_check_policy(request, PreparedRun(folder, config, path, folder.resolve().name))]
    if request.starts is not None:
        raise UserError(f"starts={request.starts} for a run of task={config.task}", "repeats=N", "leave starts out")
    parameters = choose_evaluated(params, folder, config)
    # The file is chosen; where the search once started need not exist any more.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    check(config, starts=False)
    return [PreparedRun(folder, config, parameters, folder.resolve().name)]


def _wishes(request: Evaluate) -> ResultWishes:
    """Return how result folders are evaluated.

    Raises:
        UserError: if a file is named that does not exist.
    """
    files: dict[str, Path | None] = {}
    for name, text in (("params", request.params), ("preset", request.preset)):
        path = None if text is None or (name == "params" and text in LABELS) else Path(text).expanduser()
        if path is not None and name == "preset" and not path.is_file():
            found = "is a folder" if path.is_dir() else "does not exist"
            raise UserError(f"{name}={text} {found}", "a file, relative to the current folder", f"{name}=<file>")
        files[name] = path
    labels = (LABELS[request.params],) if request.params in LABELS else ()
    return ResultWishes(labels, files["params"], request.exp, files["preset"], request.overrides)


def _prepare_shipped(request: Evaluate) -> PreparedRun:
    run = str(request.run)
    name = run.removeprefix(SHIPPED_PREFIX)
    if name in {item.name for item in list_controllers()}:
        return _prepare_controller(request, name)
    policy = open_shipped(run, request.overrides)
    path = policy.path if request.params is None else Path(request.params)
    return _check_policy(request, PreparedRun(policy.folder, policy.config, path, name))


def _prepare_controller(request: Evaluate, name: str) -> PreparedRun:
    """Return a controller that comes with the package, with the configuration that it was judged with."""
    if request.starts is not None:
        raise UserError(f"starts={request.starts} for a controller", "repeats=N", "leave starts out")
    config = change_config(load_shipped_config(name), request.overrides)
    folder = day_folder() / f"shipped_{name}"
    parameters = find_controller(name) if request.params is None else choose_parameters(request.params, folder)
    config.optimizer.param_path = None
    check(config, starts=False)
    return PreparedRun(folder, config, parameters, name)


def _prepare_session(request: Evaluate) -> PreparedRun:
    found = open_session(str(request.run), request.params, request.overrides)
    run = PreparedRun(found.folder, found.config, found.path, found.name, any_start=found.any_start)
    return _check_policy(request, run)


def _check_policy(request: Evaluate, item: PreparedRun) -> PreparedRun:
    """Refuse what a policy cannot be asked for; return it unchanged.

    Raises:
        UserError: naming it.
    """
    if request.repeats:
        raise UserError(f"repeats={request.repeats} for a policy", "starts=N: walks from N start phases", "starts=10")
    # The policy is chosen; where its training once started need not exist any more.
    item.config.env.prev_trained_policy_path = None
    check(item.config, starts=False)
    return item
