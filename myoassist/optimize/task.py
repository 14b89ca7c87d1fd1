"""The task of a search: what the configuration asks for, one search, a chain of them, or one evaluated vector."""

from collections.abc import Callable
from pathlib import Path

from myoassist.config.schema.published_numbers import recommend_older
from myoassist.config.schema.run import RunConfig
from myoassist.cost.report import format_terms
from myoassist.files.atomic import write_text_atomic
from myoassist.gait.reference.edits import edits_of
from myoassist.optimize.chain import run_chain
from myoassist.optimize.conditions import choose_strategy
from myoassist.optimize.loop.progress import Progress, make_progress
from myoassist.optimize.pool.run import run_pool
from myoassist.optimize.run_search import run_search
from myoassist.optimize.store.reference_copy import keep_person, keep_reference
from myoassist.optimize.walk.multi import make_problem
from myoassist.runs.named_files import resolve_param_path
from myoassist.runs.writer import RunFolder


def train_reflex(config: RunConfig, folder: RunFolder, show: Callable[[], Progress] = make_progress) -> float:
    """Search, or evaluate one vector, in an opened run folder.

    Args:
        config: Run configuration.
        folder: Opened run folder.
        show: Makes the display of every search of the run.

    Returns:
        Best total cost of the run, or the total of the evaluated vector in mode evaluate.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    keep_reference(config.cost.reference, folder.path, edits_of(config.cost))
    keep_person(config.cost.people, folder.path)
    if config.optimizer.mode == "evaluate":
        return _evaluate_vector(config, folder)
    if choose_strategy(config.optimizer) == "chain":
        return run_chain(config, folder, show)
    if config.optimizer.members > 1:
        return run_pool(config, folder, show=show)
    return run_search(config, folder, show=show).best.result.total


def _evaluate_vector(config: RunConfig, folder: RunFolder) -> float:
    """Simulate the start vector as it is, in every condition of the run, and write its terms."""
    problem = make_problem(config, 1)
    source = resolve_param_path(config.optimizer.param_path)
    vector = problem.load_start(config, clamp=False)
    result = problem.evaluate(vector, config.seed, 0)
    path = folder.path / f"{_stem(source)}_Cost.txt"
    text = format_terms(result)
    write_text_atomic(path, text)
    print(text, end="")
    print(f"total {result.total:.5f}, stage {result.stage}{': ' + result.reason if result.reason else ''}; {path}")
    advice = recommend_older(config)
    if advice:
        print(advice)
    folder.write_status("finished", best=result.total, best_stage=result.stage, evaluations=1)
    return result.total


def _stem(source: Path | None) -> str:
    if source is None:
        return "initial"
    return source.stem if source.is_file() else source.name
