"""The step in which a simulation failed, repeated."""
