"""Draw what each muscle of the human body does over a measured stride: points on its curves, and its energy.

    python scripts/dev/body/person_muscles.py docs/images/stride_fibres.png docs/images/stride_energy.png

The muscles are moved along the free-speed stride of Schwartz et al. 2008 with the activations of static optimization,
as in `person_cost.py`.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from person_cost import Solution, solve
from person_leg import STEP, Leg, build_leg, make_way

from myoassist.gait.energy import energy_by_muscle
from myoassist.model.plant.curves import active_force, passive_force, speed_force
from myoassist.rollout.muscle import fibre as f

ENERGY = "umberger_060"
_SAMPLE = 0.01  # s, between points


def draw_fibres(leg: Leg, found: Solution, picture: Path) -> None:
    """Draw, by muscle, fibre length on the active and passive curve and fibre speed on the force-velocity curve."""
    n, every = len(leg.names), round(_SAMPLE / STEP)
    figure, axes = plt.subplots(2, n, figsize=(1.45 * n, 4.4), sharey="row", constrained_layout=True)
    x, v = np.linspace(0.35, 1.5, 200), np.linspace(-1.0, 0.6, 200)
    length, speed = found.log.fiber_length[::every], found.log.fiber_velocity[::every]
    drive = found.log.activation[::every]
    for i, (name, column) in enumerate(zip(leg.names, axes.T, strict=True)):
        constants = leg.constants[i]
        share, fastest = constants[f.SHARE], constants[f.FASTEST]
        column[0].plot(x, active_force(x), "0.6", lw=1)
        column[0].plot(x, share * passive_force(x), "tab:orange", lw=1)
        column[0].scatter(length[:, i], active_force(length[:, i]), c=drive[:, i], s=7, vmin=0.0, vmax=0.6)
        column[0].plot(length[:, i], share * passive_force(length[:, i]), ".", color="tab:orange", ms=3)
        column[1].plot(v, speed_force(v), "0.6", lw=1)
        shown = column[1].scatter(
            speed[:, i] / fastest, speed_force(speed[:, i] / fastest), c=drive[:, i], s=7, vmin=0.0, vmax=0.6
        )
        column[0].set_title(name, fontsize=9)
        column[0].set_ylim(0.0, 1.1)
        for axis in column:
            axis.tick_params(labelsize=7)
    axes[0, 0].set_ylabel("force by length, peak forces", fontsize=8)
    axes[1, 0].set_ylabel("factor by speed", fontsize=8)
    axes[0, n // 2].set_xlabel("fibre length, optimal lengths", fontsize=8)
    axes[1, n // 2].set_xlabel("fibre speed, greatest speeds, lengthening positive", fontsize=8)
    figure.colorbar(shown, ax=axes, label="activation", shrink=0.6, pad=0.01)
    figure.savefig(picture, dpi=80)


def draw_energy(leg: Leg, found: Solution, picture: Path) -> None:
    """Draw, by muscle, mean powers over the stride: work done, work taken up, heat, W/kg of the body, one leg."""
    rows = energy_by_muscle(found.log, ENERGY, 0, found.log.n_steps)
    values = np.array([rows[f"{name}_r"] for name in leg.names]) / found.log.mass
    order = np.argsort(-(values[:, 0] + values[:, 2]))
    place = np.arange(len(order))
    figure, axis = plt.subplots(figsize=(7.5, 3.2), constrained_layout=True)
    axis.bar(place - 0.27, values[order, 0], 0.27, color="tab:blue", label="work done by fibres")
    axis.bar(place, values[order, 1], 0.27, color="tab:green", label="work taken up by fibres")
    axis.bar(place + 0.27, values[order, 2], 0.27, color="tab:red", label="heat (Umberger 2010, 0.60 MPa)")
    axis.set_xticks(place, [leg.names[i] for i in order], rotation=45, ha="right")
    axis.set_ylabel("mean power, W/kg")
    axis.axhline(0.0, color="0.5", lw=0.5)
    axis.set_title(f"one leg, {found.way.name} speed {found.way.speed:.2f} m/s", fontsize=10)
    axis.legend(fontsize=8)
    figure.savefig(picture, dpi=90)


def main() -> None:
    """Solve the free-speed stride and draw both pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fibres", type=Path)
    parser.add_argument("energy", type=Path)
    arguments = parser.parse_args()
    leg = build_leg(22)
    found = solve(leg, make_way(leg, "free"))
    draw_fibres(leg, found, arguments.fibres)
    draw_energy(leg, found, arguments.energy)


if __name__ == "__main__":
    main()
