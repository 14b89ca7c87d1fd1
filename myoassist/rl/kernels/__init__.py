"""The compiled control step of the RL environments."""
