"""Refuse actuators of foreign models that are not what the controllers take them for: muscles, and torque motors."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.schema.run import ExoConfig
from myoassist.files.errors import ModelError
from myoassist.model.devices.table import TORQUE_CONTROLLERS
from myoassist.model.layout import LEG_JOINTS, SIDES, Layout
from myoassist.model.plant.transmission import MIN_ARM

# Motors that a torque curve drives are called so in every published model.
EXO_PREFIX = "exo_"
# With a lag or without; an integrator holds what it was told last.
_PLAIN_DYNAMICS = (mujoco.mjtDyn.mjDYN_NONE, mujoco.mjtDyn.mjDYN_FILTER, mujoco.mjtDyn.mjDYN_FILTEREXACT)
_GAIN, _BIAS = mujoco.mjtGain.mjGAIN_MUSCLE, mujoco.mjtBias.mjBIAS_MUSCLE
_F_MAX, _SCALE = 2, 3  # places in the gain parameters of a muscle


@dataclass(frozen=True)
class _Fault:
    """One thing that is wrong with an actuator.

    Attributes:
        actuator: Its name.
        found: What it is.
        expected: What it should be.
        remedy: What to write into the file.
    """

    actuator: str
    found: str
    expected: str
    remedy: str


def check_actuators(model: mujoco.MjModel, layout: Layout, name: str, exo: ExoConfig | None) -> None:
    """Refuse a foreign model whose muscles are none, or whose exo is no torque motor that can assist.

    Args:
        model: Compiled model, scaled.
        layout: Its addresses.
        name: How messages call it.
        exo: Exo controller; None or one without a torque curve leaves open how far the motors reach.

    Raises:
        ModelError: naming the first actuator that is wrong, how many more there are, and what to write instead.
    """
    muscles = np.unique(layout.muscle_group[layout.muscle_group >= 0])
    _raise_first(_collect(muscles, lambda i: _judge_muscle(model, i)), name)
    names = [model.actuator(i).name for i in range(model.nu)]
    motors = {i for i in range(model.nu) if names[i].lower().startswith(EXO_PREFIX)} | set(layout.exo.tolist()) - {-1}
    _raise_first(_collect(sorted(motors), lambda i: _judge_motor(model, i)), name)
    if exo is not None and exo.controller in TORQUE_CONTROLLERS:
        _raise_first([fault for row in range(2) if (fault := _judge_reach(model, layout, row, exo)) is not None], name)
    _warn_of_servos(model, motors)


def check_control_ranges(model: mujoco.MjModel, actuators: np.ndarray) -> None:
    """Refuse actuators that a policy cannot drive because the file gives them no control range.

    Args:
        model: Compiled model.
        actuators: Ids of those that the policy drives.

    Raises:
        ModelError: naming the first one.
    """
    for actuator in actuators:
        name = model.actuator(int(actuator)).name
        low, high = model.actuator_ctrlrange[actuator]
        if not model.actuator_ctrllimited[actuator] or not low < high or not np.isfinite([low, high]).all():
            raise ModelError(
                f"the actuator {name} has no control range that a policy could drive it over",
                "a lower and a higher end: actions from -1 to 1 are spread over it",
                f'ctrlrange="{"0 1" if model.actuator_dyntype[actuator] == mujoco.mjtDyn.mjDYN_MUSCLE else "-1 1"}" '
                'ctrllimited="true" in the file of the model',
            )


def _collect(actuators: "np.ndarray | list[int]", judge: Callable[[int], _Fault | None]) -> list[_Fault]:
    return [fault for i in actuators if (fault := judge(int(i))) is not None]


def _raise_first(faults: list[_Fault], name: str) -> None:
    if not faults:
        return
    first = faults[0]
    others = [fault.actuator for fault in faults[1:]]
    more = f" (and {', '.join(others[:6])}{' ...' if len(others) > 6 else ''})" if others else ""
    raise ModelError(
        f"the model ({name}): the actuator {first.actuator}{more} {first.found}", first.expected, first.remedy
    )


def _judge_muscle(model: mujoco.MjModel, i: int) -> _Fault | None:
    name, f_max = model.actuator(i).name, float(model.actuator_gainprm[i, _F_MAX])
    kinds = (model.actuator_dyntype[i], model.actuator_gaintype[i], model.actuator_biastype[i])
    wanted = (mujoco.mjtDyn.mjDYN_MUSCLE, _GAIN, _BIAS)
    if kinds != wanted:
        words = ("dyntype", mujoco.mjtDyn), ("gaintype", mujoco.mjtGain), ("biastype", mujoco.mjtBias)
        shown = " ".join(f"{word}={_word(kind(int(value)))}" for (word, kind), value in zip(words, kinds, strict=True))
        return _Fault(
            name,
            f"is no muscle: {shown}",
            "activation dynamics and the force of a muscle: dyntype, gaintype and biastype all muscle",
            f'<muscle name="{name}" tendon="..." force="..."/> or class= of the other muscles in the file',
        )
    if not np.isfinite(f_max) or f_max < 0.0:
        own = float(model.actuator_gainprm[i, _SCALE] / model.actuator_acc0[i]) if model.actuator_acc0[i] > 0 else 0.0
        return _Fault(
            name,
            f"has a peak force of {f_max:g} N"
            + (", which leaves it to MuJoCo's guess from the inertia" if np.isfinite(f_max) else ""),
            "a finite peak force, 0 or more: the controller reads muscle forces as shares of it",
            f'force="{own:.4g}" (what MuJoCo guesses), better the force of the muscle' if own else 'force="..."',
        )
    low, high = model.actuator_ctrlrange[i]
    if model.actuator_ctrllimited[i] and (low, high) != (0.0, 1.0):
        return _Fault(
            name,
            f"has the control range {low:g} to {high:g}",
            "excitation from 0 to 1",
            'ctrlrange="0 1"',
        )
    return None


def _judge_motor(model: mujoco.MjModel, i: int) -> _Fault | None:
    """Judge what holds whoever drives it: force = gain times control, and none at rest."""
    name = model.actuator(i).name
    dynamics, gain, bias = model.actuator_dyntype[i], model.actuator_gaintype[i], model.actuator_biastype[i]
    held = bias != mujoco.mjtBias.mjBIAS_NONE and np.any(model.actuator_biasprm[i, :3])
    if held or dynamics not in _PLAIN_DYNAMICS or gain != mujoco.mjtGain.mjGAIN_FIXED:
        stiffness, damping = -model.actuator_biasprm[i, 1:3]
        what = (
            f"a position servo (stiffness {stiffness:g}), which holds its joint at any control"
            if held and stiffness
            else f"a velocity servo or damper ({damping:g}), which brakes its joint at any control"
            if held and damping
            else f"dyntype={_word(mujoco.mjtDyn(int(dynamics)))} gaintype={_word(mujoco.mjtGain(int(gain)))} "
            f"biastype={_word(mujoco.mjtBias(int(bias)))}"
        )
        return _Fault(
            name, f"is no torque motor but {what}", "force = gain times control, 0 at 0", _motor_line(model, i)
        )
    low, high = model.actuator_ctrlrange[i]
    if model.actuator_ctrllimited[i] and not low <= 0.0 <= high:
        return _Fault(
            name,
            f"has the control range {low:g} to {high:g}, so that it never lets go",
            "a range that holds 0",
            _motor_line(model, i),
        )
    return None


def _judge_reach(model: mujoco.MjModel, layout: Layout, row: int, exo: ExoConfig) -> _Fault | None:
    """Judge whether the motor of a leg can do what the torque curve asks of it."""
    i, side, coordinate = int(layout.exo[row]), SIDES[row], LEG_JOINTS[layout.exo_joint]
    joint, right = f"{coordinate}_{side}", f"Exo_{side.upper()}"
    asked = f"exo.controller={exo.controller} drives {joint} by up to {exo.max_torque:g} N·m"
    line = _new_motor(right, joint, int(layout.exo_direction[row]))
    if i < 0:
        return _Fault(right, "does not exist", asked, f"{line} in the file, or exo=none")
    name = model.actuator(i).name
    kinds = (mujoco.mjtTrn.mjTRN_JOINT, mujoco.mjtTrn.mjTRN_JOINTINPARENT)
    if model.actuator_trntype[i] in kinds and model.joint(int(model.actuator_trnid[i, 0])).name != joint:
        return _Fault(name, f"drives {model.joint(int(model.actuator_trnid[i, 0])).name}", asked, line)
    arm = float(layout.exo_arm[row, 0])
    if abs(arm) < MIN_ARM:
        return _Fault(name, f"has no lever arm on {joint} ({arm:g})", asked, f"{line}, or exo=none")
    # Torque in the direction of the assistance, per control.
    gain = float(model.actuator_gainprm[i, 0])
    slope = float(layout.exo_direction[row]) * arm * gain
    ends = model.actuator_ctrlrange[i] if model.actuator_ctrllimited[i] else np.array([-np.inf, np.inf])
    torque = 0.0 if slope == 0.0 else float(np.max(slope * ends))
    if model.actuator_forcelimited[i]:
        forces = float(layout.exo_direction[row]) * arm * model.actuator_forcerange[i]
        torque = min(torque, float(np.max(forces)))
    if not np.isfinite(gain) or not torque >= exo.max_torque * (1.0 - 1e-9):
        return _Fault(
            name,
            f"reaches {max(torque, 0.0) + 0.0:.4g} N·m of assistance (gain {gain:g}, "
            f"gear {model.actuator_gear[i, 0]:g}, control range {ends[0]:g} to {ends[1]:g})",
            asked,
            f"exo.max_torque={torque:.4g}, or {line}" if torque > 0.0 else f"{line}, or exo=none",
        )
    return None


def _motor_line(model: mujoco.MjModel, i: int) -> str:
    """Return what to write for a motor in place of what is there."""
    name = model.actuator(i).name
    side = "r" if name.lower().endswith("r") else "l"
    joint = f"ankle_angle_{side}"
    if model.actuator_trntype[i] == mujoco.mjtTrn.mjTRN_JOINT:
        joint = model.joint(int(model.actuator_trnid[i, 0])).name
    return _new_motor(name, joint, -1 if joint.startswith("ankle") else 1)


def _new_motor(name: str, joint: str, direction: int) -> str:
    reach = "-1 0" if direction < 0 else "0 1"
    return f'<general name="{name}" joint="{joint}" gainprm="100" ctrlrange="{reach}" ctrllimited="true"/>'


def _word(kind: "mujoco.mjtDyn | mujoco.mjtGain | mujoco.mjtBias") -> str:
    return str(kind.name).partition("_")[2].lower()


def _warn_of_servos(model: mujoco.MjModel, motors: set[int]) -> None:
    """Say which other actuators pull without being told to; a file may mean them so."""
    servos = [
        model.actuator(i).name
        for i in range(model.nu)
        if i not in motors
        and model.actuator_biastype[i] == mujoco.mjtBias.mjBIAS_AFFINE
        and np.any(model.actuator_biasprm[i, :3])
    ]
    if servos:
        warnings.warn(
            f"servos in the model, which act on their joints also at a control of 0: {', '.join(servos)}",
            stacklevel=2,
        )
