"""Make the package's table of muscle activity: what muscles do while the leg of the body moves as people's legs do.

    python scripts/dev/body/human_activity.py

Sagittal muscles are shared by static optimization with elastic tendons (`person_leg.optimize_elastic`) so that the
moments of Schwartz, Rozumalski and Trost (2008) come out, at their five speeds. The gastrocnemius has measured EMG of
the same size: least cubed activation gives it its burst 10 % of the stride late (R 0.5). Hip abductors and adductors
come from the same with the leg of 26 muscles, whose hip is adducted as people's and has their moment of abduction, too.
There abductors extend the hip besides, which the guided reflexes take from its other muscles themselves. The sagittal
columns of the package's table stay as they were made, with a general optimizer: made anew they differ by 0.002 at most,
but walks start from them.
"""

import csv
from pathlib import Path

import numpy as np
from person_leg import Leg, build_leg, make_way, optimize, optimize_elastic

from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES, MUSCLES
from myoassist.people.tables import PERCENT, SPEEDS, load_gait

PATH = Path(__file__).parents[3] / "myoassist" / "data" / "human_activity.csv"
PLANT = "human_3"
MEASURED = {"GAS": "emg_gastrocnemius"}
REST = 0.01  # activity of a muscle that people do not use


def main() -> None:
    """Write the table."""
    sagittal, spatial = (share_speeds(build_leg(musculature, PLANT)) for musculature in (22, 26))
    curves = {name: sagittal[muscle] for name, muscle in MUSCLES.items() if name not in FRONTAL_MUSCLES}
    for name, channel in MEASURED.items():
        curves[name] = [
            measured(emg, curve) for emg, curve in zip(load_gait().curves[channel][0], curves[name], strict=True)
        ]
    for name in FRONTAL_MUSCLES:
        curves[name] = spatial[MUSCLES[name]]
    with PATH.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["muscle", "percent", *SPEEDS])
        for name, rows in curves.items():
            for i, percent in enumerate(PERCENT):
                writer.writerow([name, f"{percent:g}", *(f"{row[i]:.6g}" for row in rows)])


def share_speeds(leg: Leg) -> dict[str, list[np.ndarray]]:
    """Return the activity of each muscle at every speed, shape (51,) each; of a hip that moves sideways, too."""
    curves: dict[str, list[np.ndarray]] = {name: [] for name in leg.names}
    for speed in SPEEDS:
        way = make_way(leg, speed, frontal=MUSCLES["HAB"] in leg.names)
        rigid, _ = optimize(leg, way)
        activation, left = optimize_elastic(leg, way, rigid)
        print(f"{speed}: {way.speed:.2f} m/s, moments missed by {np.abs(left).max():.1f} N·m at most")
        for i, name in enumerate(leg.names):
            curves[name].append(activation[:, i])
    return curves


def measured(emg: np.ndarray, computed: np.ndarray) -> np.ndarray:
    """Return measured EMG, shape (51,), between rest and the peak of a computed activity."""
    share = (emg - emg.min()) / np.ptp(emg)
    return REST + share * (computed.max() - REST)


if __name__ == "__main__":
    main()
