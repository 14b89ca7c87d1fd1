"""Draw the passive torque of every joint of the human plant over its range, beside the curves it is made after.

    python scripts/dev/body/joint_torques.py docs/images/joint_torques.png

Blue is what holds a joint of the compiled model still, other joints in the middle of their range; the share of passive
fibres is what the muscles without activation add at a straight leg.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import mujoco
import numpy as np

from myoassist.config.schema.plant import NEWEST_HUMAN
from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import Walker, build_walker
from myoassist.model.plant.joints import LIGAMENTS, TOES, anatomical_signs
from myoassist.rollout.muscle.tendon import make_fibres, settle_physics

RANGES_DEG = {
    "hip_flexion": (-40.0, 125.0),
    "knee_angle": (-6.0, 140.0),
    "ankle_angle": (-60.0, 36.0),
    "mtp_angle": (-20.0, 70.0),
}
TITLES = {
    "hip_flexion": "hip flexion",
    "knee_angle": "knee flexion",
    "ankle_angle": "dorsiflexion",
    "mtp_angle": "toes",
}


def measured_moment(joint: str, angle: np.ndarray) -> np.ndarray | None:
    """Return the whole passive moment of a straight leg after Riener & Edrich 1999, in the direction of the angle."""
    if joint == "hip_flexion":
        return np.exp(1.4655 - 0.0750 * angle) - np.exp(1.3403 + 0.0305 * angle) + 8.072
    if joint == "knee_angle":
        bent = np.exp(1.800 - 0.0352 * angle) - np.exp(-3.971 + 0.0495 * angle)
        return bent - 4.820 + np.exp(2.220 - 0.150 * angle)
    if joint == "ankle_angle":
        return np.exp(-7.9763 - 0.1949 * angle) - np.exp(2.1016 + 0.0843 * angle) + 1.792
    return None


def passive_torques(walker: Walker, joint: str, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the torque of ligaments and springs, and that of fibres without activation, N·m."""
    model, data = walker.model, mujoco.MjData(walker.model)
    fibres = make_fibres(walker, data.userdata)
    signs = anatomical_signs(model, walker.init_pose, walker.device)
    name = f"{joint}_r"
    springs, muscles = [], []
    for angle in angles:
        mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
        data.qvel[:] = 0.0
        for other in signs:
            data.qpos[model.joint(other).qposadr[0]] = 0.0
        data.qpos[model.joint(name).qposadr[0]] = signs[name] * np.deg2rad(angle)
        data.act[:] = 0.0
        mujoco.mj_forward(model, data)
        settle_physics(model, data, fibres)
        dof = model.joint(name).dofadr[0]
        springs.append(signs[name] * data.qfrc_spring[dof])
        muscles.append(signs[name] * data.qfrc_actuator[dof])
    return np.array(springs), np.array(muscles)


def main(picture: Path) -> None:
    """Draw the picture."""
    walker = build_walker(ModelConfig(plant=NEWEST_HUMAN, physics="fast"), EnvConfig())
    figure, axes = plt.subplots(1, 4, figsize=(12, 3.2), constrained_layout=True)
    for axis, (joint, limits) in zip(axes, RANGES_DEG.items(), strict=True):
        angles = np.linspace(*limits, 120)
        springs, muscles = passive_torques(walker, joint, angles)
        axis.plot(angles, springs, color="tab:blue", lw=2, label="model: ligaments")
        wanted = -TOES.torque(angles) if joint == "mtp_angle" else np.zeros_like(angles)
        for item in LIGAMENTS:
            if item.joint == joint:
                wanted -= item.direction * item.curve(angles)
        axis.plot(angles, wanted, "k--", lw=1, label="curves made after")
        axis.plot(angles, springs + muscles, color="tab:orange", lw=1, label="with passive fibres")
        whole = measured_moment(joint, angles)
        if whole is not None:
            axis.plot(angles, whole, color="tab:green", lw=1, label="people (Riener & Edrich)")
        size = 1.2 * max(np.abs(springs).max(), 30.0)
        axis.set_ylim(-size, size)
        axis.axhline(0.0, color="0.8", lw=0.5)
        axis.set_xlabel(f"{TITLES[joint]}, deg")
    axes[0].set_ylabel("torque towards flexion, N·m")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[0].legend(dict(zip(labels, handles, strict=True)).values(), dict.fromkeys(labels), fontsize=7)
    figure.savefig(picture, dpi=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
