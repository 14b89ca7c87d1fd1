"""Turn the best of a run into a shipped one: `python -m myoassist.analysis.ship RUN NAME "what it is"`."""

import argparse
from pathlib import Path

from myoassist.analysis.graphics import choose_graphics, use_graphics
from myoassist.config.run_folder import read_run_config
from myoassist.config.run_overrides import format_command


def main() -> None:
    """Ship one controller, or one policy if the run trained one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("purpose")
    parser.add_argument("--command", action="append", default=[], help="overrides of a command that made it, in order")
    arguments = parser.parse_args()
    commands = [format_command(text.split()) for text in arguments.command]
    if read_run_config(arguments.run).task == "rl":
        from myoassist.rl.policy_shipping import ship_policy

        print(ship_policy(arguments.run, arguments.name, arguments.purpose, commands))
        return
    # Before MuJoCo is imported, which takes its drawing back end from the environment then.
    use_graphics(choose_graphics())
    from myoassist.analysis.shipping import ship

    print(ship(arguments.run, arguments.name, arguments.purpose, commands))


if __name__ == "__main__":
    main()
