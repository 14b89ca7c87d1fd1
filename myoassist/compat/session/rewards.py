"""Rewards of published RL sessions: their version, and joint weights that count once or twice."""

from collections.abc import Mapping
from typing import Any

from myoassist.compat.draft import Draft
from myoassist.compat.session_file import Session
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.rl import BASE_ENV, LUMBAR, REWARDS_KEY

VERSIONS = ("clean", "compat_b", "compat_a")
_JOINTS = ("qpos_imitation_rewards", "qvel_imitation_rewards")
_END_EFFECTOR = "end_effector_imitation_reward"
_END_EFFECTOR_DEFAULT = 0.3


def map_rewards(session: Session, chosen: str | None, draft: Draft) -> None:
    """Map weights and the version of the reward.

    Args:
        session: The session; a log beside it tells which form of the foot force it was trained with.
        chosen: Version that the user asks for; None takes what the session or its log says, else compat_b.
        draft: Changed in place.
    """
    env = session.content["env_params"]
    version = _choose_version(session, chosen, draft)
    draft.put("env.reward_version", version, f"reward {version}")
    weights = env.get("reward_keys_and_weights") or {}
    imitates = env.get("env_id") != BASE_ENV
    ours = session.content.get("model") is not None
    for name, value in weights.items():
        if name == "comment" or name in (*_JOINTS, _END_EFFECTOR):
            continue
        if f"{REWARDS_KEY}.{name}" not in run_keys():
            draft.lack(f"reward_keys_and_weights.{name} {value}", "there is no such term here")
        elif value is None:
            draft.remarks.append(f"reward_keys_and_weights.{name} null: the default instead")
        else:
            draft.put(f"{REWARDS_KEY}.{name}", value, f"{name} {value}")
    if not imitates:
        return
    for name in _JOINTS:
        _map_joints(
            name, weights.get(name) or {}, env, version, once=ours and env.get("reward_version") == "clean", draft=draft
        )
    _map_end_effector(weights.get(_END_EFFECTOR, 0.0 if ours else _END_EFFECTOR_DEFAULT), version, ours, draft)


def _choose_version(session: Session, chosen: str | None, draft: Draft) -> str:
    stored = session.content["env_params"].get("reward_version")
    if stored in VERSIONS and chosen is None:
        return str(stored)
    if session.reward is not None and chosen in (None, session.reward):
        form = "pays for light feet (the older form)" if session.reward == "compat_a" else "is a penalty"
        draft.remarks.append(f"reward {session.reward}: the foot force in the log beside it {form}")
        return session.reward
    if chosen is None:
        draft.remarks.append(
            "reward compat_b: no log tells which form of the foot force was trained with; checkpoints that were "
            "published are of the older one: env.reward_version=compat_a, or --reward compat_a of an import; clean "
            "counts every weight once"
        )
        return "compat_b"
    if session.reward is not None and chosen != "clean":
        draft.remarks.append(f"reward {chosen} as asked for, although the log beside it tells {session.reward}")
    if chosen == "clean" and session.reward == "compat_a":
        draft.remarks.append(
            "reward clean: the foot force is a penalty, which was a bonus when the session was trained"
        )
    return chosen


def _map_joints(
    name: str, weights: Mapping[str, Any], env: Mapping[str, Any], version: str, once: bool, draft: Draft
) -> None:
    """Map the weights of joints; the published reward counts them twice, once each and once as their sum."""
    joints = {joint: value for joint, value in weights.items() if joint != "comment"}
    if LUMBAR in joints and not env.get("enable_lumbar_joint", False):
        draft.lack(f"{name}.{LUMBAR} {joints.pop(LUMBAR)}", "the lumbar joint is fixed")
    wrong = [joint for joint, value in joints.items() if not isinstance(value, int | float) or isinstance(value, bool)]
    for joint in wrong:
        draft.lack(f"{name}.{joint} {joints.pop(joint)}", "expected a number")
    if not joints:
        return
    total = float(sum(joints.values()))
    if version == "clean" and not once:
        if name == _JOINTS[0] and any(value == 0 for value in joints.values()):
            # Here joints without a weight end no episode.
            draft.put("env.out_of_trajectory_joint_keys", list(joints), "joints of the trajectory test")
        joints = {joint: round(value * total, 12) for joint, value in joints.items()}
        draft.remarks.append(f"{name}: times their sum, {total:g}, which the published reward multiplies them by again")
    elif version != "clean" and total not in (0.0, 1.0):
        effective = ", ".join(f"{joint} {value * total:.4g}" for joint, value in joints.items() if value)
        draft.remarks.append(f"{name}: this version of the reward multiplies them by their sum, in effect {effective}")
    draft.put(f"{REWARDS_KEY}.{name}", {joint: float(value) for joint, value in joints.items()}, name)


def _map_end_effector(weight: Any, version: str, ours: bool, draft: Draft) -> None:
    if not weight:
        return
    if version == "clean" and not ours:
        draft.lack(f"{_END_EFFECTOR} {weight}", "a constant in the published reward; here the term is a real error")
        return
    draft.put(f"{REWARDS_KEY}.{_END_EFFECTOR}", weight, f"{_END_EFFECTOR} {weight}")
    if not ours:
        draft.remarks.append(f"{_END_EFFECTOR} {weight}: a constant in this version of the reward")
