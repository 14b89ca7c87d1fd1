"""What moves the walker: controllers of the human and of the worn device, each a part of the compiled loop."""
