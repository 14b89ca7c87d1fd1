"""Make the package's tables of human walking out of the supplement of Schwartz, Rozumalski and Trost 2008.

    python scripts/dev/human_gait.py <folder with schwartz2008_curves.csv and schwartz2008_scalars.csv>

The channels get the names of this project. Signs are those of the source: angles in degrees, flexion and dorsiflexion
positive, so are adduction and a pelvis raised on the side of the leg; moments internal, extension, plantarflexion and
abduction positive. EMG is a share of the muscle's own maximum.
"""

import csv
import sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "myoassist" / "data"
SPEEDS = ("very_slow", "slow", "free", "fast", "very_fast")
CHANNELS = {
    ("Joint Rotations", "Trunk Ant/Posterior Tilt"): "trunk",
    ("Joint Rotations", "Pelvic Ant/Posterior Tilt"): "pelvis",
    ("Joint Rotations", "Pelvic Up/Down Obliquity"): "pelvis_obliquity",
    ("Joint Rotations", "Hip Flex/Extension"): "hip",
    ("Joint Rotations", "Hip Ad/Abduction"): "hip_adduction",
    ("Joint Rotations", "Knee Flex/Extension"): "knee",
    ("Joint Rotations", "Ankle Dorsi/Plantarflexion"): "ankle",
    ("Ground Reaction Forces", "Vertical"): "grf",
    ("Ground Reaction Forces", "Anterior/Posterior"): "grf_fore_aft",
    ("Joint Moments", "Hip Ext/Flexion"): "hip_moment",
    ("Joint Moments", "Hip Ab/Adduction"): "hip_abduction_moment",
    ("Joint Moments", "Knee Ext/Flexion"): "knee_moment",
    ("Joint Moments", "Ankle Dorsi/Plantarflexion"): "ankle_moment",
    ("Joint Power", "Hip"): "hip_power",
    ("Joint Power", "Knee"): "knee_power",
    ("Joint Power", "Ankle"): "ankle_power",
    ("EMG", "Rectus Femoris"): "emg_rectus_femoris",
    ("EMG", "Medial Hamstrings"): "emg_medial_hamstrings",
    ("EMG", "Lateral Hamstrings"): "emg_lateral_hamstrings",
    ("EMG", "Anterior Tibialis"): "emg_tibialis_anterior",
    ("EMG", "Medial Gastrocnemius"): "emg_gastrocnemius",
}
# Push-off and foot-off of the source's scalars disagree with its curves, so that these come from the curves alone.
SCALARS = {
    "Dimensionless Speed": "speed",
    "Dimensionless Cadence": "cadence",
    "Dimensionless Step Length": "step_length",
    "First Vertical Peak Force [BW]": "grf_peak1",
    "Second Vertical Peak Force [BW]": "grf_peak2",
    "Ipsilateral Foot Off [% cycle]": "stance",
}


def main() -> None:
    """Write both tables."""
    source = Path(sys.argv[1])
    columns = [f"{speed}_{kind}" for speed in SPEEDS for kind in ("mean", "sd")]
    with (source / "schwartz2008_curves.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["group"], row["channel"]) in CHANNELS]
    lines = [["channel", "percent", *columns]]
    for row in rows:
        name, percent = CHANNELS[row["group"], row["channel"]], round(100.0 * float(row["cycle"]))
        lines.append([name, percent, *(row[column] for column in columns)])
    _write("human_gait.csv", lines)
    with (source / "schwartz2008_scalars.csv").open(newline="") as file:
        found = {(row["quantity"], row["speed"]): row for row in csv.DictReader(file)}
    lines = [["quantity", *columns]]
    for quantity, name in SCALARS.items():
        values = [found[quantity, speed][kind] for speed in SPEEDS for kind in ("mean", "sd")]
        lines.append([name, *values])
    _write("human_strides.csv", lines)


def _write(name: str, lines: list[list]) -> None:
    with (DATA / name).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


if __name__ == "__main__":
    main()
