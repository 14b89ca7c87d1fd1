"""The `myoassist` command: finds the command that its first word names."""

import os
import shlex
import sys

from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError, UserError

_HELP_WORDS = ("-h", "--help", "help")


def main(argv: list[str] | None = None) -> int:
    """Run the `myoassist` command.

    Args:
        argv: Arguments without the program name; those of the process where not given.

    Returns:
        Exit code: 0 done, 2 refused with a message, others as `train` and `eval` say.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # `myoassist list params | head`: nobody reads on, and Python must not complain while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name == "train":
        from myoassist.train import main as train

        return train(rest)
    if name == "eval":
        from myoassist.evaluate import main as evaluate

        return evaluate(rest)
    if name == "--version":
        from myoassist import __version__

        print(__version__)
        return 0
    # Late, because training needs none of it.
    from myoassist.commands.table import command_names, find_command, format_usage

    if name in _HELP_WORDS:
        print(format_usage())
        return 0
    if (command := find_command(name)) is not None:
        return command.main(rest)
    near = nearest_name(name, [*command_names(), "--help", "--version"])
    raise ConfigError(
        f"myoassist {name}: no such command" if name else "no command",
        f"one of these\n{format_usage()}",
        shlex.join(["myoassist", near, *rest]) if near else "",
    )


if __name__ == "__main__":
    sys.exit(main())
