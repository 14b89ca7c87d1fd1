"""Pattern generator: muscles follow pulses of a clock per leg that heel strike sets back."""
