"""A simulation that failed: found, stored, read."""
