"""Torque curves, stance timing and actuators of exoskeletons."""
