"""Evaluate one run: simulate it, write everything into its folder, show it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from myoassist.analysis.page.walk_files import EvaluationReport
    from myoassist.analysis.page.walk_page import ReportedWalk
    from myoassist.analysis.picture.graphics import Graphics
    from myoassist.analysis.policy.outputs import PolicyRun
    from myoassist.commands.evaluate.prepared_run import PreparedRun
    from myoassist.commands.evaluate.request import Evaluate


def simulate(request: "Evaluate", item: "PreparedRun") -> "ReportedWalk":
    """Simulate a run, with its repeats, and show how that gets on; of a policy its first scenario."""
    from rich.console import Console
    from rich.progress import Progress

    from myoassist.analysis.walk.trials import N_TRIALS

    _announce(item)
    console = Console(stderr=True)
    walks = request.repeats + (N_TRIALS if request.robustness else 0)
    shown = walks and console.is_terminal and item.config.task != "rl"
    with Progress(console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("walking", total=walks)
        return walk_run(request, item, lambda: progress.advance(task))


def walk_run(request: "Evaluate", item: "PreparedRun", progress: "Callable[[], None]" = lambda: None) -> "ReportedWalk":
    """Simulate a run, with its repeats, without a word; of a policy its first scenario.

    Args:
        request: What is asked for.
        item: The run, whose code has been imported.
        progress: Called after every repeated walk and trial.
    """
    from myoassist.analysis.page.walk_page import ReportedWalk

    if item.config.task == "rl":
        run = _open_policy(request, item)
        walked = run.walk(run.entries()[0])
        shown = run.withstand(walked) if request.robustness else walked
        return ReportedWalk(run.name, shown, run.source, run.overrides)
    from myoassist.analysis.walk.evaluation import evaluate_parameters
    from myoassist.analysis.walk.files import describe_source
    from myoassist.rollout.disturbance import StartSpread

    spread = StartSpread(request.repeats, request.angle_sd, request.speed_sd) if request.repeats else None
    evaluation = evaluate_parameters(item.config, item.parameters, spread, progress, request.robustness)
    source = describe_source(item.parameters, item.folder)
    return ReportedWalk(item.name, evaluation, source, request.overrides)


def write_walk(
    item: "PreparedRun",
    walk: "ReportedWalk",
    compared: "Sequence[ReportedWalk]",
    graphics: "Graphics",
    pictures: bool,
    notices: "Sequence[str]" = (),
) -> "EvaluationReport":
    """Write everything that shows a simulated walk into the folder of its run; return what wrote it.

    Args:
        item: The run.
        walk: Its walk.
        compared: Walks to compare it with.
        graphics: How pictures can be drawn.
        pictures: Draw still and video.
        notices: Sentences for people that are known already.
    """
    from myoassist.analysis.page.finalist_section import finalist_sections
    from myoassist.analysis.page.pool_section import pool_sections
    from myoassist.analysis.page.walk_files import EvaluationReport
    from myoassist.config.schema.published_numbers import recommend_older
    from myoassist.tracking.follow import track_evaluation

    known = [graphics.notice if pictures else "", recommend_older(item.config), *notices]
    # That of a controller that comes with the package is not there yet.
    item.folder.mkdir(parents=True, exist_ok=True)
    report = EvaluationReport(item.folder, walk, compared, [text for text in known if text])
    report.sections += [*pool_sections(item.folder), *finalist_sections(item.folder)]
    report.write_results()
    if pictures and graphics.backend:
        report.write_pictures()
    report.write_page()
    report.name_leftovers()
    track_evaluation(item.config, item.folder)
    return report


def write_report(
    request: "Evaluate", item: "PreparedRun", walk: "ReportedWalk", graphics: "Graphics", pictures: bool
) -> "Path":
    """Write what the command writes, without a word; of a policy every scenario is walked for it.

    Args:
        request: What is asked for.
        item: The run.
        walk: Its walk.
        graphics: How pictures can be drawn.
        pictures: Draw still and video.

    Returns:
        The page, of a policy that of its first scenario.
    """
    from myoassist.analysis.walk.files import REPORT

    if item.config.task != "rl":
        notices = []
        if item.result is not None:
            item.result.claim()
            notices = item.result.compare_costs(walk.evaluation.result.terms)
        write_walk(item, walk, [], graphics, pictures, notices)
        return item.folder / REPORT
    from myoassist.analysis.policy.outputs import FOLDER_FORM, write_evaluations
    from myoassist.tracking.follow import track_evaluation

    run = _open_policy(request, item)
    drawn = pictures and bool(graphics.backend)
    notices = [graphics.notice] if pictures and graphics.notice else []
    write_evaluations(run, request.tried_starts, notices, drawn, lambda *_: None, trials=request.robustness)
    track_evaluation(item.config, item.folder)
    return item.folder / FOLDER_FORM.format(0) / REPORT


def evaluate_run(
    request: "Evaluate",
    item: "PreparedRun",
    compared: "Sequence[ReportedWalk]",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Simulate a run and write everything into its folder, then show it if that was asked for."""
    from myoassist.analysis.walk.files import read_stored_total
    from myoassist.analysis.walk.summary import print_summary
    from myoassist.runs.catalogue import PARAMETERS_NAME

    if item.config.task == "rl":
        _evaluate_policy(request, item, compared, graphics, viewer)
        return
    walk = simulate(request, item)
    notices: list[str] = []
    if item.result is not None:
        item.result.claim()
        notices = item.result.compare_costs(walk.evaluation.result.terms)
    report = write_walk(item, walk, compared, graphics, "rgb_array" in item.config.env.render_modes, notices)
    unchanged = item.parameters == item.folder / PARAMETERS_NAME and not request.overrides
    stored = read_stored_total(item.folder) if unchanged else None
    print_summary(walk.evaluation, item.folder.as_posix(), walk.source, stored, report.files, report.notices)
    if viewer is not None and walk.evaluation.log.n_steps:
        _show(walk, viewer, request.port)


def _announce(item: "PreparedRun") -> None:
    from myoassist.runs.catalogue import describe_run

    named = item.parameters if item.result else describe_run(item.folder) if item.folder.is_dir() else item.name
    print(f"Evaluating {named}", flush=True)


def _open_policy(request: "Evaluate", item: "PreparedRun") -> "PolicyRun":
    from myoassist.analysis.policy.outputs import PolicyRun

    assert item.parameters is not None, "a policy is always a file"
    tried = request.tried_starts if item.any_start else 0
    return PolicyRun(item.folder, item.config, item.parameters, item.name, request.overrides, tried)


def _evaluate_policy(
    request: "Evaluate",
    item: "PreparedRun",
    compared: "Sequence[ReportedWalk]",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Walk every scenario of a policy, or show the first one as it happens."""
    from myoassist.analysis.policy.outputs import write_evaluations
    from myoassist.analysis.policy.summary import print_policy_summary
    from myoassist.tracking.follow import track_evaluation

    _announce(item)
    run = _open_policy(request, item)
    if item.config.rl.realtime_evaluate:
        from myoassist.analysis.policy.live import watch_policy

        watch_policy(run, viewer, request.port)
        return
    pictures = bool(graphics.backend) and "rgb_array" in item.config.env.render_modes
    notices = [graphics.notice] if graphics.notice else []
    starts, trials = request.tried_starts, request.robustness
    walk = write_evaluations(run, starts, notices, pictures, print_policy_summary, compared, trials)
    track_evaluation(item.config, item.folder)
    if viewer is not None and walk.evaluation.log.n_steps:
        _show(walk, viewer, request.port)


def _show(walk: "ReportedWalk", viewer: str, port: int) -> None:
    if viewer == "window":
        from myoassist.analysis.picture.view_window import show_in_window

        show_in_window(walk.evaluation)
        return
    from myoassist.analysis.picture.view_web import serve_in_browser

    serve_in_browser(walk.evaluation, port, walk.name, lambda text: print(text, flush=True))
