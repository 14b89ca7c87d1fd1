"""Many runs with one command: grids, evolution, launchers, and reading their folders back."""
