"""Evaluate one run: simulate it, write everything into its folder, show it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from myoassist.analysis.page.walk_page import ReportedWalk
    from myoassist.analysis.picture.graphics import Graphics
    from myoassist.analysis.policy.outputs import PolicyRun
    from myoassist.commands.evaluate.prepared_run import PreparedRun
    from myoassist.commands.evaluate.request import Evaluate


def simulate(request: "Evaluate", item: "PreparedRun") -> "ReportedWalk":
    """Simulate a run, with its repeats; of a policy its first scenario."""
    if item.config.task == "rl":
        from myoassist.analysis.page.walk_page import ReportedWalk

        run = _open_policy(request, item)
        return ReportedWalk(run.name, run.walk(run.entries()[0]), run.source, run.overrides)
    from rich.console import Console
    from rich.progress import Progress

    from myoassist.analysis.page.walk_page import ReportedWalk
    from myoassist.analysis.walk.evaluation import evaluate_parameters
    from myoassist.analysis.walk.files import describe_source
    from myoassist.analysis.walk.repeats import StartSpread
    from myoassist.runs.catalogue import describe_run

    print(f"Evaluating {item.parameters if item.result else describe_run(item.folder)}", flush=True)
    spread = StartSpread(request.repeats, request.angle_sd, request.speed_sd) if request.repeats else None
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not (spread and console.is_terminal)) as progress:
        task = progress.add_task("walking", total=request.repeats)
        evaluation = evaluate_parameters(item.config, item.parameters, spread, lambda: progress.advance(task))
    source = describe_source(item.parameters, item.folder)
    return ReportedWalk(item.name, evaluation, source, request.overrides)


def evaluate_run(
    request: "Evaluate",
    item: "PreparedRun",
    compared: "ReportedWalk | None",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Simulate a run and write everything into its folder, then show it if that was asked for."""
    from myoassist.analysis.page.walk_files import EvaluationReport
    from myoassist.analysis.walk.files import read_stored_total
    from myoassist.analysis.walk.summary import print_summary
    from myoassist.config.schema.published_numbers import recommend_older
    from myoassist.runs.choice import find_best_file

    if item.config.task == "rl":
        _evaluate_policy(request, item, compared, graphics, viewer)
        return
    walk = simulate(request, item)
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


def _open_policy(request: "Evaluate", item: "PreparedRun") -> "PolicyRun":
    from myoassist.analysis.policy.outputs import PolicyRun
    from myoassist.runs.catalogue import describe_run

    print(f"Evaluating {describe_run(item.folder) if item.folder.is_dir() else item.name}", flush=True)
    assert item.parameters is not None, "a policy is always a file"
    tried = request.tried_starts if item.any_start else 0
    return PolicyRun(item.folder, item.config, item.parameters, item.name, request.overrides, tried)


def _evaluate_policy(
    request: "Evaluate",
    item: "PreparedRun",
    compared: "ReportedWalk | None",
    graphics: "Graphics",
    viewer: str | None,
) -> None:
    """Walk every scenario of a policy, or show the first one as it happens."""
    from myoassist.analysis.policy.outputs import write_evaluations
    from myoassist.analysis.policy.summary import print_policy_summary

    run = _open_policy(request, item)
    if item.config.rl.realtime_evaluate:
        from myoassist.analysis.policy.live import watch_policy

        watch_policy(run, viewer, request.port)
        return
    pictures = bool(graphics.backend) and "rgb_array" in item.config.env.render_modes
    notices = [graphics.notice] if graphics.notice else []
    walk = write_evaluations(run, request.tried_starts, notices, pictures, print_policy_summary, compared)
    if viewer is not None and walk.evaluation.log.n_steps:
        _show(walk, viewer, request.port)


def _show(walk: "ReportedWalk", viewer: str, port: int) -> None:
    if viewer == "window":
        from myoassist.analysis.picture.view_window import show_in_window

        show_in_window(walk.evaluation)
        return
    from myoassist.analysis.picture.view_web import serve_in_browser

    serve_in_browser(walk.evaluation, port, walk.name, lambda text: print(text, flush=True))
