"""Turn the best of a run into a shipped one: `python scripts/dev/ship.py RUN NAME "what it is"`.

`python scripts/dev/ship.py --refresh NAME...` describes shipped controllers anew after a change of the physics.
"""

import argparse
from pathlib import Path

from myoassist.analysis.picture.graphics import choose_graphics, use_graphics
from myoassist.runs.overrides import format_command
from myoassist.runs.record import read_run_config


def main() -> None:
    """Ship one controller, or one policy if the run trained one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("name", nargs="?")
    parser.add_argument("purpose", nargs="?")
    parser.add_argument("--command", action="append", default=[], help="overrides of a command that made it, in order")
    parser.add_argument("--refresh", nargs="+", metavar="NAME", help="shipped controllers to describe anew")
    arguments = parser.parse_args()
    if arguments.refresh:
        use_graphics(choose_graphics())
        from shipping import refresh

        for name in arguments.refresh:
            print(refresh(name))
        return
    if arguments.purpose is None:
        parser.error("RUN, NAME and what it is are needed, or --refresh NAME")
    commands = [format_command(text.split()) for text in arguments.command]
    if read_run_config(arguments.run).task == "rl":
        from shipping import ship_policy

        print(ship_policy(arguments.run, arguments.name, arguments.purpose, commands))
        return
    # Before MuJoCo is imported, which takes its drawing back end from the environment then.
    use_graphics(choose_graphics())
    from shipping import ship

    print(ship(arguments.run, arguments.name, arguments.purpose, commands))


if __name__ == "__main__":
    main()
