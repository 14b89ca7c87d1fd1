"""What excites the muscles of the guided reflexes: names of the contributions, and which muscles each reaches."""

from myoassist.control.channel import Channel
from myoassist.control.human.contributions import REST_NAME
from myoassist.control.human.guided.parameters import HIP, LOADED, PAIRS, SIDE_PAIRS, guided_muscles

SOURCES = {
    REST_NAME: "pre-stimulation, and the activation at the start until the first excitation arrives",
    "activity": "people's activity at the phase of the clock",
    "push_off": "what missing speed and a turned trunk change of the calf's activity",
    "stretch": "stretch reflexes: deviation of joints from people's, and its rate",
    "placement": "aim of the leg in swing: lean of the trunk, missing speed, place beside the other foot",
    "trunk": "what holds the trunk over the loaded leg",
    "load": "load reflexes: own force in stance",
    "heading": "turn of the trunk",
    "abduction": "what makes up for the extension that abductors give the hip",
    "stumble": "what lifts a foot that scuffs",
    "reach": "what extends a leg that is awaited",
    "support": "push of the leg that stands while the other foot scuffs",
}
ACTIVITY, PUSH_OFF, STRETCH, PLACEMENT, TRUNK, LOAD, HEADING, ABDUCTION, STUMBLE, REACH, SUPPORT = range(
    1, len(SOURCES)
)
_TRUNK = ("GLU", "HAM", "HFL")
_PUSH_OFF = ("GAS", "SOL")
_LIFT = ("HFL", "BFSH", "TA")
_JOINTS = ("hip", "knee", "ankle")

# What is logged beside the contributions, in this order.
INNER_CHANNELS = (
    Channel("stance_share", (2,), "1", "share of stance in the gains of a leg, by its load", internal=True),
    *(
        Channel(f"{joint}_target", (2,), "rad", f"flexion of the {joint} that stretch reflexes hold", internal=True)
        for joint in _JOINTS
    ),
)


def source_pairs(dimensions: int, awaits: bool = False) -> tuple[tuple[str, str], ...]:
    """Return which source reaches which muscle group, in 2 or 3 dimensions; with late feet awaited or not."""
    driven = guided_muscles(dimensions)
    side = tuple(muscle for muscle, _ in SIDE_PAIRS) if dimensions == 3 else ()
    reached = {
        REST_NAME: driven,
        "activity": driven,
        "push_off": _PUSH_OFF,
        "stretch": (*dict.fromkeys(muscle for muscle, _, _ in PAIRS), *side),
        "placement": (*dict.fromkeys(muscle for muscle, joint, _ in PAIRS if joint == HIP), *side),
        "trunk": (*_TRUNK, *side),
        "load": (*LOADED, *side[:1]),
        "stumble": _LIFT,
    }
    if dimensions == 3:
        reached |= {"heading": ("GLU",), "abduction": ("GLU", "HFL")}
    if awaits:
        reached |= {"reach": ("VAS",), "support": _PUSH_OFF}
    return tuple((source, muscle) for source, muscles in reached.items() for muscle in muscles)
