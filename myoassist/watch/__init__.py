"""The live page of a search: its best walking, the score card, how the search converges."""
