"""Questions passed to people, and their answers."""
