"""Walks of a trained policy: scenarios, scores, figures."""
