"""Plots, video and tables of a finished run."""
