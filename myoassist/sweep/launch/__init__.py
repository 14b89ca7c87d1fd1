"""Launchers: local processes and Slurm, and the workers that outlive their daemon."""
