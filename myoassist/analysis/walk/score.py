"""Score an evaluated walk against people: what it was asked for, what it was paid for, and which bounds it misses."""

from dataclasses import dataclass

from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.rl import RewardWeightsConfig
from myoassist.config.schema.run import CostConfig, RunConfig
from myoassist.cost.registry import built_in_terms
from myoassist.cost.targets import stage_3_terms
from myoassist.gait.leg_length import measure_leg_length
from myoassist.gait.score.card import robustness_gates, score_fields
from myoassist.gait.score.gate import Gate, gate_kind, judge_score
from myoassist.gait.score.robustness import Robustness
from myoassist.gait.score.score import ScoreTask, WalkScore, score_walk
from myoassist.model.build import Walker
from myoassist.rollout.log import WalkLog

# The body of the model library, and that of an own file.
OWN_FILE = "own file"
# Fields of `eval_score.json` that a cost term pays for.
_PAID: dict[str, tuple[str, ...]] = {
    "kinematics": ("channels.hip", "channels.knee", "channels.ankle"),
    "trunk": ("channels.trunk", "trunk_range_deg"),
    "velocity": ("speed_error_m_s",),
    "symmetry": ("knee_left_right_deg",),
    "grf": ("channels.grf",),
    "pain": ("knee_limit_nm",),
    "emg": ("emg_r",),
    "metabolic": ("cot_j_kg_m",),
    "effort": (),
    "hip_sd": ("channels.hip",),
    "knee_sd": ("channels.knee",),
    "ankle_sd": ("channels.ankle",),
    "grf_sd": ("channels.grf",),
    "grf_fore_aft_sd": ("grf_fore_aft",),
    "trunk_range": ("trunk_range_deg",),
    "trunk_lean": (),
    "lean": (),
    "first_contact": ("channels.grf",),
    "foot_clearance": (),
    "stance_knee_sd": ("stance_knee_flexion_deg",),
    "emg_shape": ("emg_r",),
    "calf_shape": ("emg_r",),
    "grf_peak": ("channels.grf",),
    "grf_over": ("channels.grf",),
    "cot": ("cot_j_kg_m",),
    "limit_torque": ("knee_limit_nm",),
    "activation_cubed": ("saturated",),
    "head_acceleration": (),
    "trunk_acceleration": (),
    "knee_symmetry": ("knee_left_right_deg",),
    "stride_time_sd": ("stride_time_sd_s",),
    "speed": ("speed_error_m_s",),
    "gates": (
        *(
            "channels.hip",
            "channels.knee",
            "channels.ankle",
            "channels.grf",
            "stance_knee_flexion_deg",
            "stance_percent",
        ),
        *(
            "pushoff_w_kg",
            "trunk_range_deg",
            "knee_limit_nm",
            "knee_left_right_deg",
            "emg_r",
            "saturated",
            "cot_j_kg_m",
        ),
        *("stride_length_m", "speed_error_m_s"),
    ),
}
_REWARDED: dict[str, tuple[str, ...]] = {
    "forward_reward": ("speed_error_m_s",),
    "average_velocity_per_step": ("speed_error_m_s",),
    "joint_constraint_force_penalty": ("knee_limit_nm",),
    "foot_force_penalty": ("channels.grf",),
}
_IMITATED = {"hip_flexion": "channels.hip", "knee_angle": "channels.knee", "ankle_angle": "channels.ankle"}


@dataclass(frozen=True)
class ScoredWalk:
    """A scored walk and its bounds.

    Attributes:
        score: The score.
        gates: Every bound with its value.
        robustness: What it withstands; None where not asked for.
    """

    score: WalkScore
    gates: tuple[Gate, ...]
    robustness: Robustness | None = None

    @property
    def card_gates(self) -> list[Gate]:
        """Every bound, those of its robustness at the end."""
        return [*self.gates, *(robustness_gates(self.robustness) if self.robustness is not None else [])]

    @property
    def content(self) -> dict:
        """Content of `eval_score.json`."""
        return score_fields(self.score, list(self.gates), self.robustness)


def score_evaluation(config: RunConfig, walker: Walker, log: WalkLog) -> ScoredWalk:
    """Score the walk of an evaluation.

    Args:
        config: What was evaluated; `cost.tgt_vel` is the speed that was asked for.
        walker: Its model.
        log: The walk.
    """
    plant = config.model.plant if walker.own else OWN_FILE
    task = ScoreTask(plant, config.cost.tgt_vel, measure_leg_length(walker), paid_figures(config), config.cost.people)
    score = score_walk(log, task)
    return ScoredWalk(score, tuple(judge_score(score, gate_kind(walker, config.task == "rl"))))


def paid_figures(config: RunConfig) -> tuple[str, ...]:
    """Return which fields of a score the search or the training of a walk was paid for."""
    found = _rewarded(config.env.reward_keys_and_weights) if config.task == "rl" else _paid(config.cost)
    return tuple(dict.fromkeys(found))


def _paid(cost: CostConfig) -> list[str]:
    target = find_target(cost)
    counted = [*stage_3_terms(cost), *(gate for gate in target.gates if gate in built_in_terms())]
    found: list[str] = []
    for name in counted:
        if cost.weights.get(name, 1.0) * target.terms.get(name, 1.0) == 0.0:
            continue
        if name == "trunk" and cost.trunk_err_type == "no_trunk":
            continue
        # Of a term of the user it is not known what it pays for.
        found += _PAID.get(name, (f"own term {name}",))
    return found


def _rewarded(weights: RewardWeightsConfig) -> list[str]:
    found = [field for name, fields in _REWARDED.items() if getattr(weights, name) != 0.0 for field in fields]
    joints = {**weights.qpos_imitation_rewards, **weights.qvel_imitation_rewards}
    for joint, field in _IMITATED.items():
        if any(name.startswith(joint) and weight for name, weight in joints.items()):
            found.append(field)
    return found
