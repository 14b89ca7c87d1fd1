"""What comes before the first simulation of a process: a way to draw, chosen before MuJoCo is imported."""

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from myoassist.analysis.picture.graphics import Graphics


@functools.cache
def start_mujoco() -> "Graphics":
    """Choose a way to draw as the commands do, import MuJoCo, and return how pictures can be drawn; once a process."""
    from myoassist.analysis.picture.graphics import choose_graphics, use_graphics
    from myoassist.model.load_mujoco import load_mujoco

    graphics = choose_graphics()
    use_graphics(graphics)
    load_mujoco()
    return graphics
