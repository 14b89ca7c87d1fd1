"""Rules of the group `env`: rates, target speeds, ground, and the motion that is imitated."""

import math
from pathlib import Path

from myoassist.check.files import check_once
from myoassist.config.entries.evaluation import VELOCITY_MODES
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_override, format_value
from myoassist.config.schema.rl import BASE_ENV
from myoassist.config.schema.run import EnvConfig, RunConfig
from myoassist.config.sources.shipped import models_folder
from myoassist.files.errors import ConfigError
from myoassist.rl.motion.check import check_units
from myoassist.rl.motion.file import load_reference
from myoassist.runs.named_files import resolve_policy_path, resolve_reference_path

LONGEST_TIMESTEP = 0.002
HIGHEST_GROUND = 10.0  # m
SHORTEST_PERIOD, LONGEST_PERIOD = 0.01, 1e6  # cells


def check_env(config: RunConfig) -> None:
    """Refuse an environment of task=rl that cannot work; files that it names have to be there.

    Raises:
        ConfigError: naming the key, its value, what was expected and an override that helps.
    """
    env = config.env
    if config.task != "rl":
        return
    _check_rates(env)
    _check_ranges(env)
    _check_terrain(env)
    if env.env_id != BASE_ENV and env.reference_data_path is None:
        raise ConfigError(
            f"env.env_id={env.env_id} without env.reference_data_path",
            "the reference motion that is imitated",
            f"env.reference_data_path=shipped:tutorial_fast (or env.env_id={BASE_ENV})",
        )
    resolve_reference_path(env.reference_data_path)
    resolve_policy_path(env.prev_trained_policy_path)


def check_motion(env: EnvConfig) -> None:
    """Refuse a reference motion that cannot be imitated.

    Raises:
        UserError: naming the file and what is wrong in it.
    """
    path = env.reference_data_path
    if path is not None and env.env_id != BASE_ENV:
        check_once(path, "motion", lambda: check_units(load_reference(path)))


def is_whole(number: float) -> bool:
    """Return whether a ratio is a whole number from 1, but for rounding."""
    return number > 0.5 and abs(number - round(number)) <= 1e-6 * number


def _check_rates(env: EnvConfig) -> None:
    """One control step has to be a whole number of physics steps."""
    rate, timestep = env.control_framerate, env.timestep
    if is_whole(1.0 / (rate * timestep)):
        return
    steps = max(round(1.0 / (rate * timestep)), math.ceil(1.0 / (rate * LONGEST_TIMESTEP) - 1e-9))
    near = sorted((1.0 / (timestep * n) for n in range(1, 1001)), key=lambda other: abs(other - rate))[:12]
    rates = sorted(round(other, 6) for other in near if is_whole(other))
    raise ConfigError(
        f"env.control_framerate={rate:g} with env.timestep={timestep:g}: a control step of {1.0 / rate:g} s is "
        f"{1.0 / (rate * timestep):.4g} physics steps",
        f"a whole number of them: env.physics_sim_framerate a multiple of {rate:g}, e.g. {steps * rate:g}"
        + (f"; with this time step {', '.join(f'{other:g}' for other in rates)} Hz work" if rates else ""),
        f"env.physics_sim_framerate={steps * rate:g}",
    )


def _check_ranges(env: EnvConfig) -> None:
    for name in ("target_velocity", "target_velocity_period"):
        low, high = getattr(env, f"min_{name}"), getattr(env, f"max_{name}")
        if low > high:
            raise ConfigError(
                f"env.min_{name}={low:g} is above env.max_{name}={high:g}",
                "the lower end first",
                f"env.min_{name}={high:g} env.max_{name}={low:g}",
            )
    wrong = [mode for mode in env.velocity_modes if mode not in VELOCITY_MODES]
    if wrong or not env.velocity_modes:
        meant = [nearest_name(mode, VELOCITY_MODES) for mode in env.velocity_modes]
        raise ConfigError(
            f"env.velocity_modes={format_value(env.velocity_modes)}",
            f"a list of some of {', '.join(VELOCITY_MODES)}",
            format_override("env.velocity_modes", meant)
            if meant and None not in meant
            else "env.velocity_modes=[<some of these>]",
        )


def _check_terrain(env: EnvConfig) -> None:
    """Check the numbers of the ground; those of flat ground are not read, as in published files."""
    words, kind = env.terrain_params.split(), env.terrain
    if kind == "flat":
        return
    expected, example = {
        "random": (f"the largest height, 0 to {HIGHEST_GROUND:g} m", "0.05"),
        "slope": ("rise over run, from -1 to 1", "0.05"),
        "harmonic_sinusoidal": (
            f"groups of four numbers: height (up to {HIGHEST_GROUND:g} m) and period (cells of 0.2 m, "
            f"{SHORTEST_PERIOD:g} to {LONGEST_PERIOD:g}) across, the same along the way",
            "0 1 0.05 20",
        ),
        "tile": ("the name or the JSON file of a tile", "NAME"),
    }[kind]
    refusal = ConfigError(
        f"env.terrain={kind} with env.terrain_params={env.terrain_params!r}",
        expected,
        f"for example {format_override('env.terrain_params', example)}",
    )
    if kind == "tile":
        known = sorted(path.stem for path in (models_folder() / "terrains").glob("*.json"))
        if len(words) != 1:
            raise refusal
        if words[0] not in known and not Path(words[0]).expanduser().is_file():
            near = nearest_name(words[0], known)
            raise ConfigError(
                f"env.terrain=tile with env.terrain_params={words[0]}: there is no such ground",
                f"a JSON file, or one of {', '.join(known) or 'none'}",
                f"env.terrain_params={near or '<one of these>'}",
            )
        return
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise refusal from None
    good = (
        all(math.isfinite(number) for number in numbers)
        and {
            "random": len(numbers) == 1 and 0.0 <= numbers[0] <= HIGHEST_GROUND,
            "slope": len(numbers) == 1 and abs(numbers[0]) <= 1.0,
            "harmonic_sinusoidal": len(numbers) > 0
            and len(numbers) % 4 == 0
            and all(abs(height) <= HIGHEST_GROUND for height in numbers[::2])
            and all(SHORTEST_PERIOD <= period <= LONGEST_PERIOD for period in numbers[1::2]),
        }[kind]
    )
    if not good:
        raise refusal


def check_support(env: EnvConfig) -> None:
    """Refuse a whole run whose pelvis is held: such a walk says nothing about its controller.

    Raises:
        ConfigError: naming the key.
    """
    if env.support > 0.0:
        raise ConfigError(
            f"env.support={env.support} for the whole run: its last walks would be held by springs",
            "0, and a support in the first stages of a search alone",
            "optimizer=held (or set: {env.support: ...} in a stage of optimizer.stages)",
        )
