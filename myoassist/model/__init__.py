"""Compiled models with everything looked up by name, once."""
