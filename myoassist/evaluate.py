"""Entry: show the best of a run - report, video, plots, terms and gait metrics, written into its folder."""

import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.analysis.evaluation_request import USAGE, EvaluationRequest, parse_request
from myoassist.config.command_words import localize_command
from myoassist.config.errors import UserError
from myoassist.config.output import show_plain_warnings
from myoassist.config.schemas import SHIPPED_PREFIX

if TYPE_CHECKING:
    from myoassist.analysis.graphics import Graphics
    from myoassist.analysis.html_report import ReportedWalk
    from myoassist.analysis.rl_report import PolicyRun
    from myoassist.config.schemas import RunConfig

INTERRUPTED = 130
# `evaluate` answers for its command line in tests of the documentation.
_parse = parse_request


@dataclass(frozen=True)
class _Prepared:
    """A run that can be simulated: folder, checked configuration, parameters or policy, name in the report."""

    folder: Path
    config: "RunConfig"
    parameters: Path | None
    name: str


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
    from myoassist.analysis.run_choice import choose_runs
    from myoassist.compat.checkpoint_run import is_session_folder
    from myoassist.config.plugins import import_plugins

    if request.exp is None and (request.run or "").startswith(SHIPPED_PREFIX):
        folders, refused, prepared = [Path(request.run)], 0, [_prepare_shipped(request)]
    elif request.exp is None and is_session_folder(request.run):
        folders, refused, prepared = [Path(request.run)], 0, [_prepare_session(request)]
    else:
        folders = choose_runs(request.exp, request.run)
        prepared, refused = _prepare_all(request, folders)
    other = None
    if request.compare is not None:
        other = _prepare(request, choose_runs(None, request.compare)[0], None)
    viewer = _choose_viewer(request, prepared)
    graphics = Graphics(None)
    if any("rgb_array" in item.config.env.render_modes for item in prepared):
        graphics = choose_graphics()
        # Before anything imports MuJoCo, which reads it once.
        use_graphics(graphics)
    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    for item in (*prepared, *([other] if other else [])):
        import_plugins(item.config.plugins)
    compared = None
    for item in prepared:
        try:
            if other is not None and compared is None:
                compared = _simulate(request, other)
            _evaluate(request, item, compared, graphics, viewer)
        except UserError as error:
            if len(folders) == 1:
                raise
            print(f"{item.folder.as_posix()}: {error}", file=sys.stderr)
            refused += 1
    if len(folders) > 1:
        print(f"{len(folders) - refused} of {len(folders)} runs evaluated", flush=True)
    return UserError.exit_code if refused else 0


def _prepare_all(request: EvaluationRequest, folders: list[Path]) -> tuple[list[_Prepared], int]:
    """Return what can be simulated and how many runs cannot; a single one that cannot is an error."""
    if len(folders) == 1:
        return [_prepare(request, folders[0], request.params)], 0
    prepared, refused = [], 0
    for folder in folders:
        try:
            prepared.append(_prepare(request, folder, request.params))
        except UserError as error:
            print(f"{folder.as_posix()}: {error}", file=sys.stderr)
            refused += 1
    return prepared, refused


def _prepare(request: EvaluationRequest, folder: Path, params: str | None) -> _Prepared:
    from myoassist.analysis.stored_config import load_stored_config
    from myoassist.config.plugin_trust import check_stored_plugins
    from myoassist.config.validate import validate_config
    from myoassist.model.devices import check_device

    config = load_stored_config(folder, request.overrides)
    check_stored_plugins(config.plugins, folder.as_posix(), request.overrides, request.trust_plugins)
    if config.task == "rl":
        from myoassist.analysis.rl_choice import choose_policy_file

        path = choose_policy_file(params, folder)
        return _check_policy(request, _Prepared(folder, config, path, folder.resolve().name))
    if request.starts is not None:
        raise UserError(f"starts={request.starts} for a run of task={config.task}", "repeats=N", "leave starts out")
    parameters = _choose_parameters(params, folder, config)
    # The file is chosen; where the search once started need not exist any more.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    validate_config(config)
    check_device(config)
    return _Prepared(folder, config, parameters, folder.resolve().name)


def _prepare_shipped(request: EvaluationRequest) -> _Prepared:
    from myoassist.analysis.rl_choice import open_shipped

    policy = open_shipped(request.run, request.overrides)
    name = request.run.removeprefix(SHIPPED_PREFIX)
    path = policy.path if request.params is None else Path(request.params)
    return _check_policy(request, _Prepared(policy.folder, policy.config, path, name))


def _prepare_session(request: EvaluationRequest) -> _Prepared:
    from myoassist.compat.checkpoint_run import open_session

    session = open_session(request.run, request.params, request.overrides)
    return _check_policy(request, _Prepared(session.folder, session.config, session.path, session.name))


def _check_policy(request: EvaluationRequest, item: _Prepared) -> _Prepared:
    """Refuse what a policy cannot be asked for; return it unchanged.

    Raises:
        UserError: naming it.
    """
    from myoassist.config.validate import validate_config
    from myoassist.model.devices import check_device

    if request.repeats:
        raise UserError(f"repeats={request.repeats} for a policy", "starts=N: walks from N start phases", "starts=10")
    # The policy is chosen; where its training once started need not exist any more.
    item.config.env.prev_trained_policy_path = None
    validate_config(item.config)
    check_device(item.config)
    return item


def _choose_viewer(request: EvaluationRequest, prepared: list[_Prepared]) -> str | None:
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


def _simulate(request: EvaluationRequest, item: _Prepared) -> "ReportedWalk":
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
    from myoassist.config.run_folder import describe_run

    print(f"Evaluating {describe_run(item.folder)}", flush=True)
    spread = StartSpread(request.repeats, request.angle_sd, request.speed_sd) if request.repeats else None
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not (spread and console.is_terminal)) as progress:
        task = progress.add_task("walking", total=request.repeats)
        evaluation = evaluate_parameters(item.config, item.parameters, spread, lambda: progress.advance(task))
    source = describe_source(item.parameters, item.folder)
    return ReportedWalk(item.name, evaluation, source, request.overrides)


def _evaluate(
    request: EvaluationRequest,
    item: _Prepared,
    compared: "ReportedWalk | None",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Simulate a run and write everything into its folder, then show it if that was asked for."""
    from myoassist.analysis.evaluation_files import read_stored_total
    from myoassist.analysis.evaluation_report import EvaluationReport
    from myoassist.analysis.run_choice import find_best_file
    from myoassist.analysis.summary import print_summary

    if item.config.task == "rl":
        _evaluate_policy(request, item, compared, graphics, viewer)
        return
    walk = _simulate(request, item)
    report = EvaluationReport(item.folder, walk, compared, [graphics.notice] if graphics.notice else [])
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


def _open_policy(request: EvaluationRequest, item: _Prepared) -> "PolicyRun":
    from myoassist.analysis.rl_report import PolicyRun
    from myoassist.config.run_folder import describe_run

    print(f"Evaluating {describe_run(item.folder) if item.folder.is_dir() else item.name}", flush=True)
    return PolicyRun(item.folder, item.config, item.parameters, item.name, request.overrides)


def _evaluate_policy(
    request: EvaluationRequest,
    item: _Prepared,
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
    starts = 10 if request.starts is None else request.starts
    walk = write_evaluations(run, starts, notices, pictures, print_policy_summary, compared)
    if viewer is not None and walk.evaluation.log.n_steps:
        _show(walk, viewer, request.port)


def _show(walk: "ReportedWalk", viewer: str, port: int) -> None:
    if viewer == "window":
        from myoassist.analysis.view_window import show_in_window

        show_in_window(walk.evaluation)
        return
    from myoassist.analysis.view_web import serve_in_browser

    serve_in_browser(walk.evaluation, port, walk.name, lambda text: print(text, flush=True))


def _choose_parameters(params: str | None, folder: Path, config: "RunConfig") -> Path | None:
    """Return the file to evaluate, None for the initial values."""
    from myoassist.analysis.run_choice import choose_parameters, explain_no_best
    from myoassist.config.start_point import resolve_param_path

    chosen = choose_parameters(params, folder)
    if chosen is None and config.optimizer.mode == "evaluate":
        return resolve_param_path(config.optimizer.param_path)
    if chosen is None:
        raise explain_no_best(folder)
    return chosen


if __name__ == "__main__":
    sys.exit(main())
