"""A run folder as an object: its configuration, history and best vector."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from myoassist.api.plots import RunPlots
    from myoassist.config.schema.run import RunConfig


class Run:
    """A run folder; what it holds is read when it is asked for.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.resolve().name

    @property
    def config(self) -> "RunConfig":
        """The configuration that is stored in the folder.

        Raises:
            ConfigError: if it cannot be read.
        """
        from myoassist.runs.record import read_run_config

        return read_run_config(self.folder)

    @property
    def status(self) -> dict[str, Any]:
        """Content of `status.json`: status (running, finished, interrupted), generation, evaluations, best, ..."""
        from myoassist.runs.catalogue import read_status

        return read_status(self.folder)

    @property
    def history(self) -> "pd.DataFrame":
        """One row per generation of a search, or per rollout of a training."""
        from myoassist.rl.train.log import HISTORY_NAME

        return self._read(HISTORY_NAME if self.config.task == "rl" else self._history_name())

    @property
    def candidates(self) -> "pd.DataFrame":
        """One row per candidate of a search: total, stage, parts, how the walk ended.

        Raises:
            UserError: if it has none.
        """
        from myoassist.optimize.store.history import CANDIDATES_NAME

        return self._read(CANDIDATES_NAME)

    @property
    def best(self) -> "pd.DataFrame":
        """The best vector, or the chosen of the finalists: a row per parameter.

        Columns are `value` in `unit`, `raw`, its bounds `lower` and `upper`, `group` and `fixed`.

        Raises:
            UserError: if no generation is complete.
        """
        import pandas as pd

        rows = pd.DataFrame(self._best()["parameters"]).set_index("name")
        return rows[["value", "unit", "raw", "lower", "upper", "group", "fixed"]]

    @property
    def vector(self) -> "np.ndarray":
        """The same vector, raw, shape (D,).

        Raises:
            UserError: if no generation is complete.
        """
        import numpy as np

        return np.array([item["raw"] for item in self._best()["parameters"]], dtype=np.float64)

    @property
    def terms(self) -> dict[str, Any]:
        """Reported terms of the same by name.

        Raises:
            UserError: if no generation is complete.
        """
        return dict(self._best()["terms"])

    @property
    def plot(self) -> "RunPlots":
        """Figures of the run."""
        from myoassist.api.plots import RunPlots

        return RunPlots(self.folder)

    def _history_name(self) -> str:
        from myoassist.optimize.store.history import GENERATIONS_NAME

        return GENERATIONS_NAME

    def _read(self, name: str) -> "pd.DataFrame":
        import pandas as pd

        from myoassist.files.errors import UserError
        from myoassist.runs.catalogue import describe_run

        try:
            return pd.read_csv(self.folder / name, dtype={"stage": str, "reason": str})
        except (OSError, ValueError) as error:
            raise UserError(
                f"{(self.folder / name).as_posix()} cannot be read: {error}",
                f"what a run with a complete generation or rollout has; {describe_run(self.folder)}",
                "continue it, or look at the runs below it if it is a chain or a pool",
            ) from None

    def _best(self) -> dict[str, Any]:
        from myoassist.runs.catalogue import best_parameters_file, read_json
        from myoassist.runs.choice import explain_no_best

        content = read_json(best_parameters_file(self.folder))
        if "parameters" not in content:
            raise explain_no_best(self.folder)
        return content

    def __repr__(self) -> str:
        from myoassist.runs.catalogue import describe_run

        return f"Run({describe_run(self.folder)})"


def load_run(run: "str | Path | Run") -> Run:
    """Return a run by its folder.

    Args:
        run: Its folder, or `newest:EXP` or an experiment's name for the newest run of that experiment with a best.

    Raises:
        UserError: if there is no such run, with the message of the evaluation command.
    """
    from myoassist.runs.choice import choose_run

    if isinstance(run, Run):
        return run
    exp, folder = split_name(run)
    return Run(choose_run(exp, folder))


def split_name(run: str | Path) -> tuple[str | None, str | None]:
    """Return `exp` and `run` of the evaluation command, one of them None, that a name or folder stands for."""
    from myoassist.config.schema.groups import group_options
    from myoassist.config.schema.run import NEWEST_PREFIX

    text = str(run)
    if isinstance(run, str) and text.startswith(NEWEST_PREFIX):
        return text.removeprefix(NEWEST_PREFIX), None
    if isinstance(run, str) and text in group_options("exp") and not Path(text).is_dir():
        return text, None
    return None, text
