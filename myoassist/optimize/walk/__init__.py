"""Walking as a search problem, in one condition or in several."""
