"""The commands below `myoassist reference`."""

from myoassist.commands.command import Group
from myoassist.commands.reference.convert import CONVERT
from myoassist.commands.reference.gait import GAIT
from myoassist.commands.reference.record import RECORD
from myoassist.commands.reference.show import SHOW
from myoassist.commands.reference.synthesize import SYNTHESIZE

COMMAND = Group(
    "myoassist reference",
    {"record": RECORD, "synthesize": SYNTHESIZE, "convert": CONVERT, "gait": GAIT, "show": SHOW},
    bare_help=True,
    text="A motion is used with env.reference_data_path=FILE.npz (task=rl), a gait with cost.reference=FILE.csv.",
)
