"""Walking environments over one compiled model."""
