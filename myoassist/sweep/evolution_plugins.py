"""Make the evolution sweeper and the Slurm launcher of this project known to Hydra."""

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins

PROVIDER = "myoassist"


def register_evolution() -> None:
    """Register sweeper, launcher and their settings; before anything is composed, safe to call again."""
    from myoassist.sweep.evolution import EvolutionSweeper
    from myoassist.sweep.evolution_config import SWEEPER_NAME, EvolutionSweeperConfig
    from myoassist.sweep.tolerant import TolerantSlurmLauncher
    from myoassist.sweep.tolerant_config import TolerantSlurmConfig

    for plugin in (EvolutionSweeper, TolerantSlurmLauncher):
        Plugins.instance().register(plugin)
    store = ConfigStore.instance()
    # The file of the sweeper's name in configs/ builds on this schema, hence the other name.
    store.store(
        group="hydra/sweeper",
        name=f"{SWEEPER_NAME}_schema",
        node=EvolutionSweeperConfig,
        provider=PROVIDER,
        replace=True,
    )
    store.store(
        group="hydra/launcher", name="tolerant_slurm", node=TolerantSlurmConfig, provider=PROVIDER, replace=True
    )
