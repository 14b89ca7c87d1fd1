"""A small neural network from senses to excitations; both legs share its weights."""
