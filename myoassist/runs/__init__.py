"""A run folder: where it lies, what it holds, how it is opened and continued."""
