"""OpenSim models: read, and put into poses."""
