"""Sessions of MyoAssist's RL training."""
