"""Reinforcement learning: environments, policies, training."""
