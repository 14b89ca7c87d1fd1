"""Springs and dampers that hold the pelvis upright and at speed, for the first stages of a search.

A walker whose gains are nothing yet falls within a step, whatever direction its gains are changed in; one that is held
shows which change walks better. As the holding fades the controller takes over: virtual assistance as a curriculum (Yu
et al., ACM TOG 37:144, 2018). All of it is in the model, so that a walk is repeated from model and start alone.
"""

import mujoco
import numpy as np

from myoassist.model.layout import Layout

# Of a support of 1: what keeps a falling trunk of 55 kg up, and pulls the whole body along.
SPEED_DAMPING = 150.0  # N·s/m
TILT_STIFFNESS, TILT_DAMPING = 400.0, 40.0  # N·m/rad, N·m·s/rad
TURN_STIFFNESS, TURN_DAMPING = 200.0, 20.0  # N·m/rad, N·m·s/rad
UPRIGHT = np.deg2rad(-3.0)  # Pelvis of a walking person, leaning forward.
# So far ahead hangs the weak spring that pulls forward that its force does not change on the way.
_FAR = 1e6  # m
# Columns of `Layout.qpos_root`.
_FORWARD, _SIDEWAYS, _TILT, _LIST, _TURN = 0, 2, 3, 4, 5


def hold_pelvis(model: mujoco.MjModel, layout: Layout, share: float) -> None:
    """Add springs and dampers to the joints of the pelvis of a compiled model.

    Args:
        model: Model, which is changed.
        layout: Its addresses.
        share: How strongly it is held, 0 to 1.
    """
    address = {int(a): i for i, a in enumerate(model.jnt_qposadr)}
    for column, stiffness, damping, rest in (
        (_TILT, TILT_STIFFNESS, TILT_DAMPING, UPRIGHT),
        (_LIST, TILT_STIFFNESS, TILT_DAMPING, 0.0),
        (_TURN, TURN_STIFFNESS, TURN_DAMPING, 0.0),
        (_SIDEWAYS, 0.0, SPEED_DAMPING, 0.0),
        (_FORWARD, 0.0, SPEED_DAMPING, 0.0),
    ):
        joint = address.get(int(layout.qpos_root[column]))
        # A planar walker has no sideways joints.
        if joint is None:
            continue
        model.jnt_stiffness[joint] += stiffness * share
        model.dof_damping[model.jnt_dofadr[joint]] += damping * share
        if stiffness:
            model.qpos_spring[model.jnt_qposadr[joint]] = rest


def pull_forward(model: mujoco.MjModel, layout: Layout, share: float, speed: float) -> None:
    """Let the damper of a held pelvis pull it to a speed, m/s; setting it again replaces what was set."""
    joint = [int(a) for a in model.jnt_qposadr].index(int(layout.qpos_root[_FORWARD]))
    model.jnt_stiffness[joint] = SPEED_DAMPING * share * speed / _FAR
    model.qpos_spring[model.jnt_qposadr[joint]] = _FAR
