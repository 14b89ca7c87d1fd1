"""What other people's column names mean: OpenSim paths, capitals, German and French spreadsheet headers."""

import re
import unicodedata

# Stems of a header without accents, the most telling first. German grad holds rad.
_JOINTS = (
    (
        "trunk_pitch",
        ("trunk", "torso", "rumpf", "oberkorper", "oberkoerper", "tronc", "thorax", "becken", "pelvis", "bassin"),
    ),
    ("hip_flexion", ("hip", "huft", "hueft", "hanche")),
    ("knee_flexion", ("knee", "knie", "genou")),
    ("ankle_dorsiflexion", ("ankle", "sprunggelenk", "osg", "knochel", "knoechel", "cheville", "fussgelenk")),
)
_TIMES = ("time", "zeit", "temps", "sekunde", "seconde", "second")
_PHASES = ("phase", "cycle", "cyclus", "zyklus", "percent", "prozent", "pourcent", "gait", "gang")
_SIDES = (
    ("l", ("left", "links", "linke", "gauche")),
    ("r", ("right", "rechts", "rechte", "droite", "droit")),
)
_OPENSIM_VALUE = re.compile(r"^/jointset/[^/]+/([^/]+)/value$")


def opensim_coordinate(name: str) -> str | None:
    """Return the coordinate that a column of an OpenSim table holds; None for speeds and other states of a path.

    Args:
        name: A plain name, or a path such as `/jointset/hip_r/hip_flexion_r/value`.
    """
    if (match := _OPENSIM_VALUE.match(name)) is not None:
        return match.group(1)
    return None if name.startswith("/") else name


def guess_column(name: str) -> str:
    """Return the column of a reference gait that a foreign header most likely means, or an empty text."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("ß", "ss")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[a-z]+", plain)
    if not words:
        return "phase_percent" if "%" in name else ""
    if any(word.startswith(stem) for word in words for stem in _TIMES) or words in (["t"], ["s"], ["t", "s"]):
        return "time_s"
    joint = next((joint for joint, stems in _JOINTS if any(stem in word for word in words for stem in stems)), None)
    if joint is None:
        return "phase_percent" if "%" in name or any(word.startswith(_PHASES) for word in words) else ""
    side = next((side for side, stems in _SIDES if any(word in (side, *stems) for word in words)), "")
    radians = any(word.startswith(("rad", "bogenmass")) for word in words)
    parts = [joint, "" if joint == "trunk_pitch" else side, "rad" if radians else "deg"]
    return "_".join(part for part in parts if part)
