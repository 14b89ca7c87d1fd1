"""Errors that a user can act on."""

from myoassist.files.command_words import localize_command


class UserError(Exception):
    """Stop before any compute because of something that the user can change.

    Entry points print the message without a traceback and exit with `exit_code`.

    Args:
        found: What was found, naming the key, file or option and its value.
        expected: What would have been right.
        remedy: What to do, if possible as something that can be pasted into a shell.
    """

    exit_code = 2

    def __init__(self, found: str, expected: str = "", remedy: str = "") -> None:
        self.found = found
        self.expected = expected
        self.remedy = remedy
        lines = [found]
        if expected:
            lines.append(f"  expected: {expected}")
        if remedy:
            lines.append(f"  to fix:   {localize_command(remedy)}")
        super().__init__("\n".join(lines))


class RunError(UserError):
    """End a run that was under way because of something outside of it; what was saved stands.

    Attributes:
        abandons: Whether threads are left that may never end, so that nobody must wait for them.
    """

    exit_code = 1
    abandons = False


class StorageError(RunError):
    """End a run whose folder cannot be written any more."""


class ConfigError(UserError):
    """Refuse a run configuration."""


class FolderError(ConfigError, StorageError):
    """Refuse a run folder that the storage does not let be opened; the run itself may be good."""

    exit_code = 2


class LayoutError(UserError):
    """Refuse a parameter vector or state of another layout."""


class ModelError(UserError):
    """Refuse a model in which something needed is missing."""


class ResumeError(UserError):
    """Refuse to continue a run folder."""


class UnsafeFileError(UserError):
    """Refuse a file that would run code or that is not what it claims to be."""
