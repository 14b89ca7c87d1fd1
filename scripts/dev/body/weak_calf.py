"""Walk people with a whole and a weak right calf, draw both legs over the gait cycle and print how they differ.

    python scripts/dev/body/weak_calf.py docs/images/hemiparesis.png shipped:human_125 logs/weak logs/weaker

The walks are one with whole calves, then one with the right calf at a half and one at a quarter of its strength:
shipped controllers or folders of searches, whose best walks 20 s.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from myoassist.analysis.walk.evaluation import Evaluation, evaluate_parameters
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.config.sources.shipped import find_controller
from myoassist.gait.leg_strides import LegStrides, find_leg_strides, scored_signals
from myoassist.gait.reference.human import LOADING, PERCENT, PUSH_OFF, within
from myoassist.gait.score.score import SCORED_STRIDES
from myoassist.rollout.log import SIDES, WalkLog
from myoassist.runs.choice import find_best_file
from myoassist.runs.record import read_run_config
from myoassist.runs.stored_config import load_shipped_config

mpl.use("Agg")
import matplotlib.pyplot as plt

ROWS = ("both calves whole", "right calf at a half", "right calf at a quarter")
COLUMNS = {
    "grf": ("ground reaction, BW", (-0.1, 1.6)),
    "knee": ("knee flexion, deg", (-10.0, 80.0)),
    "ankle": ("dorsiflexion, deg", (-35.0, 25.0)),
    "ankle_power": ("ankle power, W/kg", (-3.0, 4.5)),
    "soleus": ("soleus activation", (0.0, 1.05)),
    "emg_gastrocnemius": ("gastrocnemius activation", (0.0, 1.05)),
}
COLORS, LEGS = ("tab:orange", "tab:blue"), ("right", "left")
_SIM_TIME = 20.0  # s
_ANKLE = 2


def walk(text: str) -> Evaluation:
    """Return the walk of a shipped controller or of the best of a run."""
    if text.startswith(SHIPPED_PREFIX):
        name = text.removeprefix(SHIPPED_PREFIX)
        config, parameters = load_shipped_config(name), find_controller(name)
    else:
        config, parameters = read_run_config(Path(text)), find_best_file(Path(text))
    config.env.sim_time = _SIM_TIME
    return evaluate_parameters(config, parameters)


def measure_curves(log: WalkLog, strides: LegStrides) -> dict[str, np.ndarray]:
    """Return the mean stride of both legs by signal, each of shape (2, 51)."""
    signals = scored_signals(log)
    places = [log.muscle_names.index(f"soleus_{side}") for side in SIDES]
    signals["soleus"] = log.activation[:, places]
    return {name: np.stack([strides.mean_curve(signals[name][:, leg], leg) for leg in range(2)]) for name in COLUMNS}


def step_lengths(log: WalkLog, strides: LegStrides) -> list[float]:
    """Return the mean length of the steps of each leg, m: how far its ankle is ahead of the other's at heel strike."""
    ankles = log.joint_pos_w[:, :, _ANKLE, 0]
    return [float(np.mean(ankles[strides.stops[leg], leg] - ankles[strides.stops[leg], 1 - leg])) for leg in range(2)]


def describe(title: str, walked: Evaluation, curves: dict[str, np.ndarray], strides: LegStrides) -> str:
    """Return a walk as rows of a Markdown table, right / left."""
    log, loading, push = walked.log, within(LOADING), within(PUSH_OFF)
    steps, times = step_lengths(log, strides), strides.times(log.dt)
    rows = {
        "speed, m/s": [walked.metrics["speed"]],
        "walked, s": [log.n_steps * log.dt],
        "stride time, s": [float(np.mean(times[0]))],
        "step length, m": steps,
        "stance, % of the stride": list(strides.stance_percent),
        "knee flexion under load, deg": [curves["knee"][leg][loading].max() for leg in range(2)],
        "knee flexion in swing, deg": [curves["knee"][leg].max() for leg in range(2)],
        "push-off, W/kg": [curves["ankle_power"][leg][push].max() for leg in range(2)],
        "first, second peak of the ground reaction, BW": [
            curves["grf"][leg][(part[0] <= PERCENT) & (part[1] >= PERCENT)].max()
            for leg in range(2)
            for part in ((0, 30), (32, 64))
        ],
        "soleus, gastrocnemius, greatest activation": [
            curves[name][leg].max() for leg in range(2) for name in ("soleus", "emg_gastrocnemius")
        ],
        "SD from people": [walked.score.content["overall_sd"]],
        "energy, J/(kg·m)": [walked.score.content["cot_j_kg_m"]["umberger2010_0.60MPa"]],
    }
    return "\n".join(
        [title, *(f"  {name}: {' / '.join(f'{value:.3g}' for value in row)}" for name, row in rows.items())]
    )


def main(picture: Path, walks: list[str]) -> None:
    """Draw the picture and print the figures."""
    figure, axes = plt.subplots(
        len(walks), len(COLUMNS), figsize=(15, 2.5 * len(walks)), sharex=True, sharey="col", constrained_layout=True
    )
    for row, text, title in zip(axes, walks, ROWS, strict=True):
        walked = walk(text)
        strides = find_leg_strides(walked.log, SCORED_STRIDES)
        curves = measure_curves(walked.log, strides)
        people = walked.score.score.reference.curves
        for axis, (name, (_, limits)) in zip(row, COLUMNS.items(), strict=True):
            if name in people:
                axis.plot(PERCENT, people[name][0], "--", color="0.5", lw=1, label="people")
            for leg, color in enumerate(COLORS):
                axis.plot(PERCENT, curves[name][leg], color=color, label=LEGS[leg])
            axis.set_ylim(*limits)
            axis.spines[["top", "right"]].set_visible(False)
        row[0].set_ylabel(title)
        print(describe(title, walked, curves, strides), flush=True)
    for top, bottom, (label, _) in zip(axes[0], axes[-1], COLUMNS.values(), strict=True):
        top.set_title(label, fontsize=10)
        bottom.set_xlabel("gait cycle, %")
    axes[0, 0].legend(fontsize=8, frameon=False)
    figure.savefig(picture, dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
