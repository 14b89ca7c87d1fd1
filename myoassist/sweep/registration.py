"""Make the sweepers and launchers of this project known to Hydra."""

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins

from myoassist.sweep.evolution.settings import (
    OPTUNA_NAME,
    SWEEPER_NAME,
    EvolutionSweeperConfig,
    OptunaSweeperConfig,
)
from myoassist.sweep.evolution.sweeper import EvolutionSweeper, OptunaSweeper
from myoassist.sweep.grid.sweeper import GridSweeper
from myoassist.sweep.launch.local import LocalLauncher
from myoassist.sweep.launch.resources import register_resolvers
from myoassist.sweep.launch.slurm import TolerantSlurmLauncher
from myoassist.sweep.launch.slurm_settings import TolerantSlurmConfig
from myoassist.sweep.pool import PoolSweeper

PROVIDER = "myoassist"


def register_sweep_plugins() -> None:
    """Register every sweeper and launcher, their settings, and the resolvers that the launcher files use.

    Call it before anything is composed; it can be repeated.
    """
    for plugin in (GridSweeper, PoolSweeper, LocalLauncher):
        Plugins.instance().register(plugin)
    _register_evolution()
    register_resolvers()


def _register_evolution() -> None:
    """Register the sweepers and the Slurm launcher of evolutions and their settings."""
    for plugin in (EvolutionSweeper, OptunaSweeper, TolerantSlurmLauncher):
        Plugins.instance().register(plugin)
    store = ConfigStore.instance()
    for name, schema in ((SWEEPER_NAME, EvolutionSweeperConfig), (OPTUNA_NAME, OptunaSweeperConfig)):
        # The file of the sweeper's name in configs/ builds on this schema, hence the other name.
        store.store(group="hydra/sweeper", name=f"{name}_schema", node=schema, provider=PROVIDER, replace=True)
    store.store(
        group="hydra/launcher", name="tolerant_slurm", node=TolerantSlurmConfig, provider=PROVIDER, replace=True
    )
