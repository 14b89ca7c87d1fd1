"""Reference motions: what a training imitates."""
