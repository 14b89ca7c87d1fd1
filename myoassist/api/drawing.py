"""Draw the video of a walk into memory or a file."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from myoassist.analysis.walk.evaluation import Evaluation


def draw_video(evaluation: "Evaluation", caption: str, path: Path | None) -> bytes:
    """Return the video of a walk as MP4.

    Args:
        evaluation: The walk.
        caption: Line in a corner.
        path: File that keeps it; None for none.

    Raises:
        UserError: if the walk has no sample, or nothing can be drawn or encoded here.
    """
    from myoassist.api.start import start_mujoco

    graphics = start_mujoco()
    if not graphics.backend:
        raise UserError(graphics.notice or "no video", "a graphics back end that draws without a screen")
    from myoassist.analysis.picture.video import WalkPicture, explain_no_encoder

    if missing := explain_no_encoder():
        raise UserError(f"no video: {missing}", "an encoder of H.264")
    if evaluation.log.n_steps == 0:
        raise UserError(f"no video: the walk could not start ({evaluation.log.reason})", "a walk")
    with tempfile.TemporaryDirectory() as place:
        target = path or Path(place) / "walk.mp4"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            WalkPicture(evaluation, caption).write_video(target)
            return target.read_bytes()
        except OSError as error:
            raise UserError(
                f"{target} cannot be written: {error.strerror or error}", "a place that can be written", "video()"
            ) from error
