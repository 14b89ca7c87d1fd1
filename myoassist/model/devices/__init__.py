"""Worn devices: which there are, how they are driven, what they change in the model."""
