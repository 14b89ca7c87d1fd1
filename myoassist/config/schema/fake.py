"""Keys that only the synthetic trainer reads."""

from dataclasses import dataclass

from myoassist.config.schema.option import option


@dataclass
class FakeConfig:
    """Synthetic trainer of task=fake: seconds instead of hours, to try out sweeps and clusters."""

    noise: float = option(0.05, "Standard deviation of the noise on the fitness, seeded by seed.", ge=0.0, le=1e6)
    steps: int = option(3, "Steps of the run; a checkpoint is written after each.", ge=1, le=100000)
    sleep: float = option(0.0, "Pause in every step.", ge=0.0, le=86400.0, unit="s", change=False)
    fail_below: float | None = option(None, "Runs with a lower fitness fail half-way, in the way of fake.failure.")
    failure: str = option(
        "raise",
        "How they fail: raise an error, return nan, kill their process, or hang.",
        choices=("raise", "nan", "kill", "hang"),
        change=False,
    )
    fail_once: bool = option(False, "Fail at the first start only; a resumed run then ends well.", change=False)
