"""Closed loop of sensing, control, exoskeleton, physics and log in compiled code."""
