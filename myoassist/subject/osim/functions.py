"""Functions of one coordinate in OpenSim models."""

from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
from scipy.interpolate import CubicSpline

from myoassist.files.errors import ModelError

Function = Callable[[float], float]
_KINDS = (
    *("Constant", "LinearFunction", "PolynomialFunction", "MultiplierFunction"),
    *("SimmSpline", "NaturalCubicSpline", "GCVSpline", "PiecewiseLinearFunction"),
)


def read_function(parent: ElementTree.Element, where: str) -> Function:
    """Return the function that is a child of an element.

    Raises:
        ModelError: if it is of no known kind.
    """
    for element in parent:
        if element.tag in _KINDS:
            return _make(element, where)
        if element.tag == "function":
            return read_function(element, where)
    raise ModelError(
        f"{where}: {', '.join(child.tag for child in parent) or 'no function'} is no function that is read",
        ", ".join(_KINDS),
    )


def numbers(text: str | None) -> np.ndarray:
    """Return the numbers of a text, which spaces tell apart."""
    return np.array((text or "").split(), dtype=float)


def _make(element: ElementTree.Element, where: str) -> Function:
    if element.tag == "Constant":
        value = float(element.findtext("value") or 0.0)
        return lambda _: value
    if element.tag == "MultiplierFunction":
        inner, scale = read_function(element, where), float(element.findtext("scale") or 1.0)
        return lambda q: scale * inner(q)
    if element.tag in ("LinearFunction", "PolynomialFunction"):
        # From the highest power down, in both.
        coefficients = numbers(element.findtext("coefficients"))
        return lambda q: float(np.polyval(coefficients, q))
    x, y = numbers(element.findtext("x")), numbers(element.findtext("y"))
    if len(x) < 2 or len(x) != len(y) or (np.diff(x) <= 0.0).any():
        raise ModelError(f"{where}: a {element.tag} with {len(x)} and {len(y)} values", "as many y as growing x")
    if element.tag == "PiecewiseLinearFunction" or len(x) == 2:
        return lambda q: float(np.interp(q, x, y))
    spline = CubicSpline(x, y, bc_type="natural")
    return lambda q: float(spline(np.clip(q, x[0], x[-1])))
