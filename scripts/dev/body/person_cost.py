"""What the muscles of the human body have to do to walk as people do, at three speeds, and what that costs.

    python scripts/dev/body/person_cost.py
    python scripts/dev/body/person_cost.py --docs docs/body.md --picture docs/images/person.png
    python scripts/dev/body/person_cost.py --musculature 22 --speeds fast --slack vasti=10 rectfem=10 --muscles

Static optimization (`person_leg.py`): the least sum of cubed activations that gives the measured moments of hip, knee
and ankle along the measured angles, ligaments included; what is left is the reserve. Energy models read the moved
fibres. Then measured EMG drives the muscles (`emg_driven.py`), with scales fitted at free speed. Moments at other
joints of the leg are not tracked, so that the frontal muscles rest. All of it takes about 20 s of one core.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from emg_driven import OTHERS, Agreement, Driven, activate, fit_scales, judge, needed_excitation
from person_leg import (
    ALL_SPEEDS,
    JOINTS,
    SPEEDS,
    Leg,
    Way,
    as_log,
    build_leg,
    gather,
    make_way,
    moments_of,
    move,
    optimize,
    optimize_elastic,
    spread_out,
)

from myoassist.gait.energy import ENERGY_MODELS, energy_by_muscle, muscle_mass
from myoassist.gait.leg_strides import EMG_ACTUATORS
from myoassist.rollout.log import WalkLog
from myoassist.rollout.muscle import fibre as f

# What drives the muscles: deactivation, s (None is the body's), delay of EMG, s.
TRIALS: dict[str, tuple[tuple[float | None, float], ...]] = {
    "synergists": ((None, 0.0), (0.08, 0.0), (0.12, 0.0), (None, 0.04), (None, 0.08)),
    "static": ((None, 0.0),),
    "none": ((None, 0.0),),
}


@dataclass(frozen=True)
class Solution:
    """Static optimization at one speed.

    Attributes:
        way: What the muscles do.
        activation: Shape (51, n).
        reserve: What the muscles leave of the moments, N·m, shape (51, 3).
        log: The moved fibres, one leg.
        moment: What they give, with ligaments, N·m, shape (51, 3).
        followed: The same if excitation has to bring the activations about, N·m, shape (51, 3).
    """

    way: Way
    activation: np.ndarray
    reserve: np.ndarray
    log: WalkLog
    moment: np.ndarray
    followed: np.ndarray

    @property
    def reserve_share(self) -> np.ndarray:
        """Largest reserve of hip, knee and ankle, share of the largest moment, shape (3,)."""
        return np.abs(self.reserve).max(axis=0) / self.way.peak

    def cost(self, model: str) -> float:
        """Return the gross cost of transport of both legs after an energy model, J/kg/m."""
        function, rest = ENERGY_MODELS[model]
        power = 2.0 * function(self.log).total.sum(axis=1).mean() + rest * self.log.mass
        return float(power / (self.log.mass * self.way.speed))


def solve(leg: Leg, way: Way, tendons: str = "elastic") -> Solution:
    """Find activations, then move elastic fibres with them."""
    activation, reserve = optimize(leg, way)
    if tendons == "elastic":
        activation, reserve = optimize_elastic(leg, way, activation)
    drive = spread_out(way, activation)
    states = move(leg, way, drive)
    wanted = [needed_excitation(way, activation[:, i], row) for i, row in enumerate(leg.dynamics)]
    excitation = spread_out(way, np.clip(np.stack(wanted, axis=1), 0.0, 1.0))
    followed = np.stack([activate(excitation[:, i], row) for i, row in enumerate(leg.dynamics)], axis=1)
    return Solution(
        way,
        activation,
        reserve,
        as_log(leg, way, drive, states),
        moments_of(way, states),
        moments_of(way, move(leg, way, followed)),
    )


def behind_electrode(leg: Leg, activation: np.ndarray, electrode: str) -> np.ndarray:
    """Return the mean activation of the muscles behind an electrode, shape (51,)."""
    for group in EMG_ACTUATORS[electrode]:
        columns = [i for i, name in enumerate(leg.names) if name in group]
        if columns:
            return activation[:, columns].mean(axis=1)
    raise ValueError(f"no muscle behind the electrode {electrode} among {', '.join(leg.names)}")


def emg_agreement(leg: Leg, solution: Solution) -> dict[str, float]:
    """Return the correlation of activation and measured EMG by electrode."""
    return {
        electrode: float(np.corrcoef(behind_electrode(leg, solution.activation, electrode), emg)[0, 1])
        for electrode, emg in solution.way.emg.items()
    }


@dataclass(frozen=True)
class Trial:
    """Muscles driven by EMG.

    Attributes:
        others: What drives muscles without an electrode.
        deactivation: Time constant, s; None is the body's.
        delay: Of EMG, s.
        scales: By electrode.
        at_one: Agreement at free speed before the fit, all scales 1.
        agreement: By speed and joint.
        moments: By speed, N·m, shape (51, 3).
    """

    others: str
    deactivation: float | None
    delay: float
    scales: dict[str, float]
    at_one: dict[str, Agreement]
    agreement: dict[str, dict[str, Agreement]]
    moments: dict[str, np.ndarray]


def drive_by_emg(
    leg: Leg, solutions: dict[str, Solution], others: str, deactivation: float | None = None, delay: float = 0.0
) -> Trial:
    """Fit the scales at free speed and judge all speeds."""
    driven = {
        name: Driven(leg, found.way, found.activation, others, deactivation, delay) for name, found in solutions.items()
    }
    scales = fit_scales(driven["free"])
    moments = {name: one.moments(scales) for name, one in driven.items()}
    return Trial(
        others,
        deactivation,
        delay,
        dict(zip(driven["free"].groups, scales.tolist(), strict=True)),
        judge(driven["free"].way, driven["free"].moments(np.ones(len(scales)))),
        {name: judge(solutions[name].way, moment) for name, moment in moments.items()},
        moments,
    )


def main() -> None:
    """Solve, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--musculature", type=int, nargs="+", default=[22, 80], choices=(22, 26, 80))
    parser.add_argument(
        "--speeds", nargs="+", default=list(SPEEDS), choices=ALL_SPEEDS, help="EMG needs free among them"
    )
    parser.add_argument("--tendons", default="elastic", choices=("elastic", "rigid"), help="of the optimization")
    parser.add_argument("--no-ligaments", action="store_true", help="let muscles give the whole moment")
    parser.add_argument("--others", nargs="*", default=list(OTHERS), choices=OTHERS, help="drive of the other muscles")
    parser.add_argument("--slack", nargs="+", default=[], metavar="MUSCLE=MM", help="lengthen tendons, to try it")
    parser.add_argument("--deactivation", type=float, metavar="MS", help="time constant of all muscles, to try it")
    parser.add_argument("--muscles", action="store_true", help="print fibre lengths, work and heat of every muscle")
    parser.add_argument("--docs", type=Path, help="page whose tables are written anew")
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    from person_tables import draw, write_tables

    pictured = None
    for musculature in arguments.musculature:
        leg = lengthen(build_leg(musculature), arguments.slack)
        if arguments.deactivation is not None:
            leg.dynamics[:, 1] = 0.001 * arguments.deactivation
        ways = {name: make_way(leg, name, not arguments.no_ligaments) for name in arguments.speeds}
        solutions = {name: solve(leg, way, arguments.tendons) for name, way in ways.items()}
        trials = [
            drive_by_emg(leg, solutions, others, *trial)
            for others in (arguments.others if "free" in solutions else [])
            for trial in TRIALS[others]
        ]
        write_tables(musculature, leg, solutions, trials, arguments.docs)
        if arguments.muscles:
            _print_muscles(leg, solutions)
        pictured = pictured or (leg, solutions, trials)
    if arguments.picture is not None and pictured is not None:
        draw(arguments.picture, *pictured)


def lengthen(leg: Leg, changes: list[str]) -> Leg:
    """Return the leg with tendons longer by mm, in words such as vasti=10; refuse a muscle that is not there."""
    constants = leg.constants.copy()
    for change in changes:
        name, _, length = change.partition("=")
        if name not in leg.names:
            raise SystemExit(f"no muscle {name}; there are {', '.join(leg.names)}")
        try:
            constants[leg.names.index(name), f.SLACK] += 0.001 * float(length)
        except ValueError:
            raise SystemExit(f"no length in {change}; a number of mm is needed, such as {name}=10") from None
    return replace(leg, constants=constants)


def _print_muscles(leg: Leg, solutions: dict[str, Solution]) -> None:
    for name, found in solutions.items():
        log, way = found.log, found.way
        print(
            f"{name}: {way.speed:.2f} m/s, muscles of both legs {2.0 * muscle_mass(log).sum():.2f} kg of {log.mass:.1f}"
        )
        for joint, peak, rms in zip(JOINTS, way.peak, np.sqrt((found.reserve**2).mean(axis=0)), strict=True):
            print(f"  {joint}: largest moment {peak:.0f} N·m, reserve rms {rms:.2f} N·m")
        rows = energy_by_muscle(log, "umberger_060", 0, log.n_steps)
        lengths = gather(way, log.fiber_length)
        print("  muscle: largest activation, fibre length, positive work, negative work, heat (W, one leg)")
        for i, muscle in enumerate(leg.names):
            work, negative, heat = rows[f"{muscle}_r"]
            print(
                f"  {muscle}: {found.activation[:, i].max():.2f}, {lengths[:, i].min():.2f}-{lengths[:, i].max():.2f}, "
                f"{work:.1f}, {negative:.1f}, {heat:.1f}"
            )


if __name__ == "__main__":
    main()
