"""Where an algorithm begins anew within a search: after a scan, and in other coordinates than those before."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoassist.config.entries.cma_options import SIGMA_0
from myoassist.config.entries.search_stages import SearchStage
from myoassist.config.schema.run import OptimizerConfig
from myoassist.optimize.optimizers.base import Optimizer, Region

# Separates the seeds of an algorithm that begins anew in other coordinates.
_SPACE_STREAM = 3
# Smallest share of the mean that a standard deviation keeps where few vectors are close to each other by chance, or
# where no factor moved a parameter; its inverse is the largest after factors.
_LEAST_SPREAD = 0.2


def stage_options(stage: SearchStage, config: OptimizerConfig) -> OptimizerConfig:
    """Return the options of an algorithm that begins with a stage and has none itself."""
    own = replace(config, scan=0, stages=None, factors=False)
    if stage.covariance == "diagonal":
        own = replace(own, diagonal_generations=0, cma_options={**(config.cma_options or {}), "CMA_diagonal": True})
    return own


def region_after_scan(region: Region, config: OptimizerConfig, vectors: Sequence[Sequence[float]]) -> Region:
    """Return where the algorithm starts after a scan, whose best vectors are given."""
    best = np.array(vectors)
    start, spread = best.mean(axis=0), None
    if config.scan_spread and len(best) > 1:
        widths = best.std(axis=0)
        widths = np.maximum(widths, _LEAST_SPREAD * max(float(widths.mean()), 1e-12))
        spread = widths / np.exp(np.log(widths).mean())
    return replace(region, start=np.clip(start, region.lower, region.upper), spread=spread)


def go_over(
    before: Optimizer, stage: SearchStage, region: Region, config: OptimizerConfig
) -> tuple[Region, OptimizerConfig]:
    """Return start and options of an algorithm that goes on in other coordinates, from the present mean.

    The scales of parameters are those that factors have left, so that steps stay relative; parameters that no factor
    moves begin with the smallest of them.

    Args:
        before: The algorithm in its coordinates.
        stage: The next stage.
        region: Bounds.
        config: Options of the run.
    """
    widths = before.deviations
    moved = widths[widths > 0.0]
    present = float(np.exp(np.log(moved).mean())) if len(moved) else SIGMA_0 * config.sigma_gain
    gain, spread = present / SIGMA_0, None
    if stage.covariance == "reset":
        gain = config.sigma_gain
    elif not stage.factors:
        spread = np.clip(widths / present, _LEAST_SPREAD, 1.0 / _LEAST_SPREAD)
        spread /= np.exp(np.log(spread).mean())
    options = {name: value for name, value in (config.cma_options or {}).items() if name != "CMA_diagonal"}
    own = replace(config, sigma_gain=stage.sigma_gain or gain, cma_options=options or None, diagonal_generations=0)
    start = np.clip(before.center, region.lower, region.upper)
    return replace(region, start=start, spread=spread), own


def space_seed(run_seed: int, stage: int) -> int:
    """Return the seed of an algorithm that begins anew with a stage, by its number."""
    return int(np.random.SeedSequence([run_seed, _SPACE_STREAM, stage]).generate_state(1)[0])
