"""Entry: show the best of a run - report, video, plots, terms and gait metrics, written into its folder."""

import sys
import traceback
from typing import TYPE_CHECKING

from myoassist.analysis.evaluation_request import USAGE, EvaluationRequest, parse_request
from myoassist.files.command_words import localize_command
from myoassist.files.console import show_plain_warnings
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from myoassist.analysis.graphics import Graphics
    from myoassist.analysis.html_report import ReportedWalk
    from myoassist.analysis.rl_report import PolicyRun
    from myoassist.compat.prepared_run import PreparedRun

INTERRUPTED = 130
# `evaluate` answers for its command line in tests of the documentation.
_parse = parse_request


def main(argv: list[str] | None = None) -> int:
    """Run the evaluation command.

    Args:
        argv: Arguments without the program name; those of the process where not given.

    Returns:
        Exit code: 0 done (also where nothing can draw a video), 2 refused with a message (of several runs, one at
        least), 130 interrupted, 1 unexpected error.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if any(argument in ("-h", "--help", "help") for argument in arguments):
        print(localize_command(USAGE), end="")
        return 0
    show_plain_warnings()
    try:
        return _evaluate_all(parse_request(arguments))
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        return 1


def _evaluate_all(request: EvaluationRequest) -> int:
    """Check everything without loading MuJoCo, then evaluate run after run; return the exit code.

    Raises:
        UserError: if no run can be evaluated, or the one that was asked for cannot.
    """
    from myoassist.analysis.graphics import Graphics, choose_graphics, use_graphics
    from myoassist.check.code import import_code
    from myoassist.compat.prepared_run import prepare_other, prepare_runs

    asked = prepare_runs(request)
    prepared, refused = asked.runs, asked.refused
    other = prepare_other(request)
    viewer = _choose_viewer(request, prepared)
    graphics = Graphics(None)
    if any("rgb_array" in item.config.env.render_modes for item in prepared):
        graphics = choose_graphics()
        # Before anything imports MuJoCo, which reads it once.
        use_graphics(graphics)
    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    compared = None
    for item in prepared:
        try:
            if other is not None and compared is None:
                import_code(other.config, starts=False)
                compared = _simulate(request, other)
            import_code(item.config, starts=False)
            _evaluate(request, item, compared, graphics, viewer)
        except UserError as error:
            if asked.asked == 1:
                raise
            print(f"{item.folder.as_posix()}: {error}", file=sys.stderr)
            refused += 1
    if asked.asked > 1:
        print(f"{asked.asked - refused} of {asked.asked} runs evaluated", flush=True)
    return UserError.exit_code if refused else 0


def _choose_viewer(request: EvaluationRequest, prepared: "list[PreparedRun]") -> str | None:
    """Return window, web or None.

    Raises:
        UserError: if it cannot be had here, or for several runs.
    """
    viewer = request.viewer
    if viewer is None and any("human" in item.config.env.render_modes for item in prepared):
        viewer = "window"
    if viewer is None:
        return None
    if len(prepared) != 1:
        raise UserError(f"a viewer is asked for, and {len(prepared)} runs", "one run", "give run=<one folder>")
    if viewer == "window":
        from myoassist.analysis.view_window import check_screen

        check_screen()
    else:
        from myoassist.analysis.view_web import check_web_viewer

        check_web_viewer()
    return viewer


def _simulate(request: EvaluationRequest, item: "PreparedRun") -> "ReportedWalk":
    """Simulate a run, with its repeats; of a policy its first scenario."""
    if item.config.task == "rl":
        from myoassist.analysis.html_report import ReportedWalk

        run = _open_policy(request, item)
        return ReportedWalk(run.name, run.walk(run.entries()[0]), run.source, run.overrides)
    from rich.console import Console
    from rich.progress import Progress

    from myoassist.analysis.evaluation import evaluate_parameters
    from myoassist.analysis.evaluation_files import describe_source
    from myoassist.analysis.html_report import ReportedWalk
    from myoassist.analysis.repeats import StartSpread
    from myoassist.runs.catalogue import describe_run

    print(f"Evaluating {item.parameters if item.result else describe_run(item.folder)}", flush=True)
    spread = StartSpread(request.repeats, request.angle_sd, request.speed_sd) if request.repeats else None
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not (spread and console.is_terminal)) as progress:
        task = progress.add_task("walking", total=request.repeats)
        evaluation = evaluate_parameters(item.config, item.parameters, spread, lambda: progress.advance(task))
    source = describe_source(item.parameters, item.folder)
    return ReportedWalk(item.name, evaluation, source, request.overrides)


def _evaluate(
    request: EvaluationRequest,
    item: "PreparedRun",
    compared: "ReportedWalk | None",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Simulate a run and write everything into its folder, then show it if that was asked for."""
    from myoassist.analysis.evaluation_files import read_stored_total
    from myoassist.analysis.evaluation_report import EvaluationReport
    from myoassist.analysis.summary import print_summary
    from myoassist.config.published_numbers import recommend_older
    from myoassist.runs.choice import find_best_file

    if item.config.task == "rl":
        _evaluate_policy(request, item, compared, graphics, viewer)
        return
    walk = _simulate(request, item)
    notices = [notice for notice in (graphics.notice, recommend_older(item.config)) if notice]
    if item.result is not None:
        item.result.claim()
        notices += item.result.compare_costs(walk.evaluation.result.terms)
    report = EvaluationReport(item.folder, walk, compared, notices)
    report.write_results()
    if graphics.backend and "rgb_array" in item.config.env.render_modes:
        report.write_pictures()
    report.write_page()
    report.name_leftovers()
    unchanged = item.parameters == find_best_file(item.folder) and not request.overrides
    stored = read_stored_total(item.folder) if unchanged else None
    print_summary(walk.evaluation, item.folder.as_posix(), walk.source, stored, report.files, report.notices)
    if viewer is not None and walk.evaluation.log.n_steps:
        _show(walk, viewer, request.port)


def _open_policy(request: EvaluationRequest, item: "PreparedRun") -> "PolicyRun":
    from myoassist.analysis.rl_report import PolicyRun
    from myoassist.runs.catalogue import describe_run

    print(f"Evaluating {describe_run(item.folder) if item.folder.is_dir() else item.name}", flush=True)
    tried = request.tried_starts if item.any_start else 0
    return PolicyRun(item.folder, item.config, item.parameters, item.name, request.overrides, tried)


def _evaluate_policy(
    request: EvaluationRequest,
    item: "PreparedRun",
    compared: "ReportedWalk | None",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Walk every scenario of a policy, or show the first one as it happens."""
    from myoassist.analysis.rl_report import write_evaluations
    from myoassist.analysis.rl_summary import print_policy_summary

    run = _open_policy(request, item)
    if item.config.rl.realtime_evaluate:
        from myoassist.analysis.rl_live import watch_policy

        watch_policy(run, viewer, request.port)
        return
    pictures = bool(graphics.backend) and "rgb_array" in item.config.env.render_modes
    notices = [graphics.notice] if graphics.notice else []
    walk = write_evaluations(run, request.tried_starts, notices, pictures, print_policy_summary, compared)
    if viewer is not None and walk.evaluation.log.n_steps:
        _show(walk, viewer, request.port)


def _show(walk: "ReportedWalk", viewer: str, port: int) -> None:
    if viewer == "window":
        from myoassist.analysis.view_window import show_in_window

        show_in_window(walk.evaluation)
        return
    from myoassist.analysis.view_web import serve_in_browser

    serve_in_browser(walk.evaluation, port, walk.name, lambda text: print(text, flush=True))


if __name__ == "__main__":
    sys.exit(main())
