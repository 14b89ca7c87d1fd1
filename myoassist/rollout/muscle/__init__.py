"""Muscle models: what turns activation, length and speed into force within a step."""
