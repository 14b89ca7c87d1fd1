"""How close a walk is to that of people, in numbers, and what it has to pass."""
