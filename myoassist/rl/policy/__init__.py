"""Policies of several networks: routing, files, export."""
