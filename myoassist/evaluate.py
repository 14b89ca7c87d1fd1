"""Entry: show the best of a run - video, still, gait plots, terms and gait metrics, written into its folder."""

import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.config.errors import UserError

if TYPE_CHECKING:
    from myoassist.config.schemas import RunConfig

USAGE = """usage: bash scripts/local.sh scripts/eval.sh exp=NAME [params=FILE] [key=value ...]
       bash scripts/local.sh scripts/eval.sh run=FOLDER [params=FILE] [key=value ...]

Simulate the best of a run as it is and write into the folder of the run:
  eval.mp4               side view, muscles coloured by activation
  eval_frame.png         one picture of it
  eval_gait_cycle.png    joint angles, ground reaction and exo torque beside the reference gait
  eval_time_series.png   the whole walk over time
  eval_terms.json        how it ended, total cost, its parts and terms
  eval_metrics.json      speed, cadence, ranges of motion, ... with units

  exp=NAME      the newest run of an experiment that has a best, finished or not (below logs/, or MYOASSIST_LOGS)
  run=FOLDER    this run
  params=FILE   this parameter file instead of the best of the run
  key=value     change the configuration of the run: env.sim_time=10, env.slope_deg=5, env.render_modes=[] (no video)
"""
INTERRUPTED = 130


@dataclass(frozen=True)
class _Request:
    """The command line: which run, which parameters, and overrides of its configuration."""

    exp: str | None
    run: str | None
    params: str | None
    overrides: list[str]


def main(argv: list[str] | None = None) -> int:
    """Run the evaluation command.

    Args:
        argv: Arguments without the program name; those of the process where not given.

    Returns:
        Exit code: 0 done (also where nothing can draw a video), 2 refused with a message, 130 interrupted, 1 unexpected
        error.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if any(argument in ("-h", "--help", "help") for argument in arguments):
        print(USAGE, end="")
        return 0
    try:
        _evaluate(_parse(arguments))
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _parse(arguments: list[str]) -> _Request:
    own: dict[str, str] = {}
    overrides = []
    for argument in arguments:
        key, separator, value = argument.partition("=")
        if key in ("exp", "run", "params") and separator:
            if not value or key in own:
                found = f"{key}= is given twice" if value else f"{argument} names nothing"
                raise UserError(found, f"{key}=<value> once", "bash scripts/local.sh scripts/eval.sh -h")
            own[key] = value
        elif argument.startswith("-") or not separator:
            raise UserError(
                f"{argument!r} is no argument of an evaluation",
                "exp=, run=, params=, or key=value of the configuration",
                "bash scripts/local.sh scripts/eval.sh -h",
            )
        else:
            overrides.append(argument)
    return _Request(own.get("exp"), own.get("run"), own.get("params"), overrides)


def _evaluate(request: _Request) -> None:
    """Do everything; the first part answers without loading MuJoCo.

    Raises:
        UserError: if the run, its parameters or an override is refused.
    """
    from myoassist.analysis.graphics import Graphics, choose_graphics, use_graphics
    from myoassist.analysis.run_choice import choose_run, find_best_file
    from myoassist.analysis.stored_config import load_stored_config
    from myoassist.config.plugins import import_plugins
    from myoassist.config.run_folder import describe_run
    from myoassist.config.validate import validate_config
    from myoassist.model.devices import check_device

    folder = choose_run(request.exp, request.run)
    config = load_stored_config(folder, request.overrides)
    parameters = _choose_parameters(request, folder, config)
    # The file is chosen; where the search once started need not exist any more.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    validate_config(config)
    check_device(config)
    print(f"Evaluating {describe_run(folder)}", flush=True)
    graphics = Graphics(None)
    if "rgb_array" in config.env.render_modes:
        graphics = choose_graphics()
        # Before anything imports MuJoCo, which reads it once.
        use_graphics(graphics)
    import_plugins(config.plugins)

    from myoassist.analysis.evaluation import evaluate_parameters
    from myoassist.analysis.evaluation_files import describe_source, read_stored_total
    from myoassist.analysis.evaluation_report import EvaluationReport
    from myoassist.analysis.summary import print_summary

    evaluation = evaluate_parameters(config, parameters)
    source = describe_source(parameters, folder)
    title = f"{folder.name}   {config.cost.target} {evaluation.result.total:.6g}, stage {evaluation.result.stage}"
    report = EvaluationReport(folder, title, [graphics.notice] if graphics.notice else [])
    report.write_results(evaluation, source, request.overrides)
    if graphics.backend:
        report.write_pictures(evaluation)
    report.name_leftovers()
    unchanged = parameters == find_best_file(folder) and not request.overrides
    stored = read_stored_total(folder) if unchanged else None
    print_summary(evaluation, folder.as_posix(), source, stored, report.files, report.notices)


def _choose_parameters(request: _Request, folder: Path, config: "RunConfig") -> Path | None:
    """Return the file to evaluate, None for the initial values."""
    from myoassist.analysis.run_choice import explain_no_best, find_best_file
    from myoassist.config.start_point import resolve_param_path

    if request.params is not None:
        path = Path(request.params).expanduser()
        if not path.is_file():
            raise UserError(
                f"params={request.params} " + ("is a folder" if path.is_dir() else "does not exist"),
                "a parameter file, relative to the current folder",
                f"leave params out to take the best of {folder.as_posix()}",
            )
        return path
    best = find_best_file(folder)
    if best is None and config.optimizer.mode == "evaluate":
        return resolve_param_path(config.optimizer.param_path)
    if best is None:
        raise explain_no_best(folder)
    return best


if __name__ == "__main__":
    sys.exit(main())
