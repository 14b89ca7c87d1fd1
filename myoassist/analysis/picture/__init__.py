"""Figures, videos and windows of a walk."""
