"""What each page is made of; the template of the same name says in which words and order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from myoassist.report.parts import Picture, Section, Table, Tile


@dataclass(frozen=True)
class WalkSummary:
    """A walk in a few words.

    Attributes:
        name: Name of its run.
        sentences: How it went.
        shortcomings: What falls short.
        tiles: Its main numbers.
        strip: One stride, or None.
        still: One instant, or None.
    """

    name: str
    sentences: Sequence[str]
    shortcomings: Sequence[str]
    tiles: Sequence[Tile] = ()
    strip: Picture | None = None
    still: Picture | None = None


@dataclass(frozen=True)
class ScoredSummary:
    """How far a walk is from people.

    Attributes:
        name: Name of its run.
        introduction: Whom it is compared with.
        tables: Tables of the distances.
        passed: Whether it meets all bounds for being shipped.
        bounds: Table of these, with their lights.
        parts: Table of the lights of joints and muscles, or None.
        robustness: What the walk withstands, or None where that was not asked for.
    """

    name: str
    introduction: str
    tables: Sequence[Table]
    passed: bool
    bounds: Table
    parts: Table | None = None
    robustness: Section | None = None


@dataclass(frozen=True)
class WalkPage:
    """The page of a walk, of a search or of a policy.

    Attributes:
        walks: The walk, or two that are compared.
        key_figures: Table of the main metrics.
        repeated: Whether metrics have a spread over repeated walks.
        scores: How far the walks are from people, of those that could be compared.
        compared: Table of the bounds of several walks side by side, or None.
        comparison: The same as curves, or None.
        modules: What excites the muscles, where that was logged, or None.
        stats: Table of the main quantities stride by stride, or None.
        motion: Joint angles and ground reaction over the gait cycle, or None without a whole stride.
        loads: Joint moments and powers over the gait cycle, or None.
        muscles: Activations over the gait cycle, or None.
        courses: Every walk over time.
        sections: What else is shown.
        run: Table of what was simulated.
        cost: Table of the cost or the reward.
        learned: Whether the cost is a reward that was learned from.
        drivers: Sentences on what drives the muscles.
        reference: File of the reference gait, None for the built-in one.
        people: Who the curves are held against, as in `people at 1.25 m/s`; None for the reference gait.
        notices: Sentences about what could not be done.
        mujoco: Version of MuJoCo.
        files: Names of the files beside the page, with what they hold.
    """

    template: ClassVar[str] = "walk.html"
    walks: Sequence[WalkSummary]
    key_figures: Table
    repeated: bool
    scores: Sequence[ScoredSummary]
    motion: Picture | None
    loads: Picture | None
    muscles: Picture | None
    courses: Sequence[Picture]
    sections: Sequence[Section]
    run: Table
    cost: Table
    learned: bool
    drivers: Sequence[str]
    reference: str | None
    notices: Sequence[str]
    mujoco: str
    files: Mapping[str, str]
    compared: Table | None = None
    comparison: Picture | None = None
    modules: Picture | None = None
    stats: Table | None = None
    people: str | None = None


@dataclass(frozen=True)
class ComparisonPage(WalkPage):
    """The page of walks side by side."""

    template: ClassVar[str] = "comparison.html"


@dataclass(frozen=True)
class SubjectPage:
    """The page of a person that was made out of recordings.

    Attributes:
        name: Name of the person.
        summary: One line about the person.
        command: What walks the body.
        tiles: Main numbers.
        sections: Model against data.
        mujoco: Version of MuJoCo.
        files: Files beside the page, with what they hold.
    """

    template: ClassVar[str] = "subject.html"
    name: str
    summary: str
    command: str
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    mujoco: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class GridPage:
    """The page of the runs of a grid, or of any folder of runs.

    Attributes:
        name: Name of the folder.
        varied: Keys in which the runs differ, the seed left out.
        count: Number of runs.
        states: Number of runs by state.
        best_total: Lowest total, or None.
        best: Table of the best runs, or None.
        figures: Comparison of the runs.
        groups: Table of the settings.
        failures: Table of the runs that are not finished, or None.
        runs: Table of all runs.
    """

    template: ClassVar[str] = "grid.html"
    name: str
    varied: Sequence[str]
    count: int
    states: Mapping[str, int]
    best_total: float | None
    best: Table | None
    figures: Sequence[Picture]
    groups: Table
    failures: Table | None
    runs: Table


@dataclass(frozen=True)
class BestIndividual:
    """The best of an evolution.

    Attributes:
        fitness: Its fitness.
        generation: Its generation.
        rank: Its rank in it.
        values: What was searched, by key, as text.
        command: Repeats it.
    """

    fitness: float
    generation: int
    rank: int
    values: Mapping[str, str]
    command: str


@dataclass(frozen=True)
class EvolutionPage:
    """The page of an evolution.

    Attributes:
        name: Name of the folder.
        optimizer: Name of the optimizer.
        searched: Keys that are searched.
        best: The best individual, or None.
        finished: Number of individuals that have finished.
        budget: Number of individuals that are wanted.
        lost: Number of those that failed, were killed or ran out of time.
        pending: Number of those without a result.
        generations: Number of generations.
        clock: Time from the first to the last, as text.
        sessions: Number of starts.
        parent: Folder that it continues, or None.
        figures: Its course.
        best_ten: Table of the best, or None.
        each_generation: Table of the generations.
        failures: Table of the individuals that are not finished, or None.
        space: Table of what is searched.
    """

    template: ClassVar[str] = "evolution.html"
    name: str
    optimizer: str
    searched: Sequence[str]
    best: BestIndividual | None
    finished: int
    budget: int
    lost: int
    pending: int
    generations: int
    clock: str
    sessions: int
    parent: str | None
    figures: Sequence[Picture]
    best_ten: Table | None
    each_generation: Table
    failures: Table | None
    space: Table


Page = WalkPage | SubjectPage | GridPage | EvolutionPage
