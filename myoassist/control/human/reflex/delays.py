"""Which signal of the spinal reflexes has which slot and delay."""

import numpy as np

from myoassist.control.human.delays import LONG, MID, OUTPUT_DELAY, SHORT, SUPRA, Delays, allocate
from myoassist.control.signals import BODY_SIGNALS, LEG_SIGNALS, MUSCLE_NAMES

LOADS = ("load_contra", "contact_ipsi", "contact_contra")

# Order of the efference copies in their slots.
EFFERENCES = ("HAB", "HAD", "HFL", "GLU", "HAM", "RF")

# Slots of the body: module signals, then supraspinal signals.
_BODY_SLOTS = [("m", s, SHORT + SUPRA) for s in BODY_SIGNALS[:4]] + [("s", s, SHORT) for s in BODY_SIGNALS]
# Slots of one leg.
_LEG_SLOTS = (
    [("m", "load_ipsi", SHORT), ("m", "load_contra", SHORT), ("m", "contact_ipsi", MID), ("m", "contact_contra", MID)]
    + [("m", "phi_hip", SHORT), ("m", "dphi_hip", SHORT), ("m", "phi_hip_add", SHORT)]
    + [("m", "phi_knee", MID), ("m", "dphi_knee", MID), ("m", "phi_ankle", LONG), ("m", "phi_mtp", LONG)]
    + [("m", "F_GLU", SHORT), ("m", "F_HAM", SHORT), ("m", "F_HAB", SHORT), ("m", "F_VAS", MID)]
    + [("m", "F_GAS", LONG), ("m", "F_SOL", LONG), ("m", "F_FDL", LONG)]
    + [("s", "contact_ipsi", MID + SUPRA), ("s", "contact_contra", MID + SUPRA)]
    + [("s", "phi_hip", SHORT + SUPRA), ("s", "phi_hip_add", SHORT + SUPRA), ("s", "phi_knee", MID + SUPRA)]
    + [("s", name, LONG + SUPRA) for name in LEG_SIGNALS[-4:]]
    + [("c", "alpha_tgt", SUPRA), ("c", "alpha_tgt_f", SUPRA), ("c", "swing_init", SUPRA)]
    + [("o", name, OUTPUT_DELAY[name]) for name in MUSCLE_NAMES]
    + [("e", name, SHORT) for name in EFFERENCES]
)

# The sensor slots of a leg come first; each takes one entry of (*LEG_SIGNALS, *LOADS).
LEG_SOURCE = np.array([(LEG_SIGNALS + LOADS).index(name) for kind, name, _ in _LEG_SLOTS if kind in "ms"])
N_LEG_SENSORS = len(LEG_SOURCE)

N_BODY = len(_BODY_SLOTS)
N_LEG = len(_LEG_SLOTS)
N_SLOTS = N_BODY + 2 * N_LEG
_ALL = _BODY_SLOTS + list(_LEG_SLOTS) * 2


def body_slot(kind: str, name: str) -> int:
    """Return the slot of a body signal; kind m (spinal module) or s (supraspinal)."""
    return [(k, n) for k, n, _ in _BODY_SLOTS].index((kind, name))


def leg_slot(kind: str, name: str) -> int:
    """Return the slot of a leg signal within its leg; kind m, s, c (command), o (output) or e (efference copy)."""
    return [(k, n) for k, n, _ in _LEG_SLOTS].index((kind, name))


def make_delays(timestep: float, delayed: bool) -> Delays:
    """Allocate the buffers.

    Args:
        timestep: Control interval, s.
        delayed: Neural delays; otherwise every slot holds one entry.
    """
    steps = [round(ms * 1e-3 / timestep) if delayed else 1 for _, _, ms in _ALL]
    length = np.array([max(n, 1) for n in steps], dtype=np.int64)
    return allocate(length)
