"""Hydra's own keys, flags, grammar and messages, in the words of this project."""
