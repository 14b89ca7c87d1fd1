"""Take out of an error message what it offers, and do it."""

import shlex

from myoassist.config.compose.run import compose_run
from myoassist.config.run_names import override_key
from myoassist.files.errors import UserError
from tests.bad_input.judging import check_run


def refused(call, *arguments, **options) -> UserError:
    """Return the refusal of a call, which has to refuse."""
    try:
        call(*arguments, **options)
    except UserError as error:
        return error
    raise AssertionError(f"not refused: {arguments}")


def compose_and_check(arguments):
    """Do what the train command does before it loads a model; return the configuration."""
    config = compose_run(arguments).config
    check_run(config)
    return config


def offered_words(error: UserError) -> list[str]:
    """Return the words of a remedy as a shell reads them, without what is said about it."""
    text = error.remedy.partition("   (")[0].partition(" for one number")[0]
    return shlex.split(text)


def offered_override(error: UserError) -> str | None:
    """Return the one `key=value` that can be pasted, None where the remedy only says what to do."""
    words = offered_words(error)
    return words[0] if len(words) == 1 and "=" in words[0] and "<" not in words[0] else None


def apply_override(arguments: list[str], wrong: str, offered: str) -> list[str]:
    """Return a command with a wrong argument replaced by what was offered."""
    names = (override_key(wrong), override_key(offered))
    return [*(text for text in arguments if override_key(text) not in names), offered]


def command_arguments(error: UserError) -> list[str]:
    """Return the arguments of the whole command that a remedy offers."""
    words = offered_words(error)
    assert words[:3] == ["bash", "scripts/local.sh", "scripts/train.sh"], error
    return words[3:]
