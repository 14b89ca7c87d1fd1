"""The fast physics: fixed geometry, and models without what physics does not need."""
