"""What terms of graded targets are computed from: the last strides of both legs, by the whole force on each foot."""

from functools import cached_property

import numpy as np

from myoassist.config.schema.run import CostConfig
from myoassist.cost.judged_walk import CostPlan, JudgedWalk
from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.foot_clearance import FootShape
from myoassist.gait.leg_strides import LegStrides, emg_signals, motion_signals
from myoassist.gait.reference.human import GRAVITY, HumanReference
from myoassist.gait.score.agreement import Agreement, agree
from myoassist.gait.strides import GaitWindow
from myoassist.rollout.log import WalkLog


class GradedWalk(JudgedWalk):
    """A walk with strides of both legs, and what terms share about it.

    Attributes:
        strides: Its last strides, by leg; `window` runs over those of the left leg.
    """

    def __init__(self, log: WalkLog, strides: LegStrides, config: CostConfig, plan: CostPlan) -> None:
        super().__init__(log, _cut(strides), config, plan)
        self.strides = strides

    @property
    def people(self) -> HumanReference:
        """People at the target speed."""
        assert self.plan.people is not None
        return self.plan.people

    @property
    def feet(self) -> FootShape:
        """Shape of the feet of the walker."""
        assert self.plan.feet is not None
        return self.plan.feet

    @cached_property
    def curves(self) -> dict[str, list[np.ndarray]]:
        """Mean stride of each leg (r, l) by the names of `human_reference`, each of shape (51,)."""
        signals = motion_signals(self.log) | emg_signals(self.log)
        by_leg = []
        for leg in (RIGHT, LEFT):
            by_leg.append(self.strides.mean_curves(np.stack([v[:, leg] for v in signals.values()], axis=1), leg))
        return {name: [curves[:, i] for curves in by_leg] for i, name in enumerate(signals)}

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """Distance of the curves from people."""
        return agree(self.curves, self.people)

    @cached_property
    def force_peaks(self) -> np.ndarray:
        """Largest vertical force of each stride of both legs, body weights, shape (strides of both,)."""
        force = self.log.ground_force_w[:, :, 2] / (self.log.mass * GRAVITY)
        # The strides of a leg follow each other without a gap.
        legs = zip(self.strides.starts, self.strides.stops, strict=True)
        peaks = [np.maximum.reduceat(force[: stops[-1], leg], starts) for leg, (starts, stops) in enumerate(legs)]
        return np.concatenate(peaks)

    def acceleration(self, height: float) -> np.ndarray:
        """Return the acceleration of a point of the upper body, forward and up, shape (samples - 2, 2), m/s².

        Args:
            height: Its distance from the pelvis along the trunk, m; the upper body is rigid in these models.
        """
        pitch, pelvis = self.log.trunk_pitch[self.window.whole], self.log.pelvis_pos_w[self.window.whole]
        point = np.stack([pelvis[:, 0] + height * np.sin(pitch), pelvis[:, 2] + height * np.cos(pitch)], axis=1)
        return np.diff(point, n=2, axis=0) / self.log.dt**2


def _cut(strides: LegStrides) -> GaitWindow:
    starts, stops = strides.starts[LEFT], strides.stops[LEFT]
    first, last = int(starts[0]), int(stops[-1])
    right = np.append(strides.starts[RIGHT], strides.stops[RIGHT][-1:])
    left = np.append(starts, stops[-1:])
    return GaitWindow(first, last, left, right[(right >= first) & (right <= last)], starts, stops)
