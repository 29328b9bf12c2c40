"""Retrieving candidate entries and ranking them."""
