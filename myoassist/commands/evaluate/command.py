"""The command line of an evaluation, and the runs that it evaluates one after the other."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myoassist.commands.command import CHANGES, Command, argument
from myoassist.files.command_words import EVALUATE_COMMAND
from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from myoassist.commands.evaluate.prepared_run import PreparedRun

_STARTS = 10
_FILES = """Its files:
  report.html            everything on one page, to read or print: how the person walks, what falls short, figures
  eval.mp4               side view, muscles coloured by activation
  eval_frame.png         one picture of it
  eval_gait_cycle.png    trunk, hip, knee, ankle, ground reaction beside the reference gait, exo torque
  eval_gait_cycle.csv    mean and SD of these curves and the reference
  eval_channels.csv      what a controller other than the reflexes logs about itself, over time
  eval_joint_loads.png   joint moments and powers
  eval_muscles.png       muscle activation beside the reference EMG
  eval_time_series.png   the whole walk over time
  eval_terms.json        how it ended, total cost, its parts and terms
  eval_metrics.json/csv  speed, cadence, stance, symmetry, moments, powers, ... with units
  eval_repeats.csv       with repeats: how every walk ended, and its metrics
  eval_comparison.csv    with compare: the metrics of both walks and their difference

Of a policy (task=rl) every entry of rl.evaluate_param_list is walked, into a folder analyze_results_00, _01, ... of its
own, with replay.mp4 in place of eval.mp4, and
  robustness.png/csv     walks from several start phases at each target speed: time walked, speed error
  policy_scores.json     stability, symmetry, plausibility
  speed_tracking.png, exo_mean_std_data.png, actions.png, reward.png   the walk as the policy made it
  return.png, reward_parts.png, evaluations.png, average_reward_dict_*.png   its training
  gait_evaluated_data.json   every control step in the published form
"""


@dataclass(frozen=True)
class Evaluate:
    """Simulate the best of a run as it is and write files into the folder of the run."""

    exp: str | None = argument(
        None,
        "the newest run of an experiment that has a best, finished or not (below logs/, or MYOASSIST_LOGS)",
        shown="NAME",
    )
    run: str | None = argument(
        None,
        "this run; also several between commas, or a pattern in quotes: run='logs/*/exo_*'. Each gets its own files; "
        "one that fails does not stop the others",
        shown="FOLDER",
        also={
            "newest:NAME": "the same as exp=NAME",
            "shipped:NAME": "a policy that comes with the package; results go into logs/<date>/shipped_NAME",
            "RESULT": "a result folder of MyoAssist, with its preset and *_Best.txt; results go into "
            "logs/<date>/result_<folder>_Best, one folder per result. Without a preset: exp=NAME with the keys that "
            "differ, or preset=FILE",
            "FILE.json": "the result folders that an evaluation file of MyoAssist lists, into its output_dir",
        },
    )
    params: str | None = argument(
        None,
        "this parameter file (of a policy: this .zip, or newest) instead of the best of the run",
        shown="FILE",
        also={"bestlast": "the best of the last generation; params=best is what is taken otherwise"},
    )
    preset: str | None = argument(None, "preset of a result folder that holds none", shown="FILE")
    compare: str | None = argument(
        None,
        "put another run beside it in the plots, tables and report; the folder of the other is left alone",
        shown="FOLDER",
    )
    repeats: int = argument(
        0,
        "walk N times from perturbed starts: mean and SD of every metric and curve, share of survivors",
        shown="N",
        ge=1,
        le=10000,
    )
    angle_sd: float = argument(
        1.0,
        "standard deviation of every initial joint angle in these walks",
        shown="DEG",
        ge=0.0,
        le=100.0,
        unit="deg",
    )
    speed_sd: float = argument(
        0.02, "standard deviation of the initial speed in these walks", shown="V", ge=0.0, le=100.0, unit="m/s"
    )
    starts: int | None = argument(
        None,
        f"of a policy: number of start phases that are tried, 0 for none, {_STARTS} where not given",
        shown="N",
        ge=0,
        le=1000,
    )
    viewer: str | None = argument(
        None,
        "show the walk in the MuJoCo viewer (needs a screen); the same as env.render_modes=[human]",
        choices=("window", "web"),
        shown="window",
        also={"web": "show the walk in a browser on this machine, until Ctrl-C"},
    )
    port: int = argument(8080, "port of viewer=web, the next free one if it is taken", shown="N", ge=1, le=65535)
    trust_plugins: bool = argument(
        False, "run the plugins that the run names although you have never trained with their content"
    )
    overrides: list[str] = argument(
        [],
        "change the configuration: env.sim_time=10, env.slope_deg=5, seed=1 (draws of repeats), env.render_modes=[] "
        "(no video, which is most of the time)",
        given=CHANGES,
    )

    @property
    def tried_starts(self) -> int:
        """Number of start phases that a policy is tried from."""
        return _STARTS if self.starts is None else self.starts


def run(request: Evaluate) -> int:
    """Check everything without loading MuJoCo, then evaluate run after run; return the exit code.

    Raises:
        UserError: if no run can be evaluated, or the one that was asked for cannot.
    """
    from myoassist.analysis.graphics import Graphics, choose_graphics, use_graphics
    from myoassist.check.code import import_code
    from myoassist.commands.evaluate.prepared_run import prepare_other, prepare_runs
    from myoassist.commands.evaluate.written_run import evaluate_run, simulate

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
                compared = simulate(request, other)
            import_code(item.config, starts=False)
            evaluate_run(request, item, compared, graphics, viewer)
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
        from myoassist.analysis.view_window import check_screen

        check_screen()
    else:
        from myoassist.analysis.view_web import check_web_viewer

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
