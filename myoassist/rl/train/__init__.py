"""A training: its loop, its files, its best policy."""
