"""Schemas, validation, composition, run folder and resume rules."""
