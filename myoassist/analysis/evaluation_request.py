"""The command line of an evaluation."""

import math
from dataclasses import dataclass, field
from typing import Any

from myoassist.config.command_words import EVALUATE_COMMAND
from myoassist.config.errors import UserError
from myoassist.config.foreign_spelling import refuse_foreign_spelling
from myoassist.config.groups import group_names
from myoassist.config.key_values import understand_item
from myoassist.config.keys import run_keys
from myoassist.config.nearest import nearest_name
from myoassist.config.plugin_trust import TRUST_KEY, parse_trust

USAGE = """usage: bash scripts/local.sh scripts/eval.sh exp=NAME [option=value ...] [key=value ...]
       bash scripts/local.sh scripts/eval.sh run=FOLDER [option=value ...] [key=value ...]
       bash scripts/local.sh scripts/eval.sh run=shipped:POLICY [option=value ...] [key=value ...]

Simulate the best of a run as it is and write into the folder of the run:
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
  eval_score.json        distance from people at the same speed, and which bounds for a shipped walk it misses
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

which run
  exp=NAME         the newest run of an experiment that has a best, finished or not (below logs/, or MYOASSIST_LOGS)
  run=newest:NAME  the same
  run=shipped:NAME a policy that comes with the package; results go into logs/<date>/shipped_NAME
  run=FOLDER       this run; also several between commas, or a pattern in quotes: run='logs/*/exo_*'. Each gets its own
                   files; one that fails does not stop the others
  run=RESULT       a result folder of MyoAssist, with its preset and *_Best.txt; results go into
                   logs/<date>/result_<folder>_Best, one folder per result. Without a preset: exp=NAME with the keys
                   that differ, or preset=FILE
  run=FILE.json    the result folders that an evaluation file of MyoAssist lists, into its output_dir
options
  params=FILE      this parameter file (of a policy: this .zip, or newest) instead of the best of the run
  params=bestlast  the best of the last generation; params=best is what is taken otherwise
  preset=FILE      preset of a result folder that holds none
  compare=FOLDER   put another run beside it in the plots, tables and report; the folder of the other is left alone
  repeats=N        walk N times from perturbed starts: mean and SD of every metric and curve, share of survivors
  angle_sd=DEG     standard deviation of every initial joint angle in these walks [1.0 deg]
  speed_sd=V       standard deviation of the initial speed in these walks [0.02 m/s]
  starts=N         of a policy: number of start phases that are tried, 0 for none [10]
  viewer=window    show the walk in the MuJoCo viewer (needs a screen); the same as env.render_modes=[human]
  viewer=web       show the walk in a browser on this machine, until Ctrl-C
  port=N           port of viewer=web, the next free one if it is taken [8080]
  trust_plugins=true   run the plugins that the run names although you have never trained with their content
  -h               this text
changes
  key=value        change the configuration: env.sim_time=10, env.slope_deg=5, seed=1 (draws of repeats),
                   env.render_modes=[] (no video, which is most of the time)
"""
VIEWERS = ("window", "web")
_STARTS = 10
_OPTIONS = (
    "exp",
    "run",
    "params",
    "preset",
    "compare",
    "repeats",
    "angle_sd",
    "speed_sd",
    "starts",
    "viewer",
    "port",
    TRUST_KEY,
)
_HELP = "bash scripts/local.sh scripts/eval.sh -h"


@dataclass(frozen=True)
class EvaluationRequest:
    """What the command line asks for.

    Attributes:
        exp: Experiment whose newest run is meant.
        run: Folder, pattern or list of the runs.
        params: Parameter file instead of the best; or best, bestlast.
        preset: Preset of a result folder of MyoAssist.
        compare: Folder of another run.
        repeats: Number of walks from perturbed starts.
        angle_sd: Spread of their initial joint angles, deg.
        speed_sd: Spread of their initial speed, m/s.
        starts: Number of start phases that a policy is tried from; None where not given.
        viewer: window, web or None.
        port: Port of the web viewer.
        trust_plugins: Whether plugins of a run may run whose content is not known.
        overrides: Changes of the configuration.
    """

    exp: str | None = None
    run: str | None = None
    params: str | None = None
    preset: str | None = None
    compare: str | None = None
    repeats: int = 0
    angle_sd: float = 1.0
    speed_sd: float = 0.02
    starts: int | None = None
    viewer: str | None = None
    port: int = 8080
    trust_plugins: bool = False
    overrides: list[str] = field(default_factory=list)

    @property
    def tried_starts(self) -> int:
        """Number of start phases that a policy is tried from."""
        return _STARTS if self.starts is None else self.starts


def parse_request(arguments: list[str]) -> EvaluationRequest:
    """Read the arguments.

    Raises:
        UserError: for one that is not known, given twice, empty or out of range.
    """
    refuse_foreign_spelling(arguments, EVALUATE_COMMAND, _OPTIONS, {"-h": False, "--help": False})
    own: dict[str, str] = {}
    overrides = []
    for argument in arguments:
        key, separator, value = argument.partition("=")
        if key in _OPTIONS and separator:
            if not value or key in own:
                found = f"{key}= is given twice" if value else f"{argument} names nothing"
                raise UserError(found, f"{key}=<value> once", _HELP)
            own[key] = value
        elif argument.startswith("-") or not separator:
            raise UserError(
                f"{argument!r} is no argument of an evaluation",
                f"{', '.join(f'{name}=' for name in _OPTIONS)} or key=value of the configuration",
                _HELP,
            )
        elif near := _near_option(key):
            raise UserError(
                f"{argument}: there is no {key}",
                f"{', '.join(f'{name}=' for name in _OPTIONS)} or a key",
                f"{near}={value}",
            )
        else:
            overrides.append(argument)
    if own.get("viewer", VIEWERS[0]) not in VIEWERS:
        near = nearest_name(own["viewer"], VIEWERS)
        raise UserError(
            f"viewer={own['viewer']}", f"viewer={' or viewer='.join(VIEWERS)}", f"viewer={near}" if near else _HELP
        )
    values: dict[str, Any] = {
        "repeats": _whole(own, "repeats", 0, 1, 10000),
        "port": _whole(own, "port", 8080, 1, 65535),
        "angle_sd": _spread(own, "angle_sd", 1.0, "deg"),
        "speed_sd": _spread(own, "speed_sd", 0.02, "m/s"),
        TRUST_KEY: parse_trust(own.get(TRUST_KEY, "false")),
    }
    if "starts" in own:
        values["starts"] = _whole(own, "starts", 0, 0, 1000)
    options: dict[str, Any] = {**own, **values}
    return EvaluationRequest(overrides=overrides, **options)


def _near_option(name: str) -> str | None:
    """Return the option that a name means which is neither one nor a key."""
    if "." in name or name.lstrip("+~") in (*run_keys(), *group_names()):
        return None
    return nearest_name(name, _OPTIONS)


def _whole(own: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    if name not in own:
        return default
    if own[name].isdecimal() and low <= int(own[name]) <= high:
        return int(own[name])
    meant = understand_item(int, own[name])
    offered = f"{name}={meant}" if isinstance(meant, int) and low <= meant <= high else _HELP
    raise UserError(f"{name}={own[name]}", f"a whole number from {low} to {high}", offered)


def _spread(own: dict[str, str], name: str, default: float, unit: str) -> float:
    try:
        value = float(own.get(name, default))
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 100.0:
        raise UserError(f"{name}={own[name]}", f"a standard deviation from 0 to 100 {unit}", _HELP)
    return value
