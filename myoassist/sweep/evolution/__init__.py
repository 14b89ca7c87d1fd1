"""The evolution sweeper: plan, space, journal, individuals, figures."""
