"""`myoassist reference`: make reference motions for the RL trainer, cut strides, say what they hold."""
