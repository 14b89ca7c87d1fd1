"""The ground and what meets it."""
