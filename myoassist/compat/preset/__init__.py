"""Presets of MyoAssist: train commands in batch and shell files, or the same arguments as JSON."""
