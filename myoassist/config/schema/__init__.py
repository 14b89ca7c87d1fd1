"""Every key as a field of a dataclass: default, text, range, unit."""
