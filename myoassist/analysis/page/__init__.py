"""Everything that shows an evaluated walk: its page, its tables, its words."""
