"""Find the run folder to evaluate and the parameters in it."""

import glob
from collections.abc import Callable
from pathlib import Path

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.groups import describe_experiments, list_experiments
from myoassist.config.schema.run import NEWEST_PREFIX, RunConfig
from myoassist.files.command_words import EVALUATE_COMMAND, TRAIN_COMMAND, quote_path
from myoassist.files.errors import UserError
from myoassist.runs.catalogue import (
    ASIDE,
    CHOSEN_NAME,
    CONFIG_NAME,
    PARAMETERS_NAME,
    describe_run,
    find_newest_run,
    is_choice_current,
    list_date_folders,
    list_run_folders,
    log_root,
    read_status,
)
from myoassist.runs.named_files import resolve_param_path
from myoassist.runs.policy_files import BEST_NAME as BEST_POLICY
from myoassist.runs.policy_files import newest_policy

# Written by the optimizer after every generation; the first names its layout, the second is the published text form;
# the last by the RL trainer.
BEST_FILES = (PARAMETERS_NAME, "*_Best.txt", BEST_POLICY)


def find_best_file(folder: Path) -> Path | None:
    """Return the file with the chosen parameters of a run, else with its best; None where no generation is complete."""
    return folder / CHOSEN_NAME if is_choice_current(folder) else _find_best(folder)


def _find_best(folder: Path) -> Path | None:
    for pattern in BEST_FILES:
        found = sorted(folder.glob(pattern))
        if found:
            return found[-1]
    return newest_policy(folder)


def find_newest_with_best(logs: Path, exp: str) -> Path | None:
    """Return the run folder of an exp that was worked on last and has a best, finished or not; None if there is none.

    Runs that were set aside with `fresh=true` do not count.
    """
    return find_newest_run(logs, exp, _is_evaluable)


def _no_other(folder: Path) -> bool:
    """Say that only runs of ours can be evaluated."""
    return False


def choose_run(exp: str | None, run: str | None, is_other: Callable[[Path], bool] = _no_other) -> Path:
    """Return the run folder that the arguments mean.

    Args:
        exp: Name of an experiment: its newest run with a best.
        run: A run folder.
        is_other: Says whether a folder that is no run of ours can be evaluated as well.

    Raises:
        UserError: if there is no such run, with the command that makes one.
    """
    if (exp is None) == (run is None):
        found = "exp= and run= are both given" if exp is not None else "no run is chosen"
        raise UserError(found, "exp=<experiment> (its newest run with a best) or run=<folder>", _suggest())
    if run is not None:
        return _check_folder(Path(run).expanduser(), is_other)
    assert exp is not None, "one of the two is given"
    folder = find_newest_with_best(log_root(), exp)
    if folder is not None:
        return folder
    commands = {item.name: item.command for item in list_experiments()}
    if exp in commands:
        raise UserError(
            f"{log_root()} holds no run of {exp} with a best",
            "a run that has completed a generation, finished or not; this command makes one",
            commands[exp] or f"{TRAIN_COMMAND} exp={exp}",
        )
    near = nearest_name(exp, commands)
    raise UserError(
        f"exp={exp}: there is neither such an experiment nor a run of it in {log_root()}",
        f"exp=<name>, one of\n{describe_experiments()}",
        f"{EVALUATE_COMMAND} exp={near}" if near else _suggest(),
    )


def choose_runs(
    exp: str | None, run: str | None, is_other: Callable[[Path], bool] = _no_other, key: str = "run"
) -> list[Path]:
    """Return the run folders that the arguments mean, sorted.

    Args:
        exp: Name of an experiment: its newest run with a best. Beside `run` it is left to whoever evaluates folders of
            another kind, which all of them have to be.
        run: A run folder, `newest:EXP`, a pattern such as `logs/*/exo_*` (`**` for any depth), or several folders and
            patterns between commas. A pattern leaves out what is no run, and runs that were set aside.
        is_other: Says whether a folder that is no run of ours can be evaluated as well.
        key: What the argument is called in refusals of patterns.

    Raises:
        UserError: if there is no such run.
    """
    if exp is None and run is not None and run.startswith(NEWEST_PREFIX):
        exp, run = run.removeprefix(NEWEST_PREFIX), None
    if run is not None and exp is not None:
        folders = choose_runs(None, run, is_other)
        return folders if all(is_other(folder) for folder in folders) else [choose_run(exp, run)]
    if run is None or Path(run).expanduser().is_dir():
        return [choose_run(exp, run, is_other)]
    inner = run[1:-1] if run.startswith("[") and run.endswith("]") else run
    found: dict[Path, None] = {}
    for text in (part.strip() for part in inner.split(",")):
        path = Path(text).expanduser()
        if path.is_dir() or not any(sign in text for sign in "*?["):
            found[choose_run(None, text, is_other)] = None
            continue
        matches = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 - the pattern may be absolute
        runs = [
            match
            for match in matches
            if ((match / CONFIG_NAME).is_file() and ASIDE not in match.name) or is_other(match)
        ]
        if not runs:
            raise UserError(
                f"{key}={text} matches {len(matches) or 'no'} folder{'s' if len(matches) > 1 else ''}"
                + (", none of them a run" if matches else ""),
                f"a pattern, in quotes, that matches folders with a {CONFIG_NAME}",
                _suggest(),
            )
        found |= dict.fromkeys(runs)
    return list(found)


def _check_folder(folder: Path, is_other: Callable[[Path], bool]) -> Path:
    if (folder / CONFIG_NAME).is_file() or is_other(folder):
        return folder
    also = "" if is_other is _no_other else ", or a result folder of MyoAssist, with its *_Best.txt"
    if folder.is_file() and ((folder.parent / CONFIG_NAME).is_file() or is_other(folder.parent)):
        raise UserError(
            f"run={folder} is a file",
            f"the folder of a run, with its {CONFIG_NAME}{also}",
            f"{EVALUATE_COMMAND} run={quote_path(folder.parent)} params={quote_path(folder)}",
        )
    raise UserError(
        f"run={folder} "
        + ("holds no run" if folder.is_dir() else "is a file" if folder.is_file() else "does not exist"),
        f"the folder of a run, with its {CONFIG_NAME}{also}",
        _suggest(),
    )


def _suggest() -> str:
    """Return the command that evaluates the newest run there is, else the one that makes a first run."""
    for _, day in list_date_folders(log_root()):
        for folder in list_run_folders(day):
            if _is_evaluable(folder):
                return f"{EVALUATE_COMMAND} run={quote_path(folder)}"
    return f"{TRAIN_COMMAND} exp=tutorial   (makes a first run)"


def _is_evaluable(folder: Path) -> bool:
    # A finished run without a best is one that evaluated a vector; its configuration names it.
    return find_best_file(folder) is not None or read_status(folder).get("status") == "finished"


def explain_no_best(folder: Path) -> UserError:
    """Return the error of a run that has no best yet."""
    exp = read_status(folder).get("exp")
    return UserError(
        f"there is no best yet: {describe_run(folder)}",
        "a run that has completed a generation",
        f"{TRAIN_COMMAND} exp={exp}   (the same command continues it)"
        if exp
        else "continue it with the command that started it",
    )


def choose_evaluated(params: str | None, folder: Path, config: RunConfig) -> Path | None:
    """Return the parameter file of a run to simulate: the one asked for, its best, or the vector that it evaluated.

    Args:
        params: File that is asked for.
        folder: Run folder.
        config: Configuration of the run; one with `optimizer.mode=evaluate` names its vector.

    Returns:
        The file; None where the run evaluated the initial values.

    Raises:
        UserError: if the file that is asked for is none, or the run has no best yet.
    """
    chosen = choose_parameters(params, folder)
    if chosen is None and config.optimizer.mode == "evaluate":
        return resolve_param_path(config.optimizer.param_path)
    if chosen is None:
        raise explain_no_best(folder)
    return chosen


def choose_parameters(params: str | None, folder: Path) -> Path | None:
    """Return the parameter file that is asked for, else the best of a run, None where the run has none.

    Without a word that is what `optimizer.finalists` has chosen, where it has; `best` and `bestlast` ask for the best
    of the run and of its last generation.

    Raises:
        UserError: if the file that is asked for is none.
    """
    if params in (None, "best"):
        return find_best_file(folder) if params is None else _find_best(folder)
    if params == "bestlast":
        found = sorted(folder.glob("*_BestLast.txt"))
        if not found:
            raise UserError(
                f"{folder.as_posix()} holds no *_BestLast.txt",
                "a search that has completed a generation",
                "params=best",
            )
        return found[-1]
    path = Path(params).expanduser()
    if not path.is_file():
        raise UserError(
            f"params={params} " + ("is a folder" if path.is_dir() else "does not exist"),
            "a parameter file, relative to the current folder",
            f"leave params out to take the best of {folder.as_posix()}",
        )
    return path
