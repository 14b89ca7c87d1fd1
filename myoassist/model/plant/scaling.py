"""Scale masses and muscle strength of a compiled model."""

import mujoco
import numpy as np

from myoassist.config.schema.run import ExoConfig, ModelConfig
from myoassist.files.errors import ConfigError
from myoassist.model.devices.device import Device, is_worn
from myoassist.model.devices.table import device_of
from myoassist.model.plant.strength import check_strength, names_of

_F_MAX = 2  # place of the peak force in a muscle's gain and bias parameters


def scale_model(compiled: mujoco.MjModel, model: ModelConfig, exo: ExoConfig | None) -> bool:
    """Scale a compiled model in place.

    Args:
        compiled: Model with all its bodies; derived constants are left to the caller.
        model: mass_scale and muscle_strength.
        exo: mass of the device; None keeps it.

    Returns:
        Whether anything was changed.

    Raises:
        ConfigError: if a muscle does not exist, or there is no device to weigh.
    """
    device = device_of(model)
    worn = np.array([is_worn(compiled.body(i).name, device) for i in range(compiled.nbody)])
    factor = np.where(worn, 1.0, model.mass_scale)
    if exo is not None and exo.mass is not None:
        own = float(compiled.body_mass[worn].sum())
        if own == 0.0:
            raise ConfigError(
                f"exo.mass={exo.mass:g}, but the model wears no device of known parts",
                "null, or a device: model.device=tutorial",
                "exo.mass=null",
            )
        factor = np.where(worn, max(exo.mass, 1e-6) / own, factor)
    strength = muscle_factors(compiled, model.muscle_strength)
    if (factor == 1.0).all() and (strength == 1.0).all():
        return False
    compiled.body_mass[:] *= factor
    compiled.body_inertia[:] *= factor[:, None]
    compiled.actuator_gainprm[:, _F_MAX] *= strength
    compiled.actuator_biasprm[:, _F_MAX] *= strength
    return True


def muscle_factors(compiled: mujoco.MjModel, strength: dict[str, float]) -> np.ndarray:
    """Return the factor of every actuator's peak force, shape (nu,).

    Raises:
        ConfigError: if a key names neither all, a side, nor a muscle.
    """
    factors = np.ones(compiled.nu)
    muscles = np.flatnonzero(compiled.actuator_dyntype == mujoco.mjtDyn.mjDYN_MUSCLE)
    names = {int(i): compiled.actuator(int(i)).name for i in muscles}
    check_strength(strength, names.values())
    for key, factor in strength.items():
        chosen = set(names_of(key, names.values()))
        factors[[i for i, name in names.items() if name in chosen]] *= factor
    return factors


def worn_mass(compiled: mujoco.MjModel, device: Device | None) -> float:
    """Return the mass of an exoskeleton in a model with all its bodies, kg; 0 for a prosthesis, which is a leg."""
    if device is None or device.prosthesis is not None:
        return 0.0
    worn = [is_worn(compiled.body(i).name, device) for i in range(compiled.nbody)]
    return float(compiled.body_mass[worn].sum())
