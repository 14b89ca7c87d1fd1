"""The walking conditions that one search is judged on: speeds or slopes, their weights, how a vector serves them."""

import math
from dataclasses import dataclass, replace

import numpy as np

from myoassist.config.schema.keys import format_value, run_keys
from myoassist.config.schema.run import OptimizerConfig, RunConfig
from myoassist.files.errors import ConfigError

_KIND_OF_MODE = {"multispeed": "speed", "multislope": "slope"}
_KEY_OF_KIND = {"speed": "cost.tgt_vel", "slope": "env.slope_deg"}
_DEFAULT_STRATEGY = {"speed": "affine", "slope": "shared"}
_EXAMPLES = {"speed": "[1.0,1.25,1.5]", "slope": "[-5,0,5]"}
# Parameter change per raw slope entry is counted per m/s, or per this many deg.
SLOPE_UNIT_DEG = 10.0


@dataclass(frozen=True)
class Condition:
    """One walking condition.

    Attributes:
        number: Place in `optimizer.optim_params`, counted from 1.
        speed: Target speed, m/s.
        slope_deg: Inclination of the ground, deg, uphill positive.
        weight: Its share of the total; the shares of a run sum to 1.
        deviation: Distance of its speed (m/s) or slope (10 deg) from the mean of the run's conditions.
    """

    number: int
    speed: float
    slope_deg: float
    weight: float = 1.0
    deviation: float = 0.0

    def describe(self) -> str:
        """Return `speed=1.25, slope=0` as cost files have it."""
        return f"speed={format_value(float(self.speed))}, slope={format_value(float(self.slope_deg))}"


def condition_kind(optimizer: OptimizerConfig) -> str | None:
    """Return speed or slope where a run has several conditions, else None."""
    if optimizer.mode == "evaluate":
        return optimizer.evaluate_over
    return _KIND_OF_MODE.get(optimizer.mode)


def choose_strategy(optimizer: OptimizerConfig) -> str:
    """Return shared, affine or chain; single where a run has one condition."""
    kind = condition_kind(optimizer)
    return "single" if kind is None else optimizer.multi_strategy or _DEFAULT_STRATEGY[kind]


def slope_unit(optimizer: OptimizerConfig) -> str:
    """Return over what a slope entry of 1 changes its parameter by 1 raw unit: `m/s` or `10 deg`."""
    return f"{SLOPE_UNIT_DEG:g} deg" if condition_kind(optimizer) == "slope" else "m/s"


def list_conditions(config: RunConfig) -> tuple[Condition, ...]:
    """Return the conditions of a run, one where its mode has no list.

    Args:
        config: `optimizer.optim_params` and `optim_weights`, `cost.tgt_vel`, `env.slope_deg`.

    Raises:
        ConfigError: if the list is empty, holds a value twice or one out of range, if the weights do not fit, or if the
            strategy does not fit the mode.
    """
    kind = condition_kind(config.optimizer)
    if kind is None:
        return (Condition(1, config.cost.tgt_vel, config.env.slope_deg),)
    _check_list(config, kind)
    values = np.array(config.optimizer.optim_params, dtype=np.float64)
    weights = _scale_weights(config.optimizer, len(values))
    _check_strategy(config.optimizer)
    deviations = (values - values.mean()) / (SLOPE_UNIT_DEG if kind == "slope" else 1.0)
    conditions = []
    for i, value in enumerate(values.tolist()):
        speed, slope = (value, config.env.slope_deg) if kind == "speed" else (config.cost.tgt_vel, value)
        conditions.append(Condition(i + 1, speed, slope, float(weights[i]), float(deviations[i])))
    return tuple(conditions)


def condition_config(config: RunConfig, condition: Condition) -> RunConfig:
    """Return the configuration of a run over one condition alone; its start is left out."""
    return replace(
        config,
        env=replace(config.env, slope_deg=condition.slope_deg),
        cost=replace(config.cost, tgt_vel=condition.speed),
        optimizer=replace(
            config.optimizer,
            mode="single",
            optim_params=[],
            optim_weights=None,
            multi_strategy=None,
            evaluate_over=None,
            param_path=None,
        ),
    )


def label_conditions(config: RunConfig) -> str:
    """Return what stands for the speed in file names: `1_25`, `ms_0_75-1_25` or `sl_n5_0-0_0-5_0`."""
    kind = condition_kind(config.optimizer)
    if kind is None:
        return label_value(config.cost.tgt_vel)
    prefix = "ms" if kind == "speed" else "sl"
    return f"{prefix}_{'-'.join(label_value(value) for value in config.optimizer.optim_params)}"


def label_value(value: float) -> str:
    """Return a number for file names: 1.25 becomes 1_25, -5 becomes n5_0."""
    return str(float(value)).replace(".", "_").replace("-", "n")


def _check_list(config: RunConfig, kind: str) -> None:
    values = config.optimizer.optim_params
    shown = f"optimizer.optim_params={format_value(list(values))}"
    example = f"optimizer.optim_params={_EXAMPLES[kind]}"
    what = "speeds in m/s" if kind == "speed" else "inclinations in deg, uphill positive"
    if not values:
        raise ConfigError(f"{shown} with optimizer.mode={config.optimizer.mode}", f"a list of {what}", example)
    key = run_keys()[_KEY_OF_KIND[kind]]
    limits = key.metadata
    for value in values:
        low, high = limits["gt"] if limits["gt"] is not None else limits["ge"], limits["le"]
        open_below = limits["gt"] is not None
        if not math.isfinite(value) or value > high or value < low or (open_below and value == low):
            raise ConfigError(
                f"{shown}: {format_value(float(value))} is out of range",
                f"{what}, {'more than' if open_below else 'at least'} {low:g}, at most {high:g}",
                example,
            )
    if len(set(values)) < len(values):
        raise ConfigError(f"{shown} holds a value twice", "each condition once; optimizer.optim_weights weighs them")


def _scale_weights(optimizer: OptimizerConfig, n: int) -> np.ndarray:
    if optimizer.optim_weights is None:
        return np.full(n, 1.0 / n)
    weights = np.array(optimizer.optim_weights, dtype=np.float64)
    shown = f"optimizer.optim_weights={format_value(list(optimizer.optim_weights))}"
    if len(weights) != n:
        raise ConfigError(f"{shown}: {len(weights)} weights for {n} conditions", f"{n} weights, or null", "null")
    if not np.isfinite(weights).all() or (weights <= 0.0).any():
        raise ConfigError(shown, "finite numbers larger than 0", "leave the conditions out that shall not count")
    return weights / weights.sum()


def _check_strategy(optimizer: OptimizerConfig) -> None:
    strategy = choose_strategy(optimizer)
    if strategy == "affine" and len(optimizer.optim_params) < 2:
        raise ConfigError(
            f"optimizer.multi_strategy=affine with {len(optimizer.optim_params)} condition",
            "two or more: slopes of parameters need something to differ",
            "optimizer.multi_strategy=shared, or optimizer.mode=single",
        )
    if strategy == "chain" and optimizer.mode == "evaluate":
        raise ConfigError(
            "optimizer.multi_strategy=chain with optimizer.mode=evaluate",
            "shared or affine: a chain has a vector per condition",
            "evaluate the folders of its conditions one by one",
        )
    if strategy == "chain" and optimizer.pickle_path is not None:
        raise ConfigError(
            "optimizer.multi_strategy=chain with optimizer.pickle_path",
            "optimizer.param_path: the searches of a chain are independent of each other",
            "optimizer.pickle_path=null",
        )
