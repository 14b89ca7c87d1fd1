"""Options of the learning algorithms, under the names that Stable-Baselines3 has for them."""

from dataclasses import dataclass

from myoassist.config.schema.option import option

# Name -> class.
ALGORITHMS = {
    "ppo": "myoassist.rl.algorithms.ppo:PpoLearner",
    "a2c": "myoassist.rl.algorithms.a2c:A2cLearner",
    "sac": "myoassist.rl.algorithms.sac:SacLearner",
}


@dataclass
class PPOConfig:
    """Proximal policy optimization, as Stable-Baselines3 names it."""

    learning_rate: float = option(1e-4, "Step size of Adam.", gt=0.0, le=1.0, task="rl")
    n_steps: int = option(512, "Control steps per environment and rollout.", ge=1, le=10**7, task="rl")
    batch_size: int = option(8192, "Samples of one gradient step.", ge=2, le=10**8, task="rl")
    n_epochs: int = option(30, "Passes over a rollout at most.", ge=1, le=1000, task="rl")
    gamma: float = option(0.99, "Discount per control step.", gt=0.0, le=1.0, task="rl")
    gae_lambda: float = option(0.95, "Trade-off of the advantage estimate.", ge=0.0, le=1.0, task="rl")
    clip_range: float = option(0.2, "Clipping of the probability ratio.", gt=0.0, le=10.0, task="rl")
    clip_range_vf: float | None = option(100.0, "Clipping of the value; null for none.", gt=0.0, task="rl")
    ent_coef: float = option(0.001, "Weight of the entropy.", ge=0.0, le=1e6, task="rl")
    vf_coef: float = option(0.5, "Weight of the value loss.", ge=0.0, le=1e6, task="rl")
    max_grad_norm: float = option(0.5, "Longest gradient.", gt=0.0, task="rl")
    use_sde: bool = option(
        False, "State-dependent exploration (not for several networks).", choices=(False,), task="rl"
    )
    sde_sample_freq: int = option(-1, "Steps between its samples.", ge=-1, task="rl")
    target_kl: float | None = option(0.01, "Divergence that ends the passes; null for none.", gt=0.0, task="rl")
    device: str | None = option(None, "Where networks are trained.", choices=("cpu", "cuda"), alias="rl.device")
    mirror_coef: float = option(0.0, "Weight of the mirror-symmetry loss; 0 turns it off.", ge=0.0, le=1e6, task="rl")


@dataclass
class SACConfig:
    """Soft actor-critic, as Stable-Baselines3 names it."""

    learning_rate: float = option(3e-4, "Step size of Adam.", gt=0.0, le=1.0, task="rl")
    n_steps: int = option(8, "Control steps per environment between updates.", ge=1, le=10**6, task="rl")
    gradient_steps: int = option(64, "Gradient steps of an update.", ge=1, le=10**6, task="rl")
    batch_size: int = option(256, "Remembered steps of one gradient step.", ge=2, le=10**6, task="rl")
    buffer_size: int = option(
        100_000, "Environment steps that are remembered; a checkpoint holds all of them.", ge=1, le=10**8, task="rl"
    )
    learning_starts: int = option(2000, "Environment steps before the first update.", ge=0, le=10**8, task="rl")
    gamma: float = option(0.99, "Discount per control step.", gt=0.0, le=1.0, task="rl")
    tau: float = option(0.005, "Part by which the slow critics follow per gradient step.", gt=0.0, le=1.0, task="rl")
    ent_coef: float | None = option(None, "Weight of the entropy; null learns it.", ge=0.0, le=1000.0, task="rl")
    initial_ent_coef: float = option(0.01, "Learned weight of the entropy at the start.", gt=0.0, le=1000.0, task="rl")
    target_entropy: float | None = option(
        None, "Entropy that the learned weight aims at; null is minus the number of actions.", task="rl"
    )
