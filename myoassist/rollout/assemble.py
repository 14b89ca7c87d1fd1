"""Make the compiled loop of a combination of human controller, device controller and muscle model.

Closures over compiled functions, and compiled functions as arguments, are compiled anew in every process; a function
with a name of its own is not. So every template of `loop` is copied with the hooks of the combination as its globals,
under a name that tells what the hooks are: Numba's cache knows a function by name, bytecode and types, not by globals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any

from myoassist.config.cache import OWN_PREFIX, keep_own_kernels
from myoassist.config.schema.own_code import combination_name
from myoassist.control.device.base import DeviceController, drive_nothing
from myoassist.control.human.base import HumanController
from myoassist.control.part import log_nothing
from myoassist.model.kernel import kernel
from myoassist.rollout import loop as templates
from myoassist.rollout.muscle.model import MuscleModel


@dataclass(frozen=True)
class Loop:
    """Compiled functions of one combination; arguments as those of the templates in `rollout.loop`.

    Attributes:
        name: Name of the combination.
        control: One control step.
        drive_device: Command of the device before a further physics step.
        holds: Whether the command of the device stays the same within a control step.
        finish_step: What follows the physics of a control step.
        walk: A whole walk.
    """

    name: str
    control: Callable[..., int]
    drive_device: Callable[..., None]
    holds: bool
    finish_step: Callable[..., int]
    walk: Callable[..., tuple[int, int]]


def assemble(human: HumanController, device: DeviceController, muscles: MuscleModel) -> Loop:
    """Return the loop of a combination; it is compiled when it is called first, or taken from the cache."""
    hooks = (
        ("update_human", human.update),
        ("update_device", device.update),
        ("drive_device", device.drive),
        ("first_step", muscles.first_step),
        ("next_step", muscles.next_step),
        ("last_forward", muscles.last_forward),
        ("log_human", human.log),
        ("log_device", device.log),
        ("log_muscles", muscles.log),
    )
    name = combination_name(human.key, device.key, muscles.key)
    if OWN_PREFIX in name:
        keep_own_kernels(name)
    return _assemble(name, hooks)


@cache
def _assemble(name: str, hooks: tuple[tuple[str, Callable[..., Any]], ...]) -> Loop:
    names = dict(hooks)
    control = _specialize(templates.control, name, names)
    finish_step = _specialize(templates.finish_step, name, names)
    walk = _specialize(templates.walk, name, {**names, "control": control, "finish_step": finish_step})
    drive = names["drive_device"]
    return Loop(name, control, drive, drive is drive_nothing, finish_step, walk)


@cache
def assemble_record() -> Callable[..., int]:
    """Return the `finish_step` of a walk without channels of its own, for walks that other programs control."""
    logs = dict.fromkeys(("log_human", "log_device", "log_muscles"), log_nothing)
    return _specialize(templates.finish_step, combination_name("none", "none", "none"), logs)


def _specialize(template: Callable[..., Any], name: str, hooks: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    """Compile a copy of a template in which the hooks are what the given names mean."""
    assert isinstance(template, FunctionType)
    own = FunctionType(template.__code__, {**template.__globals__, **hooks}, f"{template.__name__}_{name}")
    own.__qualname__ = own.__name__
    own.__module__ = template.__module__
    own.__doc__ = template.__doc__
    return kernel(own)
