"""Which segment and landmark the names of common marker sets mean.

Sets: OpenSim's example (R.ASIS), Plug-in Gait (RASI), Rajagopal 2016 (RASI, RLFC), Cleveland's names.
"""

import re

# Landmark -> names without their side, in capitals and without signs between letters.
_LANDMARKS: dict[str, tuple[str, ...]] = {
    "asis": ("ASIS", "ASI"),
    "psis": ("PSIS", "PSI"),
    "knee_lateral": ("KNEELAT", "KNE", "LFC", "KNEE", "LKNE", "LATKNEE", "LKNEE"),
    "knee_medial": ("KNEEMED", "KNEM", "MFC", "MKNE", "MKNEE", "MEDKNEE", "KNM"),
    "ankle_lateral": ("ANKLELAT", "ANK", "LMAL", "ANKLE", "LATANKLE", "LANKLE"),
    "ankle_medial": ("ANKLEMED", "ANKM", "MMAL", "MED", "MANKLE", "MEDANKLE"),
    "heel": ("HEEL", "HEE", "CAL", "CALC"),
    "toe": ("TOETIP", "TOE", "MT2", "2MT", "HLX", "BTOE", "BIGTOE"),
    "acromion": ("ACROMIUM", "ACROMION", "SHO", "ACR", "SHOULDER", "SH"),
}
_MIDDLE: dict[str, tuple[str, ...]] = {
    "sacrum": ("VSACRAL", "SACR", "SACRUM", "SACRAL"),
    "head_top": ("TOPHEAD", "HEADTOP", "VERTEX"),
    "sternum": ("STERNUM", "CLAV", "STRN", "SJN"),
    "c7": ("C7",),
}
_SEGMENTS = {
    "asis": "pelvis",
    "psis": "pelvis",
    "sacrum": "pelvis",
    "knee_lateral": "thigh",
    "knee_medial": "thigh",
    "ankle_lateral": "shank",
    "ankle_medial": "shank",
    "heel": "foot",
    "toe": "foot",
    "acromion": "trunk",
    "sternum": "trunk",
    "c7": "trunk",
}
_STEMS = (
    ("thigh", ("THIGH", "THI", "TH1", "TH2", "TH3", "TH4")),
    ("shank", ("SHANK", "TIB", "TB1", "TB2", "TB3", "SHK")),
    ("foot", ("MIDFOOT", "FOOT", "MT1", "MT5", "5MT", "1MT", "TOELAT", "TOEMED")),
)


def landmark_of(name: str) -> str | None:
    """Return the landmark that a marker lies at, with `_r` or `_l` where it has a side; None for others."""
    side, rest = _split(name)
    for landmark, names in _LANDMARKS.items():
        if side and rest in names:
            return f"{landmark}_{side}"
    plain = _plain(name)
    return next((landmark for landmark, names in _MIDDLE.items() if plain in names), None)


def segment_of_marker(name: str) -> str | None:
    """Return the segment that a marker is on, with `_r` or `_l` for a leg's; None where the name does not tell."""
    landmark = landmark_of(name)
    if landmark is not None:
        stem, _, side = landmark.rpartition("_")
        segment = _SEGMENTS.get(landmark) or _SEGMENTS.get(stem)
        return f"{segment}_{side}" if segment in ("thigh", "shank", "foot") else segment
    side, rest = _split(name)
    for segment, stems in _STEMS:
        if side and rest.startswith(stems):
            return f"{segment}_{side}"
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _split(name: str) -> tuple[str, str]:
    """Return the side, r, l or nothing, and the rest of a name in capitals."""
    plain = _plain(name)
    for word, side in (("RIGHT", "r"), ("LEFT", "l"), ("R", "r"), ("L", "l")):
        if plain.startswith(word) and len(plain) > len(word) + 1:
            return side, plain.removeprefix(word)
    return "", plain
