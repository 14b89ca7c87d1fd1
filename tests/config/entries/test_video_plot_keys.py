"""Plots inside the video: what is read and what is refused."""

import pytest

from myoassist.config.entries.video_plots import LowPass, VideoPlot, read_video_plots
from myoassist.files.errors import ConfigError

KNEE = {"category": "joint_data", "name": "knee_angle_r", "property_type": "qpos", "y_lim": [-80, 10]}
SMOOTH = {"type": "butter", "order": 2, "cutoff": 3, "fs": 30}


def test_a_published_list_is_read():
    listed = [
        {**KNEE, "y_scale": 57.2958, "plot_duration_type": "segmented"},
        {**KNEE, "property_type": "qvel", "plot_duration_type": "total", "filter": SMOOTH},
    ]
    assert read_video_plots(listed, "list") == (
        VideoPlot("joint_data", "knee_angle_r", "qpos", (-80.0, 10.0), 57.2958),
        VideoPlot("joint_data", "knee_angle_r", "qvel", (-80.0, 10.0), 1.0, True, LowPass(2, 3.0, 30.0)),
    )


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ({"category": "joint_data"}, ["list=", "a list of plots"]),
        (["knee"], ["list[0]=knee", "a mapping with category"]),
        ([{**KNEE, "y_limit": [0, 1]}], ["list[0].y_limit", "y_lim instead"]),
        ([{"category": "joint_data"}], ["has no name, property_type, y_lim"]),
        ([{**KNEE, "category": "joints"}], ["list[0].category=joints", "joint_data"]),
        ([{**KNEE, "category": ["joint_data"]}], ["list[0].category="]),
        ([{**KNEE, "name": 3}], ["list[0].name=3"]),
        ([{**KNEE, "property_type": "force"}], ["list[0].property_type=force", "qpos, qvel"]),
        ([{**KNEE, "y_lim": [10, -80]}], ["list[0].y_lim=", "the lower one first"]),
        ([{**KNEE, "y_lim": [0, float("nan")]}], ["list[0].y_lim="]),
        ([{**KNEE, "y_lim": 3}], ["list[0].y_lim=3"]),
        ([{**KNEE, "y_scale": "deg"}], ["list[0].y_scale=deg"]),
        ([{**KNEE, "filter": "butter"}], ["list[0].filter=butter"]),
        ([{**KNEE, "filter": {"type": "butter"}}], ["list[0].filter has no order, cutoff, fs"]),
        ([{**KNEE, "filter": {**SMOOTH, "type": "cheby"}}], ["list[0].filter.type=cheby", "butter"]),
        ([{**KNEE, "filter": {**SMOOTH, "order": 0}}], ["list[0].filter.order=0"]),
        ([{**KNEE, "filter": {**SMOOTH, "fs": 0}}], ["list[0].filter.fs=0"]),
        ([{**KNEE, "filter": {**SMOOTH, "cutoff": 15}}], ["list[0].filter.cutoff=15", "below fs/2=15 Hz"]),
    ],
)
def test_what_does_not_fit_is_refused(listed, words):
    with pytest.raises(ConfigError) as caught:
        read_video_plots(listed, "list")
    for word in words:
        assert word in str(caught.value)
