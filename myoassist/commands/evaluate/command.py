"""The command line of an evaluation, and the runs that it evaluates one after the other."""

import sys
from typing import TYPE_CHECKING

from myoassist.commands.command import Command
from myoassist.commands.evaluate.request import Evaluate
from myoassist.files.command_words import EVALUATE_COMMAND
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from myoassist.analysis.page.walk_page import ReportedWalk
    from myoassist.commands.evaluate.prepared_run import PreparedRun

_FILES = """Its files:
  report.html            everything on one page, to read or print: how the person walks, what falls short, figures
  eval.mp4               side view, muscles coloured by activation (env.video_speed=0.5: at half speed)
  eval_frame.png         one picture of it
  eval_gait_cycle.png    trunk, hip, knee, ankle, ground reaction beside the reference gait, exo torque
  eval_gait_cycle.csv    mean and SD of these curves and the reference
  eval_channels.csv      what a controller other than the reflexes logs about itself, over time
  eval_joint_loads.png   joint moments and powers
  eval_muscles.png       muscle activation beside the reference EMG
  eval_time_series.png   the whole walk over time
  eval_modules.png       with control.log_modules=true: what excites each muscle, over the gait cycle
  eval_terms.json        how it ended, total cost, its parts and terms
  eval_score.json        distance from people at the same speed, and which bounds for a shipped walk it misses
  eval_robustness.json   with robustness=true: walks survived with noise, for 60 s, on uneven ground, pushed
  eval_metrics.json/csv  speed, cadence, stance, symmetry, moments, powers, ... with units
  eval_stats.json/csv    mean, SD, min and max over the strides of each leg: times, angles, loads, device, cost
  eval_repeats.csv       with repeats: how every walk ended, and its metrics
  eval_comparison.csv    with compare: the metrics of all walks, of two their difference
  eval_comparison.png/svg/pdf   with compare: the mean strides of all walks in one figure

Of a policy (task=rl) every entry of rl.evaluate_param_list is walked, into a folder analyze_results_00, _01, ... of its
own, with replay.mp4 in place of eval.mp4, and
  robustness.png/csv     walks from several start phases at each target speed: time walked, speed error
  policy_scores.json     stability, symmetry, plausibility
  speed_tracking.png, exo_mean_std_data.png, actions.png, reward.png   the walk as the policy made it
  return.png, reward_parts.png, evaluations.png, average_reward_dict_*.png   its training
  gait_evaluated_data.json   every control step in the published form
"""


def run(request: Evaluate) -> int:
    """Check everything without loading MuJoCo, then evaluate run after run; return the exit code.

    Raises:
        UserError: if no run can be evaluated, or the one that was asked for cannot.
    """
    from myoassist.analysis.picture.graphics import Graphics, choose_graphics, use_graphics
    from myoassist.check.code import import_code
    from myoassist.commands.evaluate.prepared_run import prepare_others, prepare_runs
    from myoassist.commands.evaluate.written_run import evaluate_run, simulate

    asked = prepare_runs(request)
    prepared, refused = asked.runs, asked.refused
    others = prepare_others(request)
    viewer = _choose_viewer(request, prepared)
    graphics = Graphics(None)
    if any("rgb_array" in item.config.env.render_modes for item in prepared):
        graphics = choose_graphics()
        # Before anything imports MuJoCo, which reads it once.
        use_graphics(graphics)
    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    compared: list[tuple[Path, ReportedWalk]] = []
    for item in prepared:
        try:
            for other in others[len(compared) :]:
                import_code(other.config, starts=False)
                compared.append((other.folder.resolve(), simulate(request, other)))
            import_code(item.config, starts=False)
            # Among several runs that are compared with all of them, each is not shown twice.
            beside = [walk for folder, walk in compared if len(others) == 1 or folder != item.folder.resolve()]
            evaluate_run(request, item, beside, graphics, viewer)
        except UserError as error:
            if asked.asked == 1:
                raise
            print(f"{item.folder.as_posix()}: {error}", file=sys.stderr)
            refused += 1
    if asked.asked > 1:
        print(f"{asked.asked - refused} of {asked.asked} runs evaluated", flush=True)
    return UserError.exit_code if refused else 0


def _choose_viewer(request: Evaluate, prepared: "list[PreparedRun]") -> str | None:
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
        from myoassist.analysis.picture.view_window import check_screen

        check_screen()
    else:
        from myoassist.analysis.picture.view_web import check_web_viewer

        check_web_viewer()
    return viewer


COMMAND = Command(
    EVALUATE_COMMAND,
    Evaluate,
    run,
    "show the best: video, plots, metrics",
    text=_FILES,
    lead="exp=NAME | run=FOLDER",
    title="an evaluation",
)
