"""The terms of graded targets, over the last strides of both legs and on the whole force of the ground on each foot.

Where a term says SD it is the distance of `gait.score.agreement`: the RMSE over the cycle divided by the root mean
square of people's standard deviation; mean of both legs.
"""

import numpy as np

from myoassist.cost.graded_walk import GradedWalk
from myoassist.cost.registry import graded_term
from myoassist.gait.energy import transport_cost
from myoassist.gait.foot_clearance import swing_clearances
from myoassist.gait.reference.human import GRAVITY, LOADING, within
from myoassist.gait.score.gate import judge_score
from myoassist.gait.score.score import ScoreTask, score_walk

# Speed error that costs nothing, m/s; the bound of a shipped walk is 0.03.
SPEED_TOLERANCE = 0.02
# Acceleration that costs nothing, g (Ong et al., PLoS Comput Biol 15:e1006993, 2019).
FREE_UP, FREE_FORWARD = 0.5, 0.25
# Distance of head and middle of the trunk from the pelvis, leg lengths (Winter, Biomechanics and Motor Control of Human
# Movement: hip at 0.53 of the stature, centre of the head at 0.94).
HEAD, TRUNK = 0.75, 0.35
# A walker slower than this, m/s, pays for its energy as if it walked this fast: energy per way has no end.
LEAST_SPEED = 0.1
# How far within the bounds a walk has to be to cost nothing, in ways from bound to goal.
GATE_MARGIN = 0.25
# When the heel is on the ground and the other leg still bears: people load the foot evenly in this time.
FIRST_CONTACT = (2, 8)
# Lean that costs nothing, deg.
FREE_LEAN_DEG = 5.0
# Clearance from which a foot in mid-swing costs nothing, mm: toes of people pass at 13 to 16 with an SD of 5 between
# people (Winter, Phys Ther 72:45, 1992; Begg et al., Gait Posture 25:191, 2007); shipped walks that withstand pushes
# and noise pass at 20.
FREE_CLEARANCE_MM = 20.0


@graded_term("hip_sd", unit="SD", people=True)
def hip_sd(walk: GradedWalk) -> float:
    """Distance of the hip angle from people at the target speed, its mean difference left out."""
    return walk.agreement["hip"].sd


@graded_term("knee_sd", unit="SD", people=True)
def knee_sd(walk: GradedWalk) -> float:
    """Distance of the knee angle from people at the target speed."""
    return walk.agreement["knee"].sd


@graded_term("ankle_sd", unit="SD", people=True)
def ankle_sd(walk: GradedWalk) -> float:
    """Distance of the ankle angle from people at the target speed."""
    return walk.agreement["ankle"].sd


@graded_term("grf_sd", unit="SD", people=True)
def grf_sd(walk: GradedWalk) -> float:
    """Distance of the vertical force on each foot from people at the target speed."""
    return walk.agreement["grf"].sd


@graded_term("grf_fore_aft_sd", unit="SD", people=True)
def grf_fore_aft_sd(walk: GradedWalk) -> float:
    """Distance of the fore-aft force on each foot from people at the target speed."""
    return walk.agreement["grf_fore_aft"].sd


@graded_term("trunk_range", unit="deg", people=True)
def trunk_range(walk: GradedWalk) -> float:
    """Range of the trunk lean over a stride beyond that of people."""
    own = np.mean([np.ptp(curve) for curve in walk.curves["trunk"]])
    return max(float(own - np.ptp(walk.people.curves["trunk"][0])), 0.0)


@graded_term("trunk_lean", unit="deg", people=True)
def trunk_lean(walk: GradedWalk) -> float:
    """Mean lean of the trunk more than 5 deg away from that of people."""
    return _free_lean(walk, walk.people.curves["trunk"][0].mean())


@graded_term("lean", unit="deg")
def lean(walk: GradedWalk) -> float:
    """Mean lean of the trunk more than 5 deg off the vertical, forward or back."""
    return _free_lean(walk, 0.0)


@graded_term("stance_knee_sd", unit="SD", people=True)
def stance_knee_sd(walk: GradedWalk) -> float:
    """Distance of the largest knee flexion between 4 and 30 % of the stride from people at the target speed."""
    mean, sd = walk.people.figures["stance_knee_flexion_deg"]
    largest = [curve[within(LOADING)].max() for curve in walk.curves["knee"]]
    return float(np.mean([abs(value - mean) for value in largest]) / sd)


@graded_term("emg_shape", unit="1", people=True)
def emg_shape(walk: GradedWalk) -> float:
    """1 - R of activation and EMG, mean of the five measured muscles; a muscle that never moves has R = 0."""
    found = [item.r or 0.0 for name, item in walk.agreement.items() if name.startswith("emg_")]
    return 1.0 - float(np.mean(found)) if found else 0.0


@graded_term("calf_shape", unit="1", people=True)
def calf_shape(walk: GradedWalk) -> float:
    """1 - R of activation and EMG of the gastrocnemius alone, which has a bound of its own."""
    found = walk.agreement.get("emg_gastrocnemius")
    return 1.0 - (found.r or 0.0) if found is not None else 0.0


@graded_term("grf_peak", unit="body weight", people=True)
def grf_peak(walk: GradedWalk) -> float:
    """Peak of the vertical force above people's mean first peak + 1 SD, mean over the strides of both legs."""
    mean, sd = walk.people.figures["grf_peak1_bw"]
    return float(np.maximum(walk.force_peaks - (mean + sd), 0.0).mean())


@graded_term("first_contact", unit="body weight", people=True)
def first_contact(walk: GradedWalk) -> float:
    """Vertical force from 2 to 8 % of the stride above people's mean + 1 SD there, the most; mean of both legs."""
    mean, sd = walk.people.curves["grf"]
    early = within(FIRST_CONTACT)
    return float(np.mean([max((curve - mean - sd)[early].max(), 0.0) for curve in walk.curves["grf"]]))


@graded_term("foot_clearance", unit="mm")
def foot_clearance(walk: GradedWalk) -> float:
    """What the foot in mid-swing is lower above the ground than 20 mm, mean over the strides of both legs."""
    lowest = 1000.0 * swing_clearances(walk.log, walk.strides, walk.feet)
    return float(np.clip(FREE_CLEARANCE_MM - lowest, 0.0, 2.0 * FREE_CLEARANCE_MM).mean())


@graded_term("grf_over", unit="body weight")
def grf_over(walk: GradedWalk) -> float:
    """Peak of the vertical force above `cost.tgt_grf_th`, mean over the strides of both legs."""
    return float(np.maximum(walk.force_peaks - walk.config.tgt_grf_th, 0.0).mean())


@graded_term("cot", unit="J/(kg·m)")
def cot(walk: GradedWalk) -> float:
    """Gross cost of transport, `umberger_060` (Umberger 2010, Uchida 2016, 0.60 MPa), per kg with the device."""
    if walk.log.layout.f_max is None:
        return 0.0
    way = max(float(np.hypot(*walk.displacement)), LEAST_SPEED * walk.duration)
    return transport_cost(walk.log, "umberger_060", walk.window.first, walk.window.last, way, moved=True)


@graded_term("limit_torque", unit="(N·m)²")
def limit_torque(walk: GradedWalk) -> float:
    """Mean squared torque of ligaments and stops, summed over hips, knees and ankles of both legs."""
    return float(np.square(walk.log.limit_torque[walk.window.samples]).sum(axis=(1, 2)).mean())


@graded_term("activation_cubed", unit="1")
def activation_cubed(walk: GradedWalk) -> float:
    """Mean cubed activation of all muscles."""
    return float((walk.log.activation[walk.window.samples] ** 3).mean())


@graded_term("head_acceleration", unit="g")
def head_acceleration(walk: GradedWalk) -> float:
    """Mean acceleration of the head beyond 0.5 g up or down plus that beyond 0.25 g forward or back."""
    return _beyond(walk.acceleration(HEAD * walk.plan.leg_length))


@graded_term("trunk_acceleration", unit="g")
def trunk_acceleration(walk: GradedWalk) -> float:
    """The same of the middle of the trunk."""
    return _beyond(walk.acceleration(TRUNK * walk.plan.leg_length))


@graded_term("knee_symmetry", unit="deg")
def knee_symmetry(walk: GradedWalk) -> float:
    """Root mean square difference of the mean knee curves of both legs, each from its own heel strike."""
    right, left = walk.curves["knee"]
    return float(np.sqrt(np.mean((right - left) ** 2)))


@graded_term("stride_time_sd", unit="s")
def stride_time_sd(walk: GradedWalk) -> float:
    """Standard deviation of the stride time, mean of both legs."""
    return float(np.mean([times.std(ddof=1) if len(times) > 1 else 0.0 for times in walk.strides.times(walk.log.dt)]))


@graded_term("gates", unit="steps", people=True)
def gates(walk: GradedWalk) -> float:
    """Sum over the bounds of a shipped walk of what is missing to a point a quarter of the way from bound to goal."""
    task = ScoreTask("", walk.config.tgt_vel, walk.plan.leg_length, people=walk.config.people)
    judged = judge_score(score_walk(walk.log, task), walk.plan.kind)
    return float(sum(gate.shortfall(GATE_MARGIN) for gate in judged))


@graded_term("speed", unit="m/s")
def speed(walk: GradedWalk) -> float:
    """Distance of the mean velocity from straight walking at `cost.tgt_vel`, beyond 0.02 m/s."""
    forward, left = walk.displacement / walk.duration
    return max(float(np.hypot(forward - walk.config.tgt_vel, left)) - SPEED_TOLERANCE, 0.0)


def _free_lean(walk: GradedWalk, wanted: float) -> float:
    """Return how far the mean lean of the trunk is away from the wanted one, deg, beyond what costs nothing."""
    own = np.mean([curve.mean() for curve in walk.curves["trunk"]])
    return max(float(abs(own - wanted)) - FREE_LEAN_DEG, 0.0)


def _beyond(acceleration: np.ndarray) -> float:
    forward, up = np.abs(acceleration / GRAVITY).T
    return float((np.maximum(up - FREE_UP, 0.0) + np.maximum(forward - FREE_FORWARD, 0.0)).mean())
