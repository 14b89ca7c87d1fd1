"""Gait events, strides, reference gait and metrics."""
