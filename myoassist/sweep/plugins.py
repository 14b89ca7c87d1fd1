"""Make the sweepers and launchers of this project known to Hydra."""

from hydra.core.plugins import Plugins

from myoassist.sweep.evolution_plugins import register_evolution
from myoassist.sweep.grid import GridSweeper
from myoassist.sweep.launcher_local import LocalLauncher
from myoassist.sweep.resources import register_resolvers


def register_sweep_plugins() -> None:
    """Register every sweeper and launcher, their settings, and the resolvers that the launcher files use.

    Call it before anything is composed; it can be repeated.
    """
    for plugin in (GridSweeper, LocalLauncher):
        Plugins.instance().register(plugin)
    register_evolution()
    register_resolvers()
