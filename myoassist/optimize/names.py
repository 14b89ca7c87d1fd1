"""Names of result files."""

from datetime import datetime

from myoassist.config.run_names import check_suffix
from myoassist.config.schema.run import RunConfig
from myoassist.optimize.conditions import label_conditions
from myoassist.space.table import ParameterTable

PICKLE_SUFFIX = "_Pickle.pkl"

# Names of the targets in published file names.
TARGET_NAMES = {"effort": "Effort", "velocity": "Velocity", "kinematics": "Kine"}
# Not strftime("%b"), which speaks the language of the computer.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def make_run_name(config: RunConfig, table: ParameterTable, now: datetime | None = None) -> str:
    """Return `myorfl_<target>_<2D|3D>_<speed>_<stamp>_<suffix>`.

    With several conditions `ms_` or `sl_` and the values of all of them take the place of the speed.

    Args:
        config: Target, speed, conditions and suffix.
        table: Its layout tells 2D from 3D.
        now: Local time of the first start; the current one if None.

    Raises:
        ConfigError: if the suffix cannot be part of a file name.
    """
    now = datetime.now() if now is None else now
    check_suffix(config.optimizer.run_suffix)
    suffix = "None" if config.optimizer.run_suffix is None else config.optimizer.run_suffix
    target = TARGET_NAMES.get(config.cost.target, config.cost.target)
    speed = label_conditions(config)
    stamp = f"{now.year}{_MONTHS[now.month - 1]}{now.day:02d}_{now.hour:02d}{now.minute:02d}"
    return f"myorfl_{target}_{table.layout[:2].upper()}_{speed}_{stamp}_{suffix}"
