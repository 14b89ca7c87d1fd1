"""The loop around ask and tell: workers, progress, what becomes of failures."""
