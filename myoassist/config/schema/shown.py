"""How a run is shown while it goes on: trackers of experiments, the live page."""

from dataclasses import dataclass

from myoassist.config.schema.option import option


@dataclass
class ShownConfig:
    """What is told about a run, and to whom; nothing of it changes the run."""

    tracking: str = option(
        "none",
        "Tell a tracker of experiments about the run: mlflow or wandb (Weights & Biases), on this machine unless "
        "tracking_uri says otherwise.",
        choices=("none", "mlflow", "wandb"),
        change=False,
    )
    tracking_uri: str | None = option(
        None, "Server that tracking sends to; null keeps everything below logs/.", change=False
    )
    watch: bool = option(False, "Show the best of the search in a browser while it goes on.", change=False)
    watch_host: str = option(
        "127.0.0.1",
        "Address that the page of watch=true listens on; 0.0.0.0 lets other machines in that know the token.",
        change=False,
    )
