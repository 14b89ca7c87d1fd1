"""Several walks side by side."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoassist.api.result import Walk
from myoassist.api.run import Run
from myoassist.api.walking import evaluate
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

    from myoassist.api.plots import WalkPlots


class Comparison:
    """Several walks.

    Args:
        walks: The walks by name.
    """

    def __init__(self, walks: dict[str, Walk]) -> None:
        self.walks = walks

    @property
    def metrics(self) -> "pd.DataFrame":
        """A row per metric, a column per walk (the mean of its repeats where it has any), of two their difference."""
        import pandas as pd

        from myoassist.analysis.page.csv_tables import representative
        from myoassist.analysis.walk.metrics import WALK_METRICS

        columns: dict[str, Any] = {
            name: [representative(walk.evaluation, metric) for metric in WALK_METRICS]
            for name, walk in self.walks.items()
        }
        table = pd.DataFrame(columns, index=pd.Index(WALK_METRICS, name="metric"), dtype=float)
        if len(self.walks) == 2:
            first, second = self.walks
            table["difference"] = table[second] - table[first]
        return table.assign(unit=[metric.unit for metric in WALK_METRICS.values()])

    @property
    def bounds(self) -> "pd.DataFrame":
        """The value of every bound of the score cards, a column per walk."""
        import pandas as pd

        return pd.DataFrame({name: walk.score.bounds["value"] for name, walk in self.walks.items()}, dtype=float)

    @property
    def plot(self) -> "WalkPlots":
        """Figures of all walks in the same panels."""
        from myoassist.api.plots import WalkPlots

        return WalkPlots([(walk.evaluation, name) for name, walk in self.walks.items()], None)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {walk!r}" for name, walk in self.walks.items())

    def _repr_html_(self) -> str:
        from myoassist.analysis.page.card_table import comparison_table
        from myoassist.api.html import format_table

        table = comparison_table([(name, walk.evaluation) for name, walk in self.walks.items()])
        return "" if table is None else format_table(table)


def compare(runs: Iterable[Walk | Run | str | Path], names: Iterable[str] | None = None) -> Comparison:
    """Put walks side by side.

    Args:
        runs: Walks, or runs that `evaluate` takes.
        names: Their names; those of the runs where not given.

    Raises:
        UserError: if there are fewer than two, names do not fit, or a run cannot be evaluated.
    """
    items = list(runs)
    if len(items) < 2:
        raise UserError(f"{len(items)} walks to compare", "two or more", "compare([first, second])")
    walks = [item if isinstance(item, Walk) else evaluate(item) for item in items]
    labels = [walk.name for walk in walks] if names is None else list(names)
    if len(labels) != len(walks):
        raise UserError(f"{len(labels)} names for {len(walks)} walks", "a name for every walk")
    for i, label in enumerate(labels):
        if label in labels[:i]:
            labels[i] = f"{label} ({i + 1})"
    return Comparison(dict(zip(labels, walks, strict=True)))
