"""Walk with the best of a run, or with any vector, as the evaluation command does."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoassist.api.config import Config
from myoassist.api.result import Walk
from myoassist.api.run import Run, split_name
from myoassist.files.errors import ConfigError, LayoutError, UserError

if TYPE_CHECKING:
    import numpy as np

    from myoassist.commands.evaluate.prepared_run import PreparedRun
    from myoassist.commands.evaluate.request import Evaluate
    from myoassist.config.schema.run import RunConfig
    from myoassist.space.table import ParameterTable


def evaluate(
    run: str | Path | Run,
    *overrides: str,
    params: str | Path | None = None,
    repeats: int = 0,
    angle_sd: float = 1.0,
    speed_sd: float = 0.02,
    robustness: bool = False,
    trust_plugins: bool = False,
) -> Walk:
    """Walk with the best of a run as it is, as the evaluation command does; nothing is written.

    Args:
        run: A run, its folder, `newest:EXP` or the name of an experiment for its newest run, `shipped:NAME` for a
            controller or policy that comes with the package, or a result folder of MyoAssist.
        *overrides: Changes of the configuration: `"env.slope_deg=5"`.
        params: This parameter file or policy instead of the best of the run.
        repeats: Walk so many times more from perturbed starts: mean and SD of every metric and curve.
        angle_sd: Standard deviation of every initial joint angle in these walks, deg.
        speed_sd: Standard deviation of the initial speed in these walks, m/s.
        robustness: Walk through the trials of robustness too, a minute or more.
        trust_plugins: Run the plugins that the run names although you have never trained with their content.

    Raises:
        UserError: if the run cannot be evaluated, with the message of the command.
    """
    from myoassist.api.start import start_mujoco
    from myoassist.check.code import import_code
    from myoassist.commands.evaluate.command import COMMAND

    exp, folder = split_name(run.folder if isinstance(run, Run) else run)
    asked = {"exp": exp, "run": folder, "params": params, "repeats": repeats or None}
    words = [f"{name}={value}" for name, value in asked.items() if value is not None]
    words += [f"angle_sd={angle_sd!r}", f"speed_sd={speed_sd!r}"]
    words += [f"{name}=true" for name, on in (("robustness", robustness), ("trust_plugins", trust_plugins)) if on]
    request: Evaluate = COMMAND.parse([*words, *overrides])
    item = _prepare(request)
    graphics = start_mujoco()
    import_code(item.config, starts=False)
    from myoassist.commands.evaluate.written_run import walk_run, write_report

    walk = walk_run(request, item)
    return Walk(walk, item.folder, lambda pictures: write_report(request, item, walk, graphics, pictures))


def _prepare(request: "Evaluate") -> "PreparedRun":
    from myoassist.commands.evaluate.prepared_run import prepare_runs

    runs = prepare_runs(request).runs
    if len(runs) != 1:
        raise UserError(f"{len(runs)} runs are asked for", "one run", "compare([first, second]) takes several")
    return runs[0]


def simulate(vector: Any, config: "Config | RunConfig | Run") -> Walk:
    """Walk with a vector in the model of a configuration, not clamped to the bounds of a search.

    Args:
        vector: Raw parameters, shape (D,); or a mapping or pandas Series of names to values in the units of
            `list_parameters`, where what is not named keeps its start value; or a parameter file; or None for the
            start of the configuration.
        config: What `compose` gave, or the configuration of a run.

    Raises:
        UserError: if the vector or the configuration is refused.
    """
    from myoassist.api.start import start_mujoco
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.config.schema.run import RunConfig
    from myoassist.runs.plugin_trust import check_stored_code, remember_plugins

    if isinstance(config, Run):
        plain = config.config
        check_stored_code(plain, config.folder.as_posix())
    elif isinstance(config, Config):
        plain = config.plain()
    elif isinstance(config, RunConfig):
        plain = copy.deepcopy(config)
    else:
        raise ConfigError(
            f"simulate was given {type(config).__name__}",
            "a configuration",
            'simulate(vector, compose("exp=tutorial"))',
        )
    if plain.task == "rl":
        raise ConfigError("task=rl has no parameter vector", "an experiment of task=search", "evaluate(run)")
    if isinstance(vector, str | Path):
        plain.optimizer.param_path, vector = str(vector), None
    starts = vector is None or isinstance(vector, Mapping) or hasattr(vector, "items")
    if not starts:
        plain.optimizer.param_path = None
    plain.optimizer.pickle_path = None
    check(plain, starts=starts)
    start_mujoco()
    names = import_code(plain, starts=starts)
    if isinstance(config, Config):
        # Named by whoever composed it.
        remember_plugins(names)
    from myoassist.analysis.page.walk_page import ReportedWalk
    from myoassist.analysis.walk.evaluation import evaluate_vector

    def load(run: "RunConfig", table: "ParameterTable") -> "np.ndarray":
        return _read(vector, run, table)

    return Walk(ReportedWalk(plain.expname or "vector", evaluate_vector(plain, load), "a vector"))


def _read(vector: Any, config: "RunConfig", table: "ParameterTable") -> "np.ndarray":
    """Return a vector that was handed over as raw parameters, shape (D,)."""
    import numpy as np

    from myoassist.config.nearest import nearest_name
    from myoassist.optimize.start.vector import load_start

    if vector is not None and not hasattr(vector, "items"):
        return table.check(np.asarray(vector, dtype=np.float64))
    raw = load_start(config, table, clamp=False)
    for name, value in {} if vector is None else vector.items():
        if name not in table.names:
            near = nearest_name(str(name), table.names)
            raise LayoutError(
                f"there is no parameter {name}",
                f"names of layout {table.layout}; list_parameters(config) shows them",
                f"{near}" if near else "",
            )
        raw[table.index(name)] = table.raw(name, float(value))
    return raw
