"""Keys of the human controller."""

from dataclasses import dataclass

from myoassist.config.schema.option import option

# Name -> package with `parameters.entries` (light) and `part.controller` (compiled).
HUMAN_CONTROLLERS = {
    "reflex": "myoassist.control.human.reflex",
    "cpg": "myoassist.control.human.cpg",
    "network": "myoassist.control.human.network",
    "guided": "myoassist.control.human.guided",
}
# Those with neural delays.
DELAYED_CONTROLLERS = ("reflex", "guided")
STRIKE, STUMBLE = "strike", "stumble"
AT_TARGET, AT_SPEED = "target", "speed"
ALONE, AWAITED = "alone", "awaited"
# Those that log where in the stride each leg is by a clock of its own.
CLOCKED_CONTROLLERS = ("guided",)
# Those whose excitation is a sum of parts that they can log.
MODULAR_CONTROLLERS = ("reflex", "guided")


@dataclass
class ControlConfig:
    """Controller of the human."""

    controller: str = option(
        "reflex",
        "What excites the muscles: reflex (spinal reflexes), cpg (pulses of a clock that heel strike sets back), "
        "network (a small neural network of the senses), guided (stretch reflexes around what people do at a speed), "
        "or a controller of your own.",
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
    legs: str = option(
        "shared",
        "Gains of the legs: shared (both have the same), bilateral (each has its own, their names end in _r and _l), "
        "amp (with a prosthesis: the right leg has those of the muscles that are left, the left one all).",
        choices=("shared", "bilateral", "amp"),
        task="search",
    )
    delayed: bool = option(
        False,
        "Neural delays of reflex and guided, with control at 1 kHz; otherwise control at 100 Hz without delays.",
        task="search",
    )
    hidden: int = option(6, "Hidden units of the network, of each leg.", ge=1, le=64, task="search")
    speed: float | None = option(
        None,
        "Speed at which the guided reflexes walk, and whose human pattern they follow; null is cost.tgt_vel.",
        gt=0.0,
        le=5.0,
        unit="m/s",
        task="search",
    )
    swing_contact: str = option(
        STRIKE,
        "What guided reflexes make of a foot that touches the ground in mid-swing: strike (a heel strike, as in runs "
        "before this key) or stumble (it has scuffed: the clock goes on and the foot is lifted).",
        choices=(STRIKE, STUMBLE),
        task="search",
    )
    cadence: str = option(
        AT_TARGET,
        "How fast the clock of guided reflexes runs: as people's at the target speed (target, as in runs before this "
        "key), or faster and slower as theirs does with the present speed (speed).",
        choices=(AT_TARGET, AT_SPEED),
        task="search",
    )
    late_foot: str = option(
        ALONE,
        "What guided reflexes do while a foot is late to land: its clock waits (alone, as in runs before this key), or "
        "that of the leg that stands waits too, the late knee extends, and both legs lift a scuffing foot (awaited).",
        choices=(ALONE, AWAITED),
        task="search",
    )
    log_modules: bool = option(
        False,
        "Log in evaluations, of reflex and guided, what every module or reflex adds to the excitation of each muscle, "
        "phases, commands and target angles: eval_channels.csv, eval_modules.png and the report. Searches never do.",
        change=False,
        task="search",
    )
