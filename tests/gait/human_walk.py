"""A walk written by hand into a log that is exactly how people walk at a speed."""

import numpy as np

from myoassist.gait.angles import to_clinical
from myoassist.gait.joint_loads import EXTENSION_SIGN
from myoassist.gait.reference.human import GRAVITY, PERCENT, match_reference
from myoassist.rollout.log import JOINTS
from tests.gait.synthetic_walk import PLANAR_NAMES, empty_walk

LEG = 0.9
# Actuators of the 22-muscle legs and the curves that they follow; both hamstrings are one muscle there.
ACTIVATIONS = {
    "rectfem": "emg_rectus_femoris",
    "hamstrings": "emg_medial_hamstrings",
    "tibant": "emg_tibialis_anterior",
    "gastroc": "emg_gastrocnemius",
}


def human_walk(speed=1.25, n_strides=12, dt=0.001, hip_offset=0.0, leg=LEG):
    """The mean of people, both legs half a stride apart; `hip_offset` (deg) is added to the hip."""
    reference = match_reference(speed, leg)
    time = reference.figures["stride_time_s"][0]
    samples = 2 * round(0.5 * time / dt)
    log = empty_walk(n_strides * samples, PLANAR_NAMES, dt)
    phase = np.arange(log.n_steps) % samples / samples * 100.0

    def curve(name, side_phase):
        return np.interp(side_phase, PERCENT, reference.curves[name][0])

    for side, shift in ((1, 0.0), (0, 50.0)):
        place = (phase + shift) % 100.0
        angles = np.deg2rad(np.stack([curve(joint, place) for joint in JOINTS], axis=1))
        angles[:, 0] += np.deg2rad(hip_offset)
        log.joint_angle[:, side] = to_clinical(angles)
        log.ground_force_w[:, side, 2] = curve("grf", place) * log.mass * GRAVITY
        log.ground_force_w[:, side, 0] = curve("grf_fore_aft", place) * log.mass * GRAVITY
        for j, joint in enumerate(JOINTS):
            moment = curve(f"{joint}_moment", place) * log.mass * EXTENSION_SIGN[j]
            moment = np.where(np.abs(moment) < 1e-6, 1e-6, moment)
            log.joint_moment[:, side, j] = moment
            log.joint_velocity[:, side, j] = curve(f"{joint}_power", place) * log.mass / moment
        for muscle, name in ACTIVATIONS.items():
            log.activation[:, log.muscle_names.index(f"{muscle}_{'rl'[side]}")] = curve(name, place)
    log.trunk_pitch[:] = np.deg2rad(curve("trunk", phase))
    log.pelvis_pos_w[:, 0] = reference.figures["stride_length_m"][0] / samples * np.arange(log.n_steps)
    return log, reference
