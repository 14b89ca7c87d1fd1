"""Entry: show the best of a run - report, video, plots, terms and gait metrics, written into its folder."""

import sys
import traceback

from myoassist.commands.evaluate.command import COMMAND
from myoassist.files.console import show_plain_warnings
from myoassist.files.errors import UserError

INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run the evaluation command.

    Args:
        argv: Arguments without the program name; those of the process where not given.

    Returns:
        Exit code: 0 done (also where nothing can draw a video), 2 refused with a message (of several runs, one at
        least), 130 interrupted, 1 unexpected error.
    """
    show_plain_warnings()
    try:
        return COMMAND.main(list(sys.argv[1:] if argv is None else argv))
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    sys.exit(main())
