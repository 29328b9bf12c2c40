"""Imported official texts: articles by law and number, and finding the one that somebody names."""
