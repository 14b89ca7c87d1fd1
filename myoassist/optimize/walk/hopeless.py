"""Give a walk up in which nobody would see a walk any more."""

from myoassist.config.schema.draws import DrawsConfig
from myoassist.cost.graded import LONGEST_STEP
from myoassist.gait.events import find_heel_strikes
from myoassist.rollout.log import WalkLog
from myoassist.rollout.run_loop import Doubt

# Share of the way at the target speed that a walk must have made.
LEAST_WAY = 0.3


def plan_doubt(config: DrawsConfig, speed: float, dt: float) -> Doubt | None:
    """Return when and by which rule walks are given up; None where `cost.hopeless_time` is null.

    Args:
        config: The cost section.
        speed: Slowest target speed that the walk is judged by, m/s.
        dt: Control interval, s.
    """
    if config.hopeless_time is None:
        return None

    def explain(log: WalkLog) -> str:
        time = log.n_steps * log.dt
        way = float(log.pelvis_pos_w[-1, 0])
        if not way >= LEAST_WAY * speed * time:
            return f"given up after {time:.2f} s: {way:.2f} m on the way"
        strikes = find_heel_strikes(log)
        ends = [samples[-1] * log.dt if len(samples) else 0.0 for samples in (strikes.right, strikes.left)]
        if time - min(ends) > LONGEST_STEP:
            return f"given up after {time:.2f} s: one foot has not struck the ground for {time - min(ends):.2f} s"
        return ""

    return Doubt(round(config.hopeless_time / dt), explain)
