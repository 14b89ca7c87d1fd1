"""What the body is made of beside its skeleton: fibres, tendons and their tables."""
