"""Rules of a configuration: a file per group, one for what holds between groups; `run.check` asks them all."""
