"""Segments of the body, and which bodies of a model belong to them."""

# Body without its side -> segment that begins with it; bodies that hang on it belong to the same one.
_FIRST_BODIES = {
    "pelvis": "pelvis",
    "sacrum": "pelvis",
    "lumbar5": "trunk",
    "torso": "trunk",
    "femur": "thigh",
    "tibia": "shank",
    "talus": "foot",
}
SEGMENTS = tuple(dict.fromkeys(_FIRST_BODIES.values()))


def segment_of(names: list[str], parents: list[int]) -> list[str]:
    """Return the segment of every body, an empty text for those above the pelvis.

    Args:
        names: Bodies in their order, parents before children.
        parents: Place of the parent of each.
    """
    found: list[str] = []
    for name, parent in zip(names, parents, strict=True):
        own = _FIRST_BODIES.get(name.removesuffix("_r").removesuffix("_l"))
        found.append(own or (found[parent] if found and parent < len(found) else ""))
    return found
