"""The declaration of a controller in a file of the user, and what is wrong with one."""

import fnmatch
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from myoassist.config.schema.own_code import split_own
from myoassist.files.errors import ConfigError
from myoassist.runs.plugins import imported_plugin
from myoassist.space.factors import Factor
from myoassist.space.parameter import Entries, Parameter

# Raw units between the bounds of a parameter whose scale is not given.
_RAW_RANGE = 4.0


@dataclass(frozen=True)
class Declared:
    """A parameter of a user's controller, see `parameter`."""

    name: str
    start: float
    low: float
    high: float
    unit: str
    scale: float

    def row(self, group: str) -> Parameter:
        """Return the entry of the search vector; its raw value is 1 at the start."""
        factor = math.pi / 180.0 if self.unit.startswith("deg") else 1.0
        offset = self.start - self.scale
        low, high = ((bound - offset) / self.scale for bound in (self.low, self.high))
        return Parameter(self.name, self.unit, self.scale * factor, offset * factor, low, high, 1.0, group)


def parameter(name: str, start: float, low: float, high: float, unit: str = "", scale: float | None = None) -> Declared:
    """Declare a searched parameter.

    Args:
        name: Its name in the function, in files and in tables.
        start: Value that a search starts from.
        low: Lowest value.
        high: Highest value.
        unit: Unit of these; the function gets angles in `deg` as rad.
        scale: What a step of 1 of the raw parameter is; a quarter of the range where not given.

    Raises:
        ValueError: if the numbers do not fit together.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"parameter {name!r} has no name that a function could read")
    if not all(map(math.isfinite, (start, low, high))) or not low <= start <= high or not low < high:
        raise ValueError(f"parameter {name}: start {start} is not within {low} to {high}")
    step = (high - low) / _RAW_RANGE if scale is None else scale
    if not math.isfinite(step) or step <= 0.0:
        raise ValueError(f"parameter {name}: scale {scale} is not above 0")
    return Declared(name, float(start), float(low), float(high), unit, float(step))


class Human:
    """A controller of the muscles. `update(p, x, s, out, dt)` writes the excitations `out[leg, muscle]`, 0 to 1.

    Attributes:
        parameters: Searched parameters; `p.name` in the functions.
        state: Numbers that last from step to step, name -> how many; `x.name`, or `x.name[i]` for more than one. They
            are 0 at the start of a walk unless `reset(p, x, s)` says otherwise.
        channels: Which of these the log keeps: name -> unit.
        factors: Parameters that a search over factors (`optimizer.factors`) multiplies together: name -> names of
            parameters or patterns such as `stance_*`. To every other parameter it adds an amount.
    """

    parameters: ClassVar[Sequence[Declared]] = ()
    state: ClassVar[dict[str, int]] = {}
    channels: ClassVar[dict[str, str]] = {}
    factors: ClassVar[dict[str, Sequence[str]]] = {}


class Device(Human):
    """A controller of the worn device. `update(p, x, s, torque, dt)` writes the torques `torque[leg, joint]`, N·m.

    Joints are hip, knee and ankle; only driven ones count. Torques of an exoskeleton assist: plantarflexion of ankles,
    flexion of hips. Those of powered prosthetic joints are flexion of the hip, extension of the knee, dorsiflexion.
    """


def find_class(module: Any, path: str, name: str | None, kind: type[Human]) -> type[Human]:
    """Return the controller class of a file.

    Args:
        module: The imported file.
        path: Its name, for messages.
        name: Name of the class; None for the only one.
        kind: Human or Device.

    Raises:
        ConfigError: if there is none, more than one, or one of the other kind.
    """
    word = kind.__name__
    found = {
        item.__name__: item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Human) and item.__module__ == module.__name__
    }
    fits = {key: item for key, item in found.items() if issubclass(item, Device) == (kind is Device)}
    if name is not None and name in fits:
        return fits[name]
    if name is None and len(fits) == 1:
        return next(iter(fits.values()))
    if name is not None:
        other = f"{name} is no {word}" if name in found else f"there is no class {name}"
        raise ConfigError(f"{path}: {other}", f"class {name}({word}) in it", f"one of {', '.join(fits) or 'none yet'}")
    if not fits:
        raise ConfigError(
            f"{path} has no controller",
            f"a class that is derived from {word}",
            "docs/own-controllers.md has a whole one",
        )
    raise ConfigError(
        f"{path} has {len(fits)} controllers", f"one, or {path}:Name", " or ".join(f"{path}:{key}" for key in fits)
    )


def check_declaration(own: type[Human], path: str) -> None:
    """Refuse a declaration that cannot become a part of the loop.

    Raises:
        ConfigError: naming the class and what is wrong.
    """
    place = f"{path}: {own.__name__}"
    names = [item.name if isinstance(item, Declared) else None for item in own.parameters]
    if None in names:
        raise ConfigError(f"{place}.parameters holds something else than parameters", "parameter(...) entries")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigError(f"{place}.parameters has {twice} twice", "a name of its own for each")
    for name, size in own.state.items():
        if not str(name).isidentifier() or not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise ConfigError(f"{place}.state has {name!r}: {size!r}", "names and numbers of values, e.g. {'phase': 2}")
    for name in own.channels:
        if name not in own.state:
            raise ConfigError(
                f"{place}.channels names {name}", f"names of its state: {', '.join(own.state) or 'there are none'}"
            )
    _check_factors(own, place)
    if not callable(getattr(own, "update", None)):
        raise ConfigError(f"{place} has no update", "def update(p, x, s, out, dt)")


def _check_factors(own: type[Human], place: str) -> None:
    """Refuse factors of nothing, and of what no factor changes."""
    if own.factors and issubclass(own, Device):
        raise ConfigError(
            f"{place} has factors",
            "a controller of the muscles for these; a search over factors moves every parameter of a device alone",
            "leave factors out",
        )
    for name, patterns in own.factors.items():
        if isinstance(patterns, str) or not all(isinstance(item, str) for item in patterns):
            raise ConfigError(
                f"{place}.factors has {name!r}: {patterns!r}", "a list of names or patterns of parameters"
            )
        for pattern in patterns:
            members = [item for item in own.parameters if fnmatch.fnmatchcase(item.name, pattern)]
            if not members:
                raise ConfigError(
                    f"{place}.factors[{name!r}] has {pattern!r}: no parameter is called that",
                    f"names or patterns of {', '.join(item.name for item in own.parameters)}",
                    "correct it",
                )
            if idle := [item.name for item in members if item.start == 0.0]:
                raise ConfigError(
                    f"{place}.factors[{name!r}] has {idle[0]}, which starts at 0 and stays there with any factor",
                    "parameters that start at other values",
                    f"leave {idle[0]} out of factors: a search then adds an amount to it",
                )


def own_class(value: str, kind: type[Human]) -> type[Human]:
    """Return the class that the key of a controller names, out of a file that has been imported before.

    Args:
        value: `<file.py>` or `<file.py>:Name`.
        kind: Human or Device.

    Raises:
        ConfigError: as `find_class` and `check_declaration`.
        UnsafeFileError: if the file has not been imported.
    """
    path, name = split_own(value)
    own = find_class(imported_plugin(path), path, name, kind)
    check_declaration(own, path)
    return own


def human_entries(own: type[Human]) -> Entries:
    """Return what a human controller of the user adds to the search vector."""
    return Entries(f".own_{own.__name__}", tuple(item.row("control") for item in own.parameters), factors=_factors(own))


def _factors(own: type[Human]) -> tuple[Factor, ...]:
    return tuple(Factor(name, tuple(patterns)) for name, patterns in own.factors.items())


def device_entries(own: type[Human]) -> Entries:
    """Return what a device controller of the user adds to the search vector."""
    return Entries(f"own_{own.__name__}", tuple(item.row("exo") for item in own.parameters))


def parameter_type(own: type[Human]) -> np.dtype:
    """Return the record of the parameters; one unused value where there are none."""
    return np.dtype([(item.name, "f8") for item in own.parameters] or [("_none", "f8")])


def state_type(own: type[Human]) -> np.dtype:
    """Return the record of the state; one unused value where there is none."""
    fields = [(name, "f8", (size,)) if size > 1 else (name, "f8") for name, size in own.state.items()]
    return np.dtype(fields or [("_none", "f8")])


def functions_of(own: type[Human]) -> dict[str, Callable[..., Any]]:
    """Return the functions of a class that are compiled, by name."""
    return {name: getattr(own, name) for name in ("update", "reset") if callable(getattr(own, name, None))}
