"""Notices: an adviser pushes, each villager gets it once, and the count is true."""
