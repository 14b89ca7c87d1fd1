"""Cost terms, targets and staging."""
