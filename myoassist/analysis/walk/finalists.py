"""Choose among the last candidates of a search by walks that no search has drawn.

The best of a search with draws is the best under the draws of its generation, which is luck in part. Here the start of
the search, its best, the best of its last generations and its last means walk again: undisturbed, with noise on their
parameters, over uneven ground, under pushes. Whoever misses the fewest bounds is chosen, then who withstands most, then
who is nearest to people. Numbers of `robustness=true`, which judges in the end, are never drawn.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from myoassist.analysis.walk.score import ScoredWalk, score_evaluation
from myoassist.analysis.walk.trials import BriefTrials
from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.files.atomic import write_text_atomic
from myoassist.files.command_words import EVALUATE_COMMAND, quote_path
from myoassist.files.console import say
from myoassist.files.errors import UserError
from myoassist.files.json_values import to_json
from myoassist.gait.score.gate import Gate
from myoassist.gait.score.robustness import BOUNDS, COPIES, COPY_TIME, PUSH, Robustness, push_labels
from myoassist.optimize.conditions import choose_strategy
from myoassist.optimize.problem import Candidate
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.store.optimizer_log import find_table, read_table
from myoassist.optimize.store.result_files import describe_candidate
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome
from myoassist.runs.catalogue import (
    CHOICE_NAME,
    CHOSEN_NAME,
    CONFIG_NAME,
    PARAMETERS_NAME,
    is_choice_current,
    read_status,
)
from myoassist.runs.choice import explain_no_best
from myoassist.runs.record import read_run_config

START, BEST = "start", "best"
# Means of the search distribution, of the last generations.
MEANS = 3
FIRST_NUMBER, COUNT = 100, 20
# Half way between those of `robustness=true`.
PHASES = (0.125, 0.375, 0.625, 0.875)
# Strategies of one vector for several conditions.
ALIKE = ("shared", "affine")
# Candidates without a distance, e.g. without six strides.
_FAR = np.inf


@dataclass(frozen=True)
class Finalist:
    """A candidate that has been judged.

    Attributes:
        name: Such as `best of 120`.
        vector: Raw parameters, shape (D,).
        result: Its undisturbed walk by the cost of the run.
        scored: The same walk by the bounds; None where it fell.
        robustness: What it withstands; None where it fell undisturbed.
    """

    name: str
    vector: np.ndarray
    result: CostResult
    scored: ScoredWalk | None = None
    robustness: Robustness | None = None

    @property
    def missed(self) -> list[str]:
        """Names of the bounds that are missed, those of robustness by the share of walks that last."""
        if self.scored is None or self.robustness is None:
            return ["walks"]
        gates = [gate.name for gate in self.scored.gates if gate.passed is False]
        return [*gates, *(gate.name for gate in _gates(self.robustness) if gate.passed is False)]

    @property
    def lasting(self) -> float:
        """Mean over the kinds of trials of the share of walks that last."""
        if self.robustness is None:
            return 0.0
        return float(np.mean([value for value in _shares(self.robustness).values() if value is not None]))

    @property
    def distance(self) -> float:
        """Mean distance from people, in their standard deviations."""
        value = None if self.scored is None else self.scored.score.content["overall_sd"]
        return _FAR if value is None else float(value)

    @property
    def order(self) -> tuple[int, float, float]:
        """What orders finalists, the best first."""
        if self.scored is None:
            return 1000, self.result.total, _FAR
        return len(self.missed), -self.lasting, self.distance

    @property
    def content(self) -> dict[str, Any]:
        """Entry of `choice.json`."""
        survived: dict[str, Any] = {}
        if self.robustness is not None:
            survived = {group.name: [group.survived or 0, len(group.trials)] for group in self.robustness.groups}
        distance = self.distance
        return {
            "name": self.name,
            "missed": self.missed,
            "survived": survived,
            "overall_sd": distance if np.isfinite(distance) else None,
            "total": self.result.total,
        }

    def describe(self) -> str:
        """Return one line for people."""
        if self.robustness is None:
            return f"{self.name:16} falls after {self.result.walked_time:.1f} s"
        tried = [group for group in self.robustness.groups if group.trials]
        lasts = ", ".join(f"{group.kind} {group.survived or 0}/{len(group.trials)}" for group in tried)
        near = f"{self.distance:.2f} SD" if np.isfinite(self.distance) else "no distance"
        return f"{self.name:16} lasts: {lasts}; {near}, misses {', '.join(self.missed) or 'none'}"


def _shares(robustness: Robustness) -> dict[str, float | None]:
    groups = robustness.groups
    return {group.name: (group.survived or 0) / len(group.trials) if group.trials else None for group in groups}


def _gates(robustness: Robustness) -> list[Gate]:
    """Return the bounds of the trials as shares of the walks that were tried."""
    whole = {group.name: len(push_labels()) if group.kind == PUSH else COPIES for group in robustness.groups}
    return [
        Gate(name, share, min(1.0, BOUNDS[name] / whole[name]), None)
        for name, share in _shares(robustness).items()
        if share is not None and name in BOUNDS
    ]


def list_candidates(
    folder: Path, config: RunConfig, problem: WalkProblem, generations: int, best: Path
) -> dict[str, np.ndarray]:
    """Return the best of a search, those of its last generations, its last means and its start, as raw vectors.

    Args:
        folder: Run folder with the tables of the search.
        config: Its configuration, for the start.
        problem: For the layout.
        generations: How many of the last.
        best: File of the best.
    """
    table = problem.table
    vector = read_vector(best).vector
    found = {BEST: vector}
    name = str(read_status(folder).get("run_name"))
    for kind, label, count in (("xrecentbest", "best of", generations), ("xmean", "mean of", MEANS)):
        path = find_table(folder, name, kind)
        if not path.is_file() or count <= 0:
            continue
        for row in read_table(path)[-count:]:
            found[f"{label} {int(row[0])}"] = _with_free(vector, table.free, row[5:])
    if config.optimizer.param_path is not None:
        try:
            found[START] = problem.load_start(config)
        except (UserError, OSError) as error:
            say(f"the start of the search is no finalist: {error}")
    kept: dict[str, np.ndarray] = {}
    for label, candidate in found.items():
        if not any(np.array_equal(candidate, other) for other in kept.values()):
            kept[label] = candidate
    return kept


def _with_free(vector: np.ndarray, free: np.ndarray, values: np.ndarray) -> np.ndarray:
    changed = vector.copy()
    changed[free] = values
    return changed


def judge_finalists(
    config: RunConfig, candidates: Callable[[WalkProblem], dict[str, np.ndarray]], show: Callable[[str], None]
) -> tuple[WalkProblem, list[Finalist]]:
    """Let all candidates walk, the undisturbed walk of each first.

    Args:
        config: Configuration of the run.
        candidates: Called with the problem: raw vectors by name.
        show: Told a line about each.

    Returns:
        The problem, and the finalists in the order given.
    """
    config = judged_config(config)
    problem = WalkProblem(config, 1)
    trials: BriefTrials | None = None
    judged = []
    for name, vector in candidates(problem).items():
        finalist = Finalist(name, vector, problem.evaluate(vector, config.seed, 0))
        log = problem.simulator.simulate(vector, seed=config.seed)
        if log.outcome is Outcome.SURVIVED:
            scored = score_evaluation(config, problem.simulator.walker, log)
            trials = trials or BriefTrials(config, problem.simulator.walker, FIRST_NUMBER, COUNT, PHASES)
            finalist = replace(finalist, scored=scored, robustness=trials.walk(vector))
        judged.append(finalist)
        show(finalist.describe())
    return problem, judged


def judged_config(config: RunConfig) -> RunConfig:
    """Return the configuration that finalists are judged by: one walk of 20 s, by the cost after all stages."""
    optimizer = replace(config.optimizer, stages=None, scan=0, factors=False, members=1, milestones=[])
    return replace(
        config,
        optimizer=optimizer,
        env=replace(config.env, sim_time=COPY_TIME),
        cost=replace(config.cost, draws=1),
    )


def choose_in(folder: Path, generations: int, show: Callable[[str], None] = say) -> list[Path]:
    """Judge the finalists of every search in a run folder and write the chosen beside its best.

    Args:
        folder: Folder of a search, of a pool or of a chain.
        generations: How many of the last generations have their best judged.
        show: Told what is going on.

    Returns:
        The files with the chosen parameters, one for each search.

    Raises:
        UserError: if the folder is no search with a best, or searches one vector for several conditions.
    """
    config = read_run_config(folder)
    if config.task != "search" or config.optimizer.mode == "evaluate":
        raise UserError(
            f"{folder.as_posix()} is no search",
            "the folder of a search; what a single walk withstands tells its evaluation",
            f"{EVALUATE_COMMAND} run={quote_path(folder)} robustness=true",
        )
    strategy = choose_strategy(config.optimizer)
    if strategy == "chain":
        return [path for place in _conditions(folder) for path in choose_in(place, generations, show)]
    if strategy in ALIKE:
        raise UserError(
            f"{folder.as_posix()} searches one vector for several conditions",
            "a search under one condition, or a chain; its best stands",
            f"{EVALUATE_COMMAND} run={quote_path(folder)}",
        )
    member = read_status(folder).get("best_member")
    source = folder / str(member) if member else folder
    if not (folder / PARAMETERS_NAME).is_file():
        raise explain_no_best(folder)

    def candidates(problem: WalkProblem) -> dict[str, np.ndarray]:
        found = list_candidates(source, config, problem, generations, folder / PARAMETERS_NAME)
        show(f"{len(found)} finalists of {folder.as_posix()} walk, level and disturbed:")
        return found

    problem, judged = judge_finalists(config, candidates, show)
    chosen = min(judged, key=lambda item: item.order)
    _write(folder, problem, judged, chosen)
    show(f"chosen: {chosen.name}; {(folder / CHOSEN_NAME).as_posix()}")
    return [folder / CHOSEN_NAME]


def choose_at_end(config: RunConfig, folder: Path) -> None:
    """Judge the finalists of a finished run, unless this is done or not asked for."""
    wanted = config.optimizer.finalists
    if config.task != "search" or config.optimizer.mode == "evaluate" or not wanted:
        return
    if choose_strategy(config.optimizer) in ALIKE:
        say("optimizer.finalists: one vector for several conditions is not judged again; its best stands")
        return
    for search in _conditions(folder) if choose_strategy(config.optimizer) == "chain" else [folder]:
        if not is_choice_current(search):
            choose_in(search, wanted)


def _conditions(chain: Path) -> list[Path]:
    """Return the run folders of the conditions of a chain."""
    return [config.parent for config in sorted(chain.glob(f"*/{CONFIG_NAME}"))]


def _write(folder: Path, problem: WalkProblem, judged: list[Finalist], chosen: Finalist) -> None:
    """Write the chosen vector first: the record makes it count."""
    status = read_status(folder)
    number = chosen.name.rpartition(" ")[2]
    generation = int(number) if number.isdigit() else int(status.get("generation") or 0)
    candidate = Candidate(chosen.vector, chosen.result, generation, 0)
    content = {"chosen": chosen.name, **describe_candidate(candidate, problem.table, str(status.get("run_name")))}
    record = {
        "evaluations": status.get("evaluations"),
        "chosen": chosen.name,
        "finalists": [item.content for item in sorted(judged, key=lambda item: item.order)],
    }
    for name, data in ((CHOSEN_NAME, content), (CHOICE_NAME, record)):
        write_text_atomic(folder / name, json.dumps(to_json(data), indent=2, allow_nan=False) + "\n")
