"""Files of a walk for other programs and for hardware."""
