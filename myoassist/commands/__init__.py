"""What the `myoassist` command does: per command one dataclass of its arguments and one function that runs it."""
