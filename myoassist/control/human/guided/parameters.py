"""Parameters of the guided reflexes: clock, activity, stretch and load reflexes, balance, foot placement.

A raw value is 1 at the start. Of gains and scales it is the factor on the start value, so that a step of a search is
relative; of shifts, leads and shares a change of 1 is the step given here.

Start values were found as `optimizer=from_nothing` does it: a search over common factors of groups of these
parameters, with springs at the pelvis that fade, from 1/rad for every stretch reflex on; then one for rounded values.
"""

from collections.abc import Collection

from myoassist.config.schema.control import ControlConfig
from myoassist.control.human.guided.factors import guided_factors
from myoassist.control.human.guided.pattern import JOINT_NAMES, SPEED, make_pattern, read_curve
from myoassist.control.signals import MUSCLE_NAMES
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES
from myoassist.space.parameter import INF, Entries, Parameter

# Of the parameters, in the search vector.
GROUP = "control"
HIP, KNEE, ANKLE = range(3)
# Muscles that resist the deviation of a joint, and the direction in which they turn it: 1 flexion, -1 extension.
PAIRS = (
    ("HFL", HIP, 1.0),
    ("GLU", HIP, -1.0),
    ("HAM", HIP, -1.0),
    ("HAM", KNEE, 1.0),
    ("RF", HIP, 1.0),
    ("RF", KNEE, -1.0),
    ("VAS", KNEE, -1.0),
    ("BFSH", KNEE, 1.0),
    ("GAS", KNEE, 1.0),
    ("GAS", ANKLE, -1.0),
    ("SOL", ANKLE, -1.0),
    ("TA", ANKLE, 1.0),
    ("FDL", ANKLE, -1.0),
    ("EDL", ANKLE, 1.0),
)
# Muscles with a load reflex.
LOADED = ("GLU", "VAS", "SOL", "GAS", "HAM")
# Phases at which a walk begins: the foot of the stance leg is flat, the other one has just left the ground.
STANCE_PHASE, SWING_PHASE = 0.08, 0.58
_START_PITCH = -0.052359877559829883  # rad; 3 deg of forward tilt of the pelvis
_LEAD_STEP, _SHIFT_STEP, _TARGET_STEP = 0.2, 0.5, 0.3  # s, rad, rad
_MAX_LEAD, _MAX_SHIFT, _MAX_TARGET = 0.15, 0.5, 0.3
_MAX_ACTIVITY = 10.0

# Clock: the period in stride times of people, the share of the way that a heel strike sets it, that of the other leg.
PERIOD, RESET, CROSS = 0.95, 0.18, 0.97
LEAD = 0.0011  # s, of every muscle
ACTIVITY = {
    "HAB": 1.0, "HAD": 1.0, "HFL": 6.0, "GLU": 0.91, "HAM": 0.91, "RF": 0.41, "VAS": 0.41, "BFSH": 0.26,
    "GAS": 0.17, "SOL": 0.17, "TA": 4.3, "FDL": 0.17, "EDL": 4.3,
}  # fmt: skip
# Stretch reflexes by joint and phase: gains on the deviation, 1/rad, and on its rate, s/rad.
STRETCH = {
    ("hip", "stance"): (0.61, 0.015),
    ("hip", "swing"): (1.4, 0.088),
    ("knee", "stance"): (0.32, 0.11),
    ("knee", "swing"): (0.47, 0.012),
    ("ankle", "stance"): (1.0, 0.082),
    ("ankle", "swing"): (1.0, 0.0015),
}
# Factors on these: muscles of two joints do less at each, and the ankle is held in swing by its flexors.
SHARES = {
    ("RF", "hip", "stance"): 0.2,
    ("RF", "hip", "swing"): 0.2,
    ("HAM", "hip", "swing"): 0.3,
    ("HAM", "knee", "swing"): 0.3,
    ("GAS", "knee", "stance"): 0.3,
    ("GAS", "knee", "swing"): 0.05,
    ("GAS", "ankle", "swing"): 0.3,
    ("SOL", "ankle", "swing"): 0.3,
    ("TA", "ankle", "swing"): 3.0,
}
SHIFTS = {"hip": -0.015, "knee": 0.048, "ankle": -0.014}  # rad
FORCE = {"GLU": 0.12, "VAS": 0.017, "SOL": 0.67, "GAS": 0.67, "HAM": 0.12}
BALANCE = (
    ("theta_PG", "1/rad", 0.88),
    ("theta_DG", "s/rad", 0.11),
    ("theta_HAM", "", 0.49),
    ("place_v", "rad·s/m", 0.11),
    ("push_v", "s/m", 0.54),
)
THETA_TARGET = 0.025  # rad
# In 3D. Muscles that resist the deviation of the thigh sideways, and the direction in which they turn it: 1 adduction.
SIDE_PAIRS = (("HAB", -1.0), ("HAD", 1.0))
# By phase: gains on the deviation, 1/rad, and on its rate, s/rad.
SIDE_STRETCH = {"stance": (1.0, 0.1), "swing": (1.0, 0.1)}
SIDE_SHIFTS = {"stance": 0.0, "swing": 0.0}  # rad
# A foot at the extrapolated centre of mass (Hof, Hum Mov Sci 2008) is off the other one by d + v / sqrt(g / L).
FRONTAL = (
    ("roll_PG", "1/rad", 2.0),
    ("roll_DG", "s/rad", 0.3),
    ("HAB_FG", "", 0.2),
    ("HAB_HFL", "", 1.4),
    ("HAB_GLU", "", 0.1),
    ("side_d", "rad/m", 0.3),
    ("side_v", "rad·s/m", 0.35),
    ("yaw_PG", "1/rad", 1.0),
    ("yaw_DG", "s/rad", 0.1),
    ("turn_push", "1/rad", 0.5),
    ("turn_side", "", 0.1),
    ("drift_side", "rad·s/m", 0.1),
)


def guided_muscles(dimensions: int) -> tuple[str, ...]:
    """Return the muscles that are driven, in the order of the parameters."""
    return tuple(name for name in MUSCLE_NAMES if dimensions == 3 or name not in FRONTAL_MUSCLES)


def entries(control: ControlConfig, dimensions: int) -> Entries:
    """Return what the controller of a configuration adds to the search vector, in 2 or 3 dimensions.

    Raises:
        HumanSpeedError: for a speed at which nobody was measured.
    """
    return guided_entries(dimensions, speed_of(control))


def speed_of(control: ControlConfig) -> float:
    """Return the speed of the pattern, m/s."""
    return SPEED if control.speed is None else control.speed


def guided_entries(dimensions: int, speed: float = SPEED) -> Entries:
    """Return layout, parameters and start; arguments as those of the controller."""
    rows = [
        _gain("clock_period", "", PERIOD, 0.5, 2.0),
        _shift("clock_reset", "", RESET, 1.0, 0.0, 1.0),
        _shift("clock_cross", "", CROSS, 1.0, 0.0, 1.0),
    ]
    for muscle in guided_muscles(dimensions):
        rows.append(_gain(f"activity_{muscle}", "", ACTIVITY[muscle], 0.0, _MAX_ACTIVITY))
        rows.append(_shift(f"lead_{muscle}", "s", LEAD, _LEAD_STEP, -_MAX_LEAD, _MAX_LEAD))
    for muscle, joint, _ in PAIRS:
        name = JOINT_NAMES[joint]
        for phase in ("stance", "swing"):
            stretch, rate = STRETCH[name, phase]
            share = SHARES.get((muscle, name, phase), 1.0)
            rows.append(_gain(f"{muscle}_{name}_{phase}_PG", "1/rad", float(f"{share * stretch:.2g}")))
            rows.append(_gain(f"{muscle}_{name}_{phase}_DG", "s/rad", rate))
    rows += [_shift(f"{j}_shift", "rad", SHIFTS[j], _SHIFT_STEP, -_MAX_SHIFT, _MAX_SHIFT) for j in JOINT_NAMES]
    rows.append(_shift("theta_tgt", "rad", THETA_TARGET, _TARGET_STEP, -_MAX_TARGET, _MAX_TARGET))
    rows += [_gain(name, unit, start) for name, unit, start in BALANCE]
    rows += [_gain(f"{muscle}_FG", "", FORCE[muscle]) for muscle in LOADED]
    if dimensions == 3:
        for muscle, _ in SIDE_PAIRS:
            for phase in ("stance", "swing"):
                stretch, rate = SIDE_STRETCH[phase]
                rows.append(_gain(f"{muscle}_adduction_{phase}_PG", "1/rad", stretch))
                rows.append(_gain(f"{muscle}_adduction_{phase}_DG", "s/rad", rate))
        rows += [
            _shift(f"adduction_{phase}_shift", "rad", start, _TARGET_STEP, -_MAX_TARGET, _MAX_TARGET)
            for phase, start in SIDE_SHIFTS.items()
        ]
        rows += [_gain(name, unit, start) for name, unit, start in FRONTAL]
    factors = guided_factors(guided_muscles(dimensions), JOINT_NAMES, LOADED)
    return Entries(".guided1", tuple(rows), is_idle, _start(speed, dimensions), factors)


def is_idle(name: str, gone: Collection[str]) -> bool:
    """Return whether a parameter does nothing in a leg without some muscles."""
    kind, _, muscle = name.partition("_")
    return kind in gone or (kind in ("activity", "lead") and muscle in gone)


def _start(speed: float, dimensions: int) -> tuple[tuple[str, float], ...]:
    """Return the posture and speed of the pattern where a walk begins, by names of `control.walk_start`."""
    pattern = make_pattern(speed)
    angle = pattern.angle
    start = [("pelvis_tilt", _START_PITCH), ("vel_pelvis_tx", speed)]
    for leg, phase in (("stance", STANCE_PHASE), ("swing", SWING_PHASE)):
        hip, knee, ankle = (read_curve(curve, phase) for curve in angle)
        start += [(f"hip_flexion_{leg}", hip), (f"knee_angle_{leg}", -knee), (f"ankle_angle_{leg}", ankle)]
        if dimensions == 3:
            start.append((f"hip_adduction_{leg}", read_curve(pattern.inward[0], phase)))
    return tuple(start)


def _gain(name: str, unit: str, start: float, low: float = 0.0, high: float = INF) -> Parameter:
    """Return a parameter whose raw value is the factor on its start value."""
    return Parameter(name, unit, start, 0.0, low / start, high / start, 1.0, GROUP)


def _shift(name: str, unit: str, start: float, step: float, low: float, high: float) -> Parameter:
    """Return a parameter whose raw value is 1 at the start and changes by 1 with a step."""
    offset = start - step
    return Parameter(name, unit, step, offset, (low - offset) / step, (high - offset) / step, 1.0, GROUP)
