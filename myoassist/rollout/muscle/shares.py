"""Which parameter scales which actuator of a muscle group."""

from myoassist.control.table import share_names
from myoassist.model.build import Walker
from myoassist.model.layout import SIDES
from myoassist.model.plant.muscle_groups import MUSCLES
from myoassist.space.table import ParameterTable


def find_shares(walker: Walker, table: ParameterTable) -> list[tuple[int, tuple[int, int, int]]]:
    """Return (position in the vector, place in the controller's shares) of every scaled actuator.

    Args:
        walker: Compiled walker.
        table: Parameters; only those of `control.reflex_mode=ind` hold shares.
    """
    names, group = share_names(), walker.layout.muscle_group
    found = []
    for row, side in enumerate(SIDES):
        for column in range(len(MUSCLES)):
            for place, actuator in enumerate(group[row, column]):
                if actuator < 0:
                    continue
                both = names.get(walker.model.actuator(int(actuator)).name.removesuffix(f"_{side}"), "")
                for name in (both, f"{both}_{side}"):
                    if name in table.names:
                        found.append((table.index(name), (row, column, place)))
    return found
