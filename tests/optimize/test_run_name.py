from datetime import datetime

import pytest

from myoassist.check.run import check
from myoassist.config.schema.run import RunConfig
from myoassist.control.table import build_table
from myoassist.files.errors import ConfigError
from myoassist.optimize.names import make_run_name


def test_published_pattern():
    config = RunConfig()
    config.cost.target = "kinematics"
    name = make_run_name(config, build_table(2, controller="four_param"), datetime(2025, 7, 29, 13, 39))
    assert name == "myorfl_Kine_2D_1_25_2025Jul29_1339_None"
    config.cost.target, config.cost.tgt_vel, config.optimizer.run_suffix = "effort", 1, "a-b"
    assert (
        make_run_name(config, build_table(3), datetime(2025, 1, 2, 3, 4)) == "myorfl_Effort_3D_1_0_2025Jan02_0304_a-b"
    )


def test_what_a_configuration_allows_names_files():
    config = RunConfig()
    config.optimizer.run_suffix = "a=1,b@2"
    check(config)
    assert make_run_name(config, build_table(2)).endswith("_a=1,b@2")


@pytest.mark.parametrize("suffix", ["", "a/b", "..\\x", "a b"])
def test_suffix_must_fit_a_file_name(suffix):
    config = RunConfig()
    config.optimizer.run_suffix = suffix
    with pytest.raises(ConfigError, match="run_suffix"):
        make_run_name(config, build_table(2))
