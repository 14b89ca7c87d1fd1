"""The video and the still pictures of a walk."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import mujoco
import numpy as np
from PIL import Image, ImageDraw

from myoassist.analysis.picture.figures import LEG_NAMES
from myoassist.analysis.picture.overlay import INK, Overlay, Reading, load_font
from myoassist.analysis.picture.scene import WalkScene
from myoassist.analysis.picture.smoothing import smooth
from myoassist.analysis.picture.video_plots import PlotColumn
from myoassist.analysis.walk.evaluation import Evaluation, torque_clock
from myoassist.analysis.walk.leg_cycles import find_leg_cycles, stance_progress
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.joint_loads import EXTENSION_SIGN
from myoassist.gait.metrics import CONTACT_LOAD
from myoassist.model.build import Walker, build_walker
from myoassist.rollout.log import JOINTS

FRAMES_PER_SECOND = 30
VIDEO_SIZE = (640, 480)
STILL_SIZE = (1280, 960)
# One stride in narrow pictures side by side.
_STRIP_SIZE, _STRIP_FRAMES = (300, 400), 6
_SPEED_WINDOW_S = 1.0
_JPEG_QUALITY = 88


class WalkPicture:
    """Pictures of an evaluated walk.

    Args:
        evaluation: The walk, at least one sample long.
        caption: Line in a corner.
    """

    def __init__(self, evaluation: Evaluation, caption: str = "") -> None:
        self._evaluation = evaluation
        self._caption = caption
        self._progress = stance_progress(evaluation.log)
        self._speed = smooth(evaluation.log.pelvis_vel_heading[:, 0], round(_SPEED_WINDOW_S / evaluation.log.dt))

    @property
    def n_frames(self) -> int:
        """Number of frames of the video."""
        log = self._evaluation.log
        return max(1, int(log.n_steps * log.dt * FRAMES_PER_SECOND / self._playback))

    @property
    def _playback(self) -> float:
        """Speed at which the video plays, 1 for real time."""
        return self._evaluation.config.env.video_speed

    def draw_still(self) -> Image.Image:
        """Return a fine picture just after the last right heel strike, or of the middle of a walk without one."""
        sample = self._choose_sample()
        with self._open_scene(STILL_SIZE, fine=True) as scene:
            frame = scene.draw(self._evaluation.poses[sample], self._evaluation.log.activation[sample])
        return Image.fromarray(self._make_overlay(STILL_SIZE).apply(frame, self._read(sample)))

    def draw_strip(self) -> Image.Image | None:
        """Return the last right stride in pictures side by side, None for a walk without one."""
        right = find_leg_cycles(self._evaluation.log, 1)[0]
        if len(right) == 0:
            return None
        width, height = _STRIP_SIZE
        strip = Image.new("RGB", (width * _STRIP_FRAMES, height))
        with self._open_scene(_STRIP_SIZE, fine=True) as scene:
            for i in range(_STRIP_FRAMES):
                fraction = i / (_STRIP_FRAMES - 1)
                sample = round(right.starts[0] + fraction * (right.stops[0] - right.starts[0]))
                frame = scene.draw(self._evaluation.poses[sample], self._evaluation.log.activation[sample])
                strip.paste(Image.fromarray(frame), (i * width, 0))
                label = f"{100 * fraction:.0f} %"
                ImageDraw.Draw(strip).text((i * width + 10, 8), label, font=load_font(17), fill=INK)
        return strip

    def write_video(self, path: Path, progress: Callable[[], None] = lambda: None) -> None:
        """Write the walk, at the speed that `env.video_speed` says, as H.264 in an MP4 file.

        Args:
            path: File to replace.
            progress: Called after every frame.

        Raises:
            OSError: if the encoder cannot be started or fails.
        """
        write_frames(path, self._draw_frames(progress), VIDEO_SIZE)

    def _draw_frames(self, progress: Callable[[], None]) -> Iterator[np.ndarray]:
        evaluation = self._evaluation
        log, model = evaluation.log, evaluation.walker.model
        overlay = self._make_overlay(VIDEO_SIZE, self._playback)
        pose, difference = np.zeros(model.nq), np.zeros(model.nv)
        begin, way = float(log.pelvis_pos_w[0, 0]), float(log.pelvis_pos_w[-1, 0] - log.pelvis_pos_w[0, 0])
        nearness = evaluation.camera.nearness
        traces = evaluation.traces
        plots = PlotColumn(traces, log, *VIDEO_SIZE) if traces else None
        with self._open_scene(VIDEO_SIZE, nearness=nearness) as scene:
            for k in range(self.n_frames):
                # Between two control steps, because 100 steps do not make 30 even frames.
                time = (k + 1) * self._playback / FRAMES_PER_SECOND
                place = min(max(time / log.dt - 1.0, 0.0), log.n_steps - 1.0)
                sample = int(place)
                pose[:] = evaluation.poses[sample]
                if sample + 1 < log.n_steps:
                    mujoco.mj_differentiatePos(model, difference, 1.0, pose, evaluation.poses[sample + 1])
                    mujoco.mj_integratePos(model, pose, difference, place - sample)
                activation = log.activation[sample] * self._evaluation.camera.activation
                middle = begin + place / max(log.n_steps - 1, 1) * way if self._evaluation.camera.even else None
                frame = overlay.apply(scene.draw(pose, activation, middle), self._read(sample))
                yield plots.apply(frame, (place + 1.0) * log.dt) if plots else frame
                progress()

    def _open_scene(self, size: tuple[int, int], fine: bool = False, nearness: float = 1.0) -> WalkScene:
        # A fresh model each time: the scene repaints it.
        config = self._evaluation.config
        walker: Walker = build_walker(config.model, config.env, visual=True, seed=config.seed)
        return WalkScene(walker, self._evaluation.log.muscle_names, *size, fine=fine, nearness=nearness)

    def _make_overlay(self, size: tuple[int, int], playback: float = 1.0) -> Overlay:
        evaluation = self._evaluation
        return Overlay(
            *size,
            evaluation.curve,
            evaluation.config.exo.max_torque,
            self._caption,
            evaluation.camera.activation,
            torque_clock(evaluation),
            playback,
        )

    def _read(self, sample: int) -> Reading:
        log = self._evaluation.log
        return Reading(
            time=float(log.time[sample]),
            speed=float(self._speed[sample]),
            torque=tuple(log.exo_torque[sample]),
            percent=tuple(log.exo_percent[sample]),
            stance=tuple((log.load[sample] > CONTACT_LOAD) | (torque_clock(self._evaluation) == "stride")),
            legs=(self._describe_leg(sample, 0), self._describe_leg(sample, 1)),
            loaded=tuple(log.load[sample] > CONTACT_LOAD),
        )

    def _describe_leg(self, sample: int, leg: int) -> str:
        """Return how far a leg is in its stance, and the torques of a device that no diagram shows.

        Torques are positive in extension and plantarflexion.
        """
        log, percent = self._evaluation.log, self._progress[sample, leg]
        words = f"{LEG_NAMES[leg].partition(' ')[0]}: "
        if log.load[sample, leg] <= CONTACT_LOAD:
            words += "swing"
        else:
            words += "stance" if np.isnan(percent) else f"stance {percent:.0f} %"
        if self._evaluation.curve is None:
            # Minus zero is zero.
            torques = [
                f"{joint} {round(log.device_torque[sample, leg, j] * EXTENSION_SIGN[j], 1) + 0.0:.1f} N·m"
                for j, joint in enumerate(JOINTS)
                if log.device_torque[:, leg, j].any()
            ]
            words = ", ".join([words, *torques])
        return words

    def _choose_sample(self) -> int:
        log = self._evaluation.log
        strikes = find_heel_strikes(log).right
        # A moment later the foot is flat and loaded.
        return min(int(strikes[-1]) + round(0.05 / log.dt), log.n_steps - 1) if len(strikes) else log.n_steps // 2


def save_png(image: Image.Image, path: Path) -> None:
    """Write a picture as PNG, replacing the file as a whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        image.save(temporary, format="PNG")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def encode_jpeg(image: Image.Image | None) -> bytes | None:
    """Return a picture as JPEG, a tenth of its PNG; None for None."""
    if image is None:
        return None
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=_JPEG_QUALITY)
    return stream.getvalue()


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


def write_frames(path: Path, frames: Iterator[np.ndarray], size: tuple[int, int]) -> None:
    """Write frames, shape (height, width, 3), uint8, as H.264 in an MP4 file, replacing the file as a whole.

    Raises:
        OSError: if the encoder cannot be started or fails.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        _encode(temporary, frames, size)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
