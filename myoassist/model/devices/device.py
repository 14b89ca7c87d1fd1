"""What a worn device is: its names, and how a torque command reaches a joint or what it replaces."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Drive:
    """How a torque command reaches a joint of both legs.

    Attributes:
        joint: ankle or hip.
        actuators: Names of the actuators, right and left.
        direction: Sign of the assistance on the coordinate of the joint: -1 plantarflexes an ankle, +1 flexes a hip.
    """

    joint: str
    actuators: tuple[str, str] = ("Exo_R", "Exo_L")
    direction: int = -1

    @property
    def coordinate(self) -> str:
        """Coordinate of the model without its side."""
        return {"ankle": "ankle_angle", "hip": "hip_flexion"}[self.joint]

    @property
    def clock(self) -> str:
        """What the torque curve is timed by where the configuration leaves it open: stance or stride."""
        return "stance" if self.joint == "ankle" else "stride"


@dataclass(frozen=True)
class Prosthesis:
    """What replaces the right leg below an amputation, in the names of the device's own file.

    Attributes:
        joints: Coordinate of the leg -> joint of the device that takes its place.
        motors: Coordinate of the leg -> actuator on it; empty for a passive device.
        frames: Segment of the leg -> body of the device that takes its place.
        sole: Body whose shapes meet the ground.
        muscles: Muscles of the controller that are gone, without side.
    """

    joints: dict[str, str]
    frames: dict[str, str]
    sole: str
    muscles: tuple[str, ...]
    motors: dict[str, str] = field(default_factory=dict)

    @property
    def motor_joints(self) -> tuple[str, ...]:
        """Powered joints in the order knee, ankle."""
        return tuple(name for name in ("knee", "ankle") if f"{name}_angle" in self.motors)


@dataclass(frozen=True)
class Device:
    """A device of the model library or of a folder.

    Attributes:
        key: Name in the model library (assist_sim).
        short: Name that users type.
        prefix: Begin of the names of its bodies in a combined model.
        note: What it is, for lists.
        drive: How torque controllers drive it; None where they cannot.
        prosthesis: What it replaces; None for a device that is only worn.
        config: Its own configuration file; None in the model library.
        musculatures: Library keys of the musculatures that it fits; empty for all.
    """

    key: str
    short: str
    prefix: str
    note: str
    drive: Drive | None = None
    prosthesis: Prosthesis | None = None
    config: Path | None = None
    musculatures: tuple[str, ...] = ()

    @property
    def drives(self) -> str:
        """Joints that a controller can drive, for lists; empty if none."""
        if self.drive is not None:
            return self.drive.joint
        return " and ".join(self.prosthesis.motor_joints) if self.prosthesis is not None else ""


def is_worn(body: str, device: Device | None) -> bool:
    """Return whether a body of a combined model is a part of the device."""
    return device is not None and body.startswith(device.prefix)
