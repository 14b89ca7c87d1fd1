"""The libraries that say what an evolution tries next: nevergrad and Optuna."""
