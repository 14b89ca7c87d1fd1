"""The video and the still picture of a walk."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import mujoco
import numpy as np

from myoassist.analysis.evaluation import Evaluation
from myoassist.analysis.overlay import Overlay, Reading
from myoassist.analysis.scene import WalkScene
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.metrics import CONTACT_LOAD
from myoassist.model.build import Walker, build_walker

FRAMES_PER_SECOND = 30
VIDEO_SIZE = (640, 480)
STILL_SIZE = (1280, 960)
_SPEED_WINDOW_S = 1.0


class WalkPicture:
    """Pictures of an evaluated walk.

    Args:
        evaluation: The walk, at least one sample long.
        caption: Line in a corner.
    """

    def __init__(self, evaluation: Evaluation, caption: str = "") -> None:
        self._evaluation = evaluation
        self._caption = caption
        self._speed = _smooth(evaluation.log.pelvis_vel_heading[:, 0], round(_SPEED_WINDOW_S / evaluation.log.dt))

    @property
    def n_frames(self) -> int:
        """Number of frames of the video."""
        return max(1, int(self._evaluation.log.n_steps * self._evaluation.log.dt * FRAMES_PER_SECOND))

    def write_still(self, path: Path) -> None:
        """Write a fine picture just after the last right heel strike, or of the middle of a walk without one."""
        from PIL import Image

        sample = self._choose_sample()
        with self._open_scene(STILL_SIZE, fine=True) as scene:
            frame = scene.draw(self._evaluation.poses[sample], self._evaluation.log.activation[sample])
        image = Image.fromarray(self._make_overlay(STILL_SIZE).apply(frame, self._read(sample)))
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            image.save(temporary, format="PNG")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def write_video(self, path: Path, progress: Callable[[], None] = lambda: None) -> None:
        """Write the walk in real time as H.264 in an MP4 file.

        Args:
            path: File to replace.
            progress: Called after every frame.

        Raises:
            OSError: if the encoder cannot be started or fails.
        """
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            _encode(temporary, self._draw_frames(progress), VIDEO_SIZE)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _draw_frames(self, progress: Callable[[], None]) -> Iterator[np.ndarray]:
        evaluation = self._evaluation
        log, model = evaluation.log, evaluation.walker.model
        overlay = self._make_overlay(VIDEO_SIZE)
        pose, difference = np.zeros(model.nq), np.zeros(model.nv)
        with self._open_scene(VIDEO_SIZE) as scene:
            for k in range(self.n_frames):
                # Between two control steps, because 100 steps do not make 30 even frames.
                place = min(max((k + 1) / FRAMES_PER_SECOND / log.dt - 1.0, 0.0), log.n_steps - 1.0)
                sample = int(place)
                pose[:] = evaluation.poses[sample]
                if sample + 1 < log.n_steps:
                    mujoco.mj_differentiatePos(model, difference, 1.0, pose, evaluation.poses[sample + 1])
                    mujoco.mj_integratePos(model, pose, difference, place - sample)
                yield overlay.apply(scene.draw(pose, log.activation[sample]), self._read(sample))
                progress()

    def _open_scene(self, size: tuple[int, int], fine: bool = False) -> WalkScene:
        # A fresh model each time: the scene repaints it.
        config = self._evaluation.config
        walker: Walker = build_walker(config.model, config.env, visual=True)
        return WalkScene(walker, self._evaluation.log.muscle_names, *size, fine=fine)

    def _make_overlay(self, size: tuple[int, int]) -> Overlay:
        evaluation = self._evaluation
        return Overlay(*size, evaluation.curve, evaluation.config.exo.max_torque, self._caption)

    def _read(self, sample: int) -> Reading:
        log = self._evaluation.log
        return Reading(
            time=float(log.time[sample]),
            speed=float(self._speed[sample]),
            torque=tuple(log.exo_torque[sample]),
            percent=tuple(log.exo_percent[sample]),
            stance=tuple(log.load[sample] > CONTACT_LOAD),
        )

    def _choose_sample(self) -> int:
        log = self._evaluation.log
        strikes = find_heel_strikes(log, self._evaluation.compat).right
        # A moment later the foot is flat and loaded.
        return min(int(strikes[-1]) + round(0.05 / log.dt), log.n_steps - 1) if len(strikes) else log.n_steps // 2


def explain_no_encoder() -> str:
    """Return why no H.264 encoder is at hand and what to do; empty if there is one."""
    try:
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
    except ImportError:
        return "the encoder is missing; pip install 'imageio-ffmpeg>=0.6'"
    except RuntimeError as error:
        return f"the encoder does not start ({error}); install ffmpeg"
    return ""


def _encode(path: Path, frames: Iterator[np.ndarray], size: tuple[int, int]) -> None:
    import imageio_ffmpeg

    writer = imageio_ffmpeg.write_frames(
        str(path),
        size,
        fps=FRAMES_PER_SECOND,
        codec="libx264",
        quality=None,
        macro_block_size=2,
        # The name of the temporary file does not tell its format.
        output_params=["-crf", "21", "-preset", "veryfast", "-movflags", "+faststart", "-f", "mp4"],
        ffmpeg_log_level="error",
    )
    writer.send(None)
    try:
        for frame in frames:
            writer.send(np.ascontiguousarray(frame))
    finally:
        writer.close()


def _smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Return the mean over a centred window that shrinks at the ends, shape (T,)."""
    half = max(window, 1) // 2
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    first, last = np.maximum(index - half, 0), np.minimum(index + half + 1, len(values))
    return (total[last] - total[first]) / (last - first)
