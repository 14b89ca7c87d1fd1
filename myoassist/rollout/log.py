"""The record of one simulated walk: one flat array that compiled code fills, read through named columns."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from myoassist.control.channel import Channel
from myoassist.model.felt_load import GRAVITY_FOR_WEIGHT, TOUCH

SIDES = ("r", "l")
JOINTS = ("hip", "knee", "ankle")

# Columns of the flat log before the muscle blocks: name -> shape of one sample. Leg blocks are in the order of SIDES.
_FIXED_COLUMNS: dict[str, tuple[int, ...]] = {
    "time": (),
    "pelvis_pos_w": (3,),
    "pelvis_vel_heading": (2,),
    "trunk_pitch": (),
    "trunk_pitch_rate": (),
    "trunk_roll": (),
    "trunk_yaw": (),
    "pelvis_pitch": (),
    "pelvis_list": (),
    "pelvis_rotation": (),
    "joint_angle": (2, 3),
    "joint_velocity": (2, 3),
    "joint_moment": (2, 3),
    "hip_adduction": (2,),
    "hip_rotation": (2,),
    "joint_pos_w": (2, 3, 3),
    "limit_force": (2, 3),
    "limit_torque": (2, 3),
    "load_heel": (2,),
    "load_toes": (2,),
    "new_step": (2,),
    "exo_torque": (2,),
    "device_torque": (2, 3),
    "ground_force_w": (2, 3),
    "pressure_center_w": (2, 3),
    "toe_angle": (2,),
}

# Channels of the reflexes and of torque curves that figures read; all zero in a walk without these.
_ABSENT = {"phase_bits": (2,), "exo_percent": (2,)}
# Blocks with one column per muscle, behind the fixed ones.
_MUSCLE_COLUMNS = ("activation", "excitation", "muscle_force", "fiber_length", "fiber_velocity")


class Outcome(IntEnum):
    """How a simulated walk ended."""

    SURVIVED = 0
    FELL = 1
    INVALID_START = 2
    UNSTABLE = 3
    NAN_CONTROL = 4
    ERROR = 5


class LogLayout:
    """Place every logged quantity in the columns of a flat array.

    Args:
        muscle_names: Actuator names of the muscles, in model order.
        f_max: Peak isometric force of each muscle, N, shape (muscles,); None where unknown.
        optimal_length: Optimal fibre length of each muscle, m, shape (muscles,); None where unknown.
        human: Channels of the human controller.
        device: Channels of the device controller.
        muscles: Channels of the muscle model.
    """

    def __init__(
        self,
        muscle_names: tuple[str, ...],
        f_max: np.ndarray | None = None,
        optimal_length: np.ndarray | None = None,
        human: tuple[Channel, ...] = (),
        device: tuple[Channel, ...] = (),
        muscles: tuple[Channel, ...] = (),
    ) -> None:
        self.muscle_names = muscle_names
        self.f_max = f_max
        self.optimal_length = optimal_length
        shapes = dict(_FIXED_COLUMNS)
        for name in _MUSCLE_COLUMNS:
            shapes[name] = (len(muscle_names),)
        self.channels = (*human, *device, *muscles)
        shapes |= {channel.name: channel.shape for channel in self.channels}
        self.shapes = shapes
        self.offsets: dict[str, int] = {}
        column = 0
        for name, shape in shapes.items():
            self.offsets[name] = column
            column += int(np.prod(shape, dtype=int))
        self.size = column
        self.muscle_column = column - sum(channel.size for channel in muscles)
        self.device_column = self.muscle_column - sum(channel.size for channel in device)
        self.human_column = self.device_column - sum(channel.size for channel in human)

    def view(self, flat: np.ndarray, name: str) -> np.ndarray:
        """Return one quantity of a flat log as a view of shape `(samples, *shape)`."""
        start = self.offsets[name]
        shape = self.shapes[name]
        block = flat[:, start : start + int(np.prod(shape, dtype=int))]
        return block.reshape(flat.shape[0], *shape)


@dataclass(frozen=True)
class WalkLog:
    """Everything that cost, analysis and plots read about one simulated walk.

    One sample per control step, taken after that step's physics. `T` is the number of steps done.

    Attributes:
        layout: Columns of `flat`.
        flat: Samples, shape (T, layout.size).
        dt: Control interval, s.
        step_limit: Number of control steps that a survivor makes (int(sim_time / dt)).
        mass: Total mass of the model, device included, kg.
        outcome: How the walk ended.
        reason: One sentence for people when the outcome is not SURVIVED.
        slope_deg: Inclination of the ground as `env.slope_deg` says it, deg; `model.ground.ground` tells the true one.
        trunk_target: Trunk-lean target of the reflex controller, rad.
        sensing: Load that was felt, `model.sensing`.
        device_mass: Part of the mass that an exoskeleton is, kg.

    Named columns are read as attributes, each of shape (T, ...), legs in the order r, l:

    * time (s), pelvis_pos_w (3; m, world: x forward, y left, z up), pelvis_vel_heading (2; m/s, forward and left)
    * trunk_pitch (rad, forward lean positive), trunk_pitch_rate (rad/s), trunk_roll, trunk_yaw, pelvis_pitch (rad)
    * pelvis_list, pelvis_rotation (rad, 0 in 2D)
    * joint_angle (leg, hip|knee|ankle; rad) in the controller's convention, q being the model coordinate:
      phi_h = pi - q_hip, phi_k = pi + q_knee, phi_a = pi/2 - q_ankle
    * joint_velocity (leg, joint; rad/s of q), joint_moment (leg, joint; N·m on q by muscles, exo, passive elements)
    * hip_adduction, hip_rotation (leg; rad), joint_pos_w (leg, joint, xyz; m)
    * limit_force (leg, joint; N·m, joint-limit torque sensor: the hard stop alone)
    * limit_torque (leg, joint; N·m, of ligaments, their dampers and the stop; limit_force without ligaments)
    * load_heel, load_toes (leg; body weights of 9.8 N/kg on the touch sensors, which miss a part of the load)
    * ground_force_w (leg, xyz; N, the whole force of the ground on a foot)
    * pressure_center_w (leg, xyz; m, 0 while unloaded)
    * toe_angle (leg; rad, extension of the toes against the foot, 0 in models whose toes do not turn)
    * new_step (leg; 1 where that foot's heel sensor rose through 0.1 body weight in this step)
    * exo_torque (leg; N·m, delivered assistance of a driven joint: plantarflexion of ankles, flexion of hips)
    * device_torque (leg, joint; N·m that a device exerts on q: exoskeletons and powered prosthetic joints)
    * activation, excitation (muscle; 0-1), muscle_force (muscle; N, tension positive)
    * fiber_length (muscle; optimal lengths), fiber_velocity (muscle; optimal lengths per second, lengthening positive)

    Behind them come the channels of the parts of the loop, `layout.channels`: `phase_bits` of the reflexes (leg; bit
    field in the order of reflex.PHASES), `exo_percent` of torque curves (leg; percent of stance, or of the stride).
    """

    layout: LogLayout
    flat: np.ndarray
    dt: float
    step_limit: int
    mass: float
    outcome: Outcome
    reason: str = ""
    slope_deg: float = 0.0
    trunk_target: float = 0.0
    sensing: str = TOUCH
    device_mass: float = 0.0

    def __getattr__(self, name: str) -> np.ndarray:
        """Return a named column."""
        if name in _ABSENT and name not in self.layout.shapes:
            return np.zeros((self.n_steps, *_ABSENT[name]))
        if name.startswith("__") or name not in self.layout.shapes:
            raise AttributeError(name)
        return self.layout.view(self.flat, name)

    @property
    def own_channels(self) -> tuple[Channel, ...]:
        """Channels of the parts of the loop that no figure of its own shows."""
        return tuple(channel for channel in self.layout.channels if channel.name not in _ABSENT)

    @property
    def n_steps(self) -> int:
        """Number of control steps done."""
        return self.flat.shape[0]

    @property
    def person_mass(self) -> float:
        """Mass of the person without an exoskeleton, kg; a prosthesis counts as a leg."""
        return self.mass - self.device_mass

    @property
    def load(self) -> np.ndarray:
        """Vertical force of the ground on each foot in body weights of 9.8 N/kg, shape (T, 2)."""
        return self.ground_force_w[:, :, 2] / (self.mass * GRAVITY_FOR_WEIGHT)

    @property
    def felt_load(self) -> np.ndarray:
        """Load of each foot that reflexes and cost feel, in body weights, shape (T, 2); see `model.sensing`."""
        return self.load_heel + self.load_toes if self.sensing == TOUCH else self.load

    @property
    def muscle_names(self) -> tuple[str, ...]:
        """Actuator names of the muscles in the order of `activation`."""
        return self.layout.muscle_names
