"""A person's body and gait out of recordings: what `myoassist subject` reads and makes."""
