"""What a file with a controller of the user imports: `Human` or `Device`, `parameter`, and the numbers of muscles."""

from myoassist.control.own.declare import Device, Human, parameter
from myoassist.control.signals import BFSH, EDL, FDL, GAS, GLU, HAB, HAD, HAM, HFL, N_MUSCLES, RF, SOL, TA, VAS

HIP, KNEE, ANKLE = range(3)

__all__ = [
    "ANKLE", "BFSH", "EDL", "FDL", "GAS", "GLU", "HAB", "HAD", "HAM", "HFL", "HIP", "KNEE", "N_MUSCLES", "RF", "SOL",
    "TA", "VAS", "Device", "Human", "parameter",
]  # fmt: skip
