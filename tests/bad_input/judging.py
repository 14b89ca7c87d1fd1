"""What every refusal has to say, and the checks of a run in the order of the command."""

from myoassist.check.run import check
from myoassist.files.errors import UserError
from myoassist.runs.folder import plan_run


def check_run(config) -> None:
    """Do what `myoassist train` does with a composed configuration before it loads a model; nothing is written."""
    check(config)
    plan_run(config, "tutorial", [])


def outcome(call, *arguments, names: str = "", **options) -> str:
    """Return fine or refused; anything but a UserError that explains itself is an error of the test.

    Args:
        call: What is tried.
        arguments: Its arguments.
        names: Text that a refusal has to hold, e.g. the key.
        options: Its keyword arguments.
    """
    try:
        call(*arguments, **options)
    except UserError as error:
        text = str(error)
        assert error.found.strip() and error.expected.strip(), text
        assert names in text, f"{names!r} is not in: {text}"
        assert "Traceback" not in text and len(text) < 20_000
        return "refused"
    return "fine"
