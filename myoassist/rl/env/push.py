"""Push the walkers of a batch."""

import numpy as np

from myoassist.model.layout import PELVIS
from myoassist.rl.env.batch import WalkBatch


def push_walkers(batch: WalkBatch, forces: np.ndarray) -> None:
    """Push every walker forward at the pelvis in the steps that follow, until told otherwise.

    Args:
        batch: Environments.
        forces: N, shape (n_envs,).
    """
    if batch.humans is not None:
        # Their loop writes the force of every step itself.
        batch.humans.push(forces)
        return
    pelvis = batch.walker.layout.frame_body[PELVIS]
    for data, force in zip(batch.datas, forces, strict=True):
        data.xfrc_applied[pelvis, 0] = force
