"""What touches the disk, and what is said to people: the ground floor."""
