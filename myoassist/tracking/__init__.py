"""Runs told to a tracker of experiments: MLflow or Weights & Biases."""
