"""Controllers of the worn device: from senses to torques."""
