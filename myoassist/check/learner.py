"""Check the options of the learning algorithm of a run of the RL trainer."""

import math
import warnings

from myoassist.config.schema.keys import format_value
from myoassist.config.schema.learner import PPOConfig, SACConfig
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError

# What A2C has no use for.
PPO_ONLY = ("batch_size", "n_epochs", "clip_range", "clip_range_vf", "target_kl", "mirror_coef")


def check_learner(config: RunConfig) -> None:
    """Refuse options that do not fit the learning algorithm, or each other.

    Raises:
        ConfigError: naming the keys.
    """
    if config.rl.algorithm == "sac":
        _check_sac(config)
        return
    _refuse_sac_keys(config)
    ppo, defaults = config.rl.ppo_params, PPOConfig()
    rollout = ppo.n_steps * config.env.num_envs
    if config.rl.algorithm == "a2c":
        changed = [name for name in PPO_ONLY if getattr(ppo, name) != getattr(defaults, name)]
        if changed:
            shown = " ".join(f"rl.ppo_params.{name}={format_value(getattr(ppo, name))}" for name in changed)
            raise ConfigError(
                f"rl.algorithm=a2c with {shown}",
                "keys that a2c reads: "
                + ", ".join(name for name in vars(defaults) if name not in (*PPO_ONLY, "device")),
                " ".join(f"rl.ppo_params.{name}={format_value(getattr(defaults, name))}" for name in changed),
            )
        return
    where = f"env.num_envs={config.env.num_envs} and rl.ppo_params.n_steps={ppo.n_steps} give a rollout of {rollout}"
    if ppo.batch_size > rollout:
        raise ConfigError(
            f"rl.ppo_params.batch_size={ppo.batch_size}: {where}",
            "a rollout of at least one batch",
            f"rl.ppo_params.n_steps={math.ceil(ppo.batch_size / config.env.num_envs)} (or batch_size={rollout})",
        )
    if rollout % ppo.batch_size:
        warnings.warn(
            f"{where}, which is no multiple of rl.ppo_params.batch_size={ppo.batch_size}: every pass ends with a batch "
            f"of {rollout % ppo.batch_size}",
            stacklevel=2,
        )


def _refuse_sac_keys(config: RunConfig) -> None:
    sac, defaults = config.rl.sac_params, SACConfig()
    changed = [name for name in vars(defaults) if getattr(sac, name) != getattr(defaults, name)]
    if changed:
        shown = " ".join(f"rl.sac_params.{name}={format_value(getattr(sac, name))}" for name in changed)
        raise ConfigError(
            f"rl.algorithm={config.rl.algorithm} with {shown}",
            "rl.algorithm=sac, which alone reads rl.sac_params",
            f"rl=sac (or {' '.join(f'rl.sac_params.{n}={format_value(getattr(defaults, n))}' for n in changed)})",
        )


def _check_sac(config: RunConfig) -> None:
    sac = config.rl.sac_params
    if config.rl.ppo_params.mirror_coef > 0.0:
        raise ConfigError(
            f"rl.algorithm=sac with rl.ppo_params.mirror_coef={config.rl.ppo_params.mirror_coef:g}",
            "rl.algorithm=ppo: steps towards symmetry follow the updates of PPO",
            "rl.ppo_params.mirror_coef=0 (or rl=ppo)",
        )
    rollout = sac.n_steps * config.env.num_envs
    where = f"env.num_envs={config.env.num_envs} and rl.sac_params.n_steps={sac.n_steps} give a rollout of {rollout}"
    for needed, words in (
        (rollout, where),
        (sac.learning_starts, f"learning_starts={sac.learning_starts}"),
    ):
        if sac.buffer_size < needed:
            raise ConfigError(
                f"rl.sac_params.buffer_size={sac.buffer_size}: {words}",
                "room for a rollout and for the steps before the first update",
                f"rl.sac_params.buffer_size={needed}",
            )
    if sac.ent_coef is not None and sac.target_entropy is not None:
        raise ConfigError(
            f"rl.sac_params.ent_coef={sac.ent_coef:g} with rl.sac_params.target_entropy={sac.target_entropy:g}",
            "one of them: a fixed weight of the entropy, or what a learned one aims at",
            "rl.sac_params.ent_coef=null (or rl.sac_params.target_entropy=null)",
        )
