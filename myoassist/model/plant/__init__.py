"""Body and muscles: strength, mass, height, trunk, couplings."""
