"""Where a search starts: stored vectors, brought to the layout of the run."""
