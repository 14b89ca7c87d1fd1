"""Lists and mappings within a key: options of pycma and of launchers, scenarios, plots of a video."""
