"""Import the code of the user that a checked configuration names, and check what it alone can tell."""

from myoassist.check.run import check_own_parts
from myoassist.config.schema.own_code import user_files
from myoassist.config.schema.run import RunConfig
from myoassist.control.own.check import check_own_controllers
from myoassist.model.load_mujoco import load_mujoco
from myoassist.runs.plugins import import_plugins


def import_code(config: RunConfig, *, starts: bool = True) -> list[str]:
    """Import the plugins and controllers of a run, after its controllers have been tried out.

    Args:
        config: Checked configuration, whose code the user has named or trusted.
        starts: As in `check.run.check`.

    Returns:
        The files; without any, nothing is done.

    Raises:
        UserError: naming the file, the line and the cause, or the key that does not fit what it brings.
    """
    files = user_files(config)
    if files:
        # They may import MuJoCo themselves.
        load_mujoco()
        if config.task == "search":
            check_own_controllers(config)
        import_plugins(files)
        check_own_parts(config, starts=starts)
    return files
