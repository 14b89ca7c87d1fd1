"""Draw moment arms and lengths of the fast physics against the full one.

Run `python scripts/dev/plot_fast_geometry.py FILE`.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import new_figure, save_figure
from myoassist.config.schema.run import ModelConfig
from myoassist.model.build import compose_spec
from myoassist.model.fast.geometry import PATHS, load_fit, simplify_geometry
from myoassist.model.plant.fast_fit import LengthSampler, grid_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FULL_COLOUR, FAST_COLOUR = "#1b4f72", "#d35400"


def plot_fast_geometry() -> "Figure":
    """Return a figure with one row of panels for moment arms and one for lengths, a column per muscle."""
    full = LengthSampler(compose_spec(ModelConfig()).compile())
    spec = compose_spec(ModelConfig())
    simplify_geometry(spec, load_fit())
    fast = LengthSampler(spec.compile())
    figure = new_figure(2.6 * len(PATHS), 5.6)
    axes = figure.subplots(2, len(PATHS))
    for column, (muscle, path) in enumerate(PATHS.items()):
        joint = path.joints.index("knee_angle") if "knee_angle" in path.joints else 0
        angle = np.rad2deg(grid_axes(path)[joint][1:-1])
        for sampler, colour, style, label in (
            (full, FULL_COLOUR, "-", "full"),
            (fast, FAST_COLOUR, "--", "fast"),
        ):
            length, arms = sampler.sample(muscle, "r")
            # One curve along the knee (or hip), the other joint in the middle of its range.
            others = tuple(slice(None) if i == joint else n // 2 for i, n in enumerate(length.shape))
            shift = load_fit().paths[muscle].slack[0] if label == "fast" else 0.0
            axes[0, column].plot(angle, 1e3 * arms[joint][others], style, color=colour, label=label)
            axes[1, column].plot(angle, 1e3 * (length[others] - shift), style, color=colour, label=label)
        errors = load_fit().errors[muscle]
        arm_error = errors["arm_" + path.joints[joint]]
        axes[0, column].set_title(f"{muscle}\narm {arm_error:.1f} %, length {errors['length']:.1f} %")
        axes[1, column].set_xlabel(f"{path.joints[joint].split('_')[0]} angle (deg)")
    axes[0, 0].set_ylabel("moment arm (mm)")
    axes[1, 0].set_ylabel("length (mm)")
    axes[0, 0].legend(frameon=False)
    return figure


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="the picture")
    save_figure(plot_fast_geometry(), parser.parse_args().file)
