"""A person's body as keys of `model`: lengths, mass, strength; and whether they can be those of a person."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from myoassist.config.schema.run import ModelConfig
from myoassist.files.errors import ConfigError
from myoassist.gait.reference.human import GRAVITY
from myoassist.model.build import compose_spec
from myoassist.model.plant.segment_names import SEGMENTS
from myoassist.model.plant.segments import scale_segments
from myoassist.subject.forces import Forces
from myoassist.subject.library import TABLE_HEIGHT, TABLE_MASS

MASSES, HEIGHTS = (20.0, 250.0), (1.0, 2.3)
_FACTORS = (0.7, 1.4)
_SIDES_APART = 0.08
_LEG_SHARE = (0.40, 0.60)
# How far the mean vertical force over whole strides may be from the body weight.
_WEIGHT_NOTE, _WEIGHT_ERROR = 0.05, 0.25
# Volume of the muscles of a leg, cm³ per kg·m and cm³: Handsfield et al., J Biomech 47:631 (2014), in the numbers of
# Rajagopal et al. 2016.
_VOLUME = (47.0, 1285.0)


@dataclass(frozen=True)
class Body:
    """A person's body.

    Attributes:
        mass: kg.
        height: m; None where nothing tells it.
        sex: male, female, or None.
        scale: Factors of the lengths of the segments.
        lengthening: Factor of the length of muscle and tendon in the default pose by actuator.
        strength: Factor of the peak force by muscle without its side, or as the user gave them.
        rule: How strength was found.
        notes: What a reader has to know.
    """

    mass: float
    height: float | None
    sex: str | None
    scale: Mapping[str, float]
    lengthening: Mapping[str, float]
    strength: Mapping[str, float]
    rule: str
    notes: tuple[str, ...]


def make_body(
    scale: Mapping[str, float],
    lengths: Mapping[str, tuple[float, float]],
    mass: float,
    height: float | None,
    sex: str | None,
    own_strength: Mapping[str, float],
) -> Body:
    """Return the body of a person.

    Args:
        scale: Factors of the lengths of the segments.
        lengths: Lengths by right and left, m, as far as they are known.
        mass: kg.
        height: m, or None.
        sex: male, female or None.
        own_strength: Factors of the user by muscle, times which the found ones count.

    Raises:
        ConfigError: if they are not those of a person.
    """
    notes = check_person(scale, lengths, mass, height)
    spec = compose_spec(ModelConfig())
    lengthening = scale_segments(spec, scale)
    strength, rule = muscle_strength(mass, height, lengthening)
    for name, factor in own_strength.items():
        strength[name] = round(strength.get(name, 1.0) * factor, 4)
    return Body(mass, height, sex, dict(scale), lengthening, strength, rule, tuple(notes))


def check_person(
    scale: Mapping[str, float], lengths: Mapping[str, tuple[float, float]], mass: float, height: float | None
) -> list[str]:
    """Return what is unusual about a person.

    Raises:
        ConfigError: for what no person is.
    """
    check_figures(mass, height)
    notes = []
    for name in SEGMENTS:
        if not _FACTORS[0] <= scale[name] <= _FACTORS[1]:
            raise ConfigError(
                f"the {name} is {scale[name]:.2f} times as long as that of the model library",
                f"{_FACTORS[0]:g} to {_FACTORS[1]:g} times",
                "check the unit of the markers, and that the OpenSim model is that of this person",
            )
    for name, (right, left) in lengths.items():
        apart = abs(right - left) / (0.5 * (right + left))
        if apart > _SIDES_APART:
            notes.append(
                f"The right {name} is {100 * right:.1f} cm, the left one {100 * left:.1f} cm: the model has the "
                "mean of both."
            )
    if {"thigh", "shank"} <= lengths.keys():
        leg = float(np.mean(lengths["thigh"]) + np.mean(lengths["shank"]))
        ratio = float(np.mean(lengths["shank"]) / np.mean(lengths["thigh"]))
        # Winter 2009: 0.245 and 0.246 of the height.
        if not 0.75 <= ratio <= 1.3:
            raise ConfigError(
                f"the shank is {ratio:.2f} times as long as the thigh",
                "0.75 to 1.3 times",
                "check the markers of the knee",
            )
        if height is not None and not _LEG_SHARE[0] <= leg / height <= _LEG_SHARE[1]:
            raise ConfigError(
                f"thigh and shank of {leg:.2f} m are {100 * leg / height:.0f} % of the height of {height:.2f} m",
                f"{100 * _LEG_SHARE[0]:.0f} to {100 * _LEG_SHARE[1]:.0f} %",
                "check height and markers",
            )
    return notes


def check_figures(mass: float | None, height: float | None) -> None:
    """Refuse a mass (kg) or height (m) that nobody has.

    Raises:
        ConfigError: naming the figure.
    """
    if mass is not None and not MASSES[0] <= mass <= MASSES[1]:
        raise ConfigError(f"a mass of {mass:g} kg", f"{MASSES[0]:g} to {MASSES[1]:g} kg", "--mass <kg>")
    if height is not None and not HEIGHTS[0] <= height <= HEIGHTS[1]:
        raise ConfigError(
            f"a height of {height:g} m",
            f"{HEIGHTS[0]:g} to {HEIGHTS[1]:g} m",
            f"--height {height / 100:.2f}" if 100.0 <= height <= 230.0 else "--height <m>",
        )
    if mass is not None and height is not None and not 10.0 <= mass / height**2 <= 60.0:
        raise ConfigError(
            f"{mass:g} kg at {height:g} m is a body mass index of {mass / height**2:.1f} kg/m²", "10 to 60 kg/m²"
        )


def muscle_strength(
    mass: float, height: float | None, lengthening: Mapping[str, float]
) -> tuple[dict[str, float], str]:
    """Return the factor of the peak force by muscle, and the rule.

    With the height, a muscle's volume follows that of all muscles of a leg (Handsfield 2014), and its force the volume
    over the fibre's length; without, all forces follow the mass to the power of two thirds.
    """
    names = sorted({name.rpartition("_")[0] for name in lengthening})
    if height is None:
        factor = (mass / TABLE_MASS) ** (2.0 / 3.0)
        return {name: round(factor, 4) for name in names}, "mass to the power of 2/3: the height is not known"
    volume = _volume(mass, height) / _volume(TABLE_MASS, TABLE_HEIGHT)
    longer = {name: float(np.mean([lengthening[f"{name}_{side}"] for side in "rl"])) for name in names}
    rule = (
        f"volume after Handsfield 2014 ({volume:.3f} times that of {TABLE_MASS:.0f} kg and {TABLE_HEIGHT:.2f} m) over "
        "fibre length"
    )
    return {name: round(volume / factor, 4) for name, factor in longer.items()}, rule


def weigh(forces: Forces, start: float, stop: float) -> float:
    """Return the mass that the mean vertical force over whole strides carries, kg."""
    part = (forces.time >= start) & (forces.time < stop)
    return float(sum(values[part].mean() for values in forces.up.values())) / GRAVITY


def check_weight(mass: float, carried: float, source: str) -> list[str]:
    """Return a note where the force of the ground does not carry the person.

    Raises:
        ConfigError: where it cannot be this person's.
    """
    off = carried / mass - 1.0
    if abs(off) > _WEIGHT_ERROR:
        raise ConfigError(
            f"{source}: the mean vertical force over whole strides carries {carried:.1f} kg, the person has "
            f"{mass:.1f} kg",
            f"within {100 * _WEIGHT_ERROR:.0f} %",
            f"--mass {carried:.1f} if that is the person's, or give the forces of both feet over whole strides",
        )
    if abs(off) > _WEIGHT_NOTE:
        return [f"{source}: the mean vertical force over whole strides carries {carried:.1f} kg."]
    return []


def _volume(mass: float, height: float) -> float:
    return _VOLUME[0] * mass * height + _VOLUME[1]
