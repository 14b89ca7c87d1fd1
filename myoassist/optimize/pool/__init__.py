"""Several searches in one run that share a budget; the worst end early."""
