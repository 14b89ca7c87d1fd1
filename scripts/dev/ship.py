"""Turn the best of a run into a shipped one: `python scripts/dev/ship.py RUN NAME "what it is"`.

`python scripts/dev/ship.py --refresh NAME...` describes shipped controllers anew after a change of the physics;
`--score NAME...` measures them and holds them against people again, and leaves the rest of their descriptions as it
is; `--prove NAME...` records their walk anew, for `myoassist verify`; `--picture NAME...` draws their pictures anew.
"""

import argparse
import shlex
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
    parser.add_argument("--score", nargs="+", metavar="NAME", help="shipped controllers to score anew")
    parser.add_argument(
        "--picture", nargs="+", metavar="NAME", help="shipped results whose picture is to be drawn anew"
    )
    parser.add_argument("--prove", nargs="+", metavar="NAME", help="shipped results whose walk is to be recorded anew")
    arguments = parser.parse_args()
    if arguments.score or arguments.prove:
        from shipping import prove, rescore

        for name in arguments.score or ():
            print(rescore(name))
        for name in arguments.prove or ():
            print(prove(name))
        return
    if arguments.refresh or arguments.picture:
        use_graphics(choose_graphics())
        from shipping import draw_frame, refresh

        for name in arguments.refresh or ():
            print(refresh(name))
        for name in arguments.picture or ():
            print(draw_frame(name))
        return
    if arguments.purpose is None:
        parser.error("RUN, NAME and what it is are needed, or --refresh NAME, or --score NAME")
    commands = [format_command(shlex.split(text)) for text in arguments.command]
    # Before MuJoCo is imported, which takes its drawing back end from the environment then.
    use_graphics(choose_graphics())
    from shipping import ship, ship_policy

    write = ship_policy if read_run_config(arguments.run).task == "rl" else ship
    print(write(arguments.run, arguments.name, arguments.purpose, commands))


if __name__ == "__main__":
    main()
