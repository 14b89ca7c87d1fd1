"""An evolution read back: tables, figures, its page."""
