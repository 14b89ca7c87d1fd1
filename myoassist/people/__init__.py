"""What people do when they walk, as tables: what their gait is compared with and what controllers begin from."""
