"""Main quantities of a walk stride by stride: mean, spread and extremes over the judged strides of each leg."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from myoassist.analysis.walk.leg_cycles import LegCycles, find_leg_cycles, stance_percent
from myoassist.gait.angles import CLINICAL_JOINTS, to_clinical
from myoassist.gait.energy import ENERGY_MODELS, transport_cost
from myoassist.gait.joint_loads import EXTENSION_SIGN, internal_moments, joint_powers
from myoassist.gait.metabolics import metabolic_cost
from myoassist.gait.metrics import Metric
from myoassist.gait.strides import displacement, stride_window
from myoassist.rollout.log import JOINTS, SIDES, WalkLog

_OUT = ("extension", "extension", "plantarflexion")


@dataclass(frozen=True)
class StrideStats:
    """A quantity over the strides of one leg.

    Attributes:
        quantity: Its name.
        side: r or l, the leg whose heel strikes cut the strides.
        metric: Unit and meaning.
        values: One value per stride in which it is known, shape (n,).
    """

    quantity: str
    side: str
    metric: Metric
    values: np.ndarray

    @property
    def summary(self) -> dict[str, float | int | None]:
        """Number of strides, mean, standard deviation (n - 1), smallest and largest; None where there are too few."""
        # Minus zero is zero.
        values, n = self.values + 0.0, len(self.values)
        return {
            "strides": n,
            "mean": float(values.mean()) if n else None,
            "sd": float(values.std(ddof=1)) if n > 1 else None,
            "min": float(values.min()) if n else None,
            "max": float(values.max()) if n else None,
        }


def stride_stats(log: WalkLog, num_strides: int) -> list[StrideStats]:
    """Return every quantity of the right and of the left leg, quantity by quantity; none where no leg has a stride.

    Args:
        log: The walk.
        num_strides: Number of strides per leg, from heel strike to heel strike at its end; fewer where there are not
            as many.
    """
    cycles = find_leg_cycles(log, num_strides)
    if not any(len(leg) for leg in cycles):
        return []
    rows = []
    for name, (metric, measure) in _quantities(log).items():
        for leg in cycles:
            strides = [LegCycles(leg.leg, *pair) for pair in zip(leg.starts[:, None], leg.stops[:, None], strict=True)]
            found = [value for value in map(measure, strides) if value is not None and np.isfinite(value)]
            rows.append(StrideStats(name, SIDES[leg.leg], metric, np.array(found)))
    return rows


_Measure = Callable[[LegCycles], float | None]


def _quantities(log: WalkLog) -> dict[str, tuple[Metric, _Measure]]:
    """Return unit, meaning and measure of every quantity; a measure takes one stride of one leg."""
    angles, trunk = np.rad2deg(to_clinical(log.joint_angle)), np.rad2deg(log.trunk_pitch)
    moment, power, load = internal_moments(log), joint_powers(log), log.load
    found: dict[str, tuple[Metric, _Measure]] = {
        "stride_time": (Metric("s", "from heel strike to heel strike"), lambda c: _samples(c) * log.dt),
        "stride_length": (Metric("m", "forward way of the pelvis"), lambda c: _way(log, c)),
        "speed": (Metric("m/s", "stride length over stride time"), lambda c: _way(log, c) / (_samples(c) * log.dt)),
        "stance_percent": (
            Metric("%", "share of the stride until the foot leaves the ground for good"),
            lambda c: stance_percent(log, c),
        ),
        "peak_grf_bw": (Metric("BW", "largest vertical force of the ground on the foot"), _peak(load)),
        "trunk_lean_mean": (Metric("deg", "mean forward lean of the trunk"), lambda c: float(trunk[_cut(c)].mean())),
    }
    for j, joint in enumerate(CLINICAL_JOINTS):
        found[f"{joint}_max"] = (Metric("deg", "largest angle"), _peak(angles[:, :, j]))
        found[f"{joint}_min"] = (Metric("deg", "smallest angle"), _least(angles[:, :, j]))
    for j, (joint, out) in enumerate(zip(JOINTS, _OUT, strict=True)):
        found[f"{joint}_{out}_moment_max"] = (Metric("N·m/kg", f"largest {out} moment"), _peak(moment[:, :, j]))
        found[f"{joint}_power_max"] = (Metric("W/kg", "largest power given out"), _peak(power[:, :, j]))
        found[f"{joint}_power_min"] = (Metric("W/kg", "largest power taken up, negative"), _least(power[:, :, j]))
    return found | _device_quantities(log) | _costs(log)


def _device_quantities(log: WalkLog) -> dict[str, tuple[Metric, _Measure]]:
    """Return those of each joint that a device drives."""
    found: dict[str, tuple[Metric, _Measure]] = {}
    torque, power = log.device_torque * EXTENSION_SIGN, log.device_torque * log.joint_velocity
    for j, (joint, out) in enumerate(zip(JOINTS, _OUT, strict=True)):
        if not torque[:, :, j].any():
            continue
        signed = f"torque of the device, {out} positive"
        found[f"device_{joint}_torque_max"] = (Metric("N·m", f"largest {signed}"), _peak(torque[:, :, j]))
        found[f"device_{joint}_torque_min"] = (Metric("N·m", f"smallest {signed}"), _least(torque[:, :, j]))
        found[f"device_{joint}_power_max"] = (Metric("W", "largest power it gives to the joint"), _peak(power[:, :, j]))
        found[f"device_{joint}_power_min"] = (Metric("W", "largest power it takes, negative"), _least(power[:, :, j]))
        found[f"device_{joint}_work"] = (Metric("J", "net work on the joint per stride"), _sum(power[:, :, j], log.dt))
    return found


def _costs(log: WalkLog) -> dict[str, tuple[Metric, _Measure]]:
    """Return the costs of transport of the whole body; none where muscles are not known."""
    if log.layout.f_max is None:
        return {}
    unit, whole = "J/(kg·m)", "metabolic cost of transport of the whole body"

    def default(c: LegCycles) -> float | None:
        first, last, way = int(c.starts[0]), int(c.stops[0]), _way(log, c)
        part = replace(log, flat=log.flat[first:last])
        return metabolic_cost(part, 0, last - first, way) if way > 0.0 else None

    def of(model: str) -> _Measure:
        def measure(c: LegCycles) -> float | None:
            way = _way(log, c)
            return transport_cost(log, model, int(c.starts[0]), int(c.stops[0]), way) if way > 0.0 else None

        return measure

    found: dict[str, tuple[Metric, _Measure]] = {
        "metabolic_cost_of_transport": (Metric(unit, f"{whole}, gross (0.25 MPa)"), default)
    }
    for model in ENERGY_MODELS:
        found[f"metabolic_cost_{model}"] = (Metric(unit, f"{whole}, gross, model {model}"), of(model))
    return found


def _cut(c: LegCycles) -> slice:
    return slice(int(c.starts[0]), int(c.stops[0]))


def _samples(c: LegCycles) -> int:
    return int(c.stops[0] - c.starts[0])


def _way(log: WalkLog, c: LegCycles) -> float:
    return float(displacement(log, stride_window(int(c.starts[0]), int(c.stops[0])))[0])


def _peak(values: np.ndarray) -> _Measure:
    """Return what takes the largest of the values of a leg, shape (T, 2), in a stride."""
    return lambda c: float(values[_cut(c), c.leg].max())


def _least(values: np.ndarray) -> _Measure:
    return lambda c: float(values[_cut(c), c.leg].min())


def _sum(values: np.ndarray, dt: float) -> _Measure:
    return lambda c: float(values[_cut(c), c.leg].sum()) * dt
