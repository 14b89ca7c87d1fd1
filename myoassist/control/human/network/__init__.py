"""A small neural network from senses to excitations; one set of weights for both legs, or one for each."""
