"""Keys of the human controller."""

from dataclasses import dataclass

from myoassist.config.schema.option import option

# Name -> package with `parameters.entries` (light) and `part.controller` (compiled).
HUMAN_CONTROLLERS = {
    "reflex": "myoassist.control.human.reflex",
    "cpg": "myoassist.control.human.cpg",
    "network": "myoassist.control.human.network",
}


@dataclass
class ControlConfig:
    """Controller of the human."""

    controller: str = option(
        "reflex",
        "What excites the muscles: reflex (spinal reflexes), cpg (pulses of a clock that heel strike sets back), "
        "network (a small neural network of the senses), or a controller of your own.",
        choices=tuple(HUMAN_CONTROLLERS),
        own=True,
        task="search",
    )
    reflex_mode: str = option(
        "uni",
        "How the 80 muscles get the controller's 13 commands per leg: uni gives every muscle of a group the same, ind "
        "searches a factor for each of them.",
        choices=("uni", "ind"),
    )
    delayed: bool = option(
        False,
        "Neural delays of the reflexes with control at 1 kHz; otherwise control at 100 Hz without delays.",
        task="search",
    )
    hidden: int = option(6, "Hidden units of the network; both legs share their weights.", ge=1, le=64, task="search")
